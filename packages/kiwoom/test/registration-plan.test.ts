import { venueDatasets } from '@tickhouse/catalogue'
import { describe, expect, test } from 'vitest'
import { defaultSymbols, limitsOf, planRegistration, type SymbolLists } from '../src/index.ts'
import { control } from './fixtures.ts'

const limits = limitsOf('mock')
const documented: SymbolLists = { stock: ['005930'], etf: ['069500'], elw: ['57JBHH'], sector: ['001'], gold: ['MGD'] }
const every = venueDatasets.map(dataset => dataset.type)

describe('a registration plan', () => {
  test.each(every)('registers %s as the document shows it', type => {
    const { requests, leftOut } = planRegistration({ types: [type], symbols: documented }, limits)
    const expected = type === '0G' ? control('REG-req-0G') : control(`REG-req-${type}`)
    expect(requests.map(request => JSON.parse(request.json))).toEqual([expected])
    expect(leftOut).toEqual([])
  })

  test('of everything by default fits every environment', () => {
    for (const name of ['simulator', 'mock', 'production'] as const) {
      const { requests, leftOut } = planRegistration({ types: every, symbols: defaultSymbols }, limitsOf(name))
      expect(leftOut).toEqual([])
      expect(requests).toHaveLength(7)
    }
  })

  test('keeps items of both exchanges as they are given, each counted', () => {
    const stock = ['005930', '005930_NX', '005930_AL']
    const { requests, leftOut } = planRegistration({ types: ['0B', '0D'], symbols: { stock } }, { ...limits, itemsPerConnection: 2 })
    expect(requests.map(({ items, types }) => ({ items, types }))).toEqual([{ items: ['005930', '005930_NX'], types: ['0B', '0D'] }])
    expect(leftOut).toEqual([
      { type: '0B', item: '005930_AL', reason: 'connection full' },
      { type: '0D', item: '005930_AL', reason: 'connection full' },
    ])
  })

  test('leaves out stocks first when the connection is full', () => {
    const stock = Array.from({ length: 150 }, (_, index) => String(index).padStart(6, '0'))
    const { leftOut } = planRegistration({ types: every, symbols: { ...documented, stock } }, limits)
    expect(new Set(leftOut.map(({ reason }) => reason))).toEqual(new Set(['connection full']))
    expect(new Set(leftOut.map(({ item }) => item))).toEqual(new Set(stock.slice(95)))
  })

  test('names what cannot be registered at all', () => {
    const bad = ['', ' ', 'a b', 'tab\t', 'x'.repeat(101)]
    const { requests, leftOut } = planRegistration({ types: ['0B', '1h', 'ZZ'], symbols: { stock: bad } }, limits)
    expect(requests.map(request => request.types)).toEqual([['1h']])
    expect(leftOut).toEqual([
      { type: 'ZZ', item: '', reason: 'unknown type' },
      ...bad.map(item => ({ type: '0B', item, reason: 'invalid item' })),
    ])
  })

  test('tells types apart by case', () => {
    const { requests } = planRegistration({ types: ['0G', '0g', '0U', '0u'], symbols: documented }, limits)
    expect(requests.map(({ types, items }) => [types, items])).toEqual([
      [['0U'], ['001']],
      [['0u'], ['57JBHH']],
      [['0G'], ['069500']],
      [['0g'], ['005930']],
    ])
  })
})
