import { datasetOfType, venueDatasets } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { defaultSymbols, limitsOf, planCollectors, planRegistration, type SymbolLists } from '../src/index.ts'

const every = venueDatasets.map(({ type }) => type)
const codes = (count: number) => Array.from({ length: count }, (_, index) => String(100_000 + index))

describe('a plan of several collectors', () => {
  it('is one collector with exactly what was asked for while that fits', () => {
    const { shares, leftOut } = planCollectors({ types: every, symbols: defaultSymbols }, limitsOf('production'))
    expect(leftOut).toEqual([])
    expect(shares).toHaveLength(1)
    expect(shares[0]).toMatchObject({ items: 35, wanted: { types: every } })
    expect(pairsOf(shares[0]!.wanted)).toEqual(pairsOf({ types: every, symbols: defaultSymbols }))
  })

  it('needs as few collectors as have room, and divides evenly', () => {
    const { shares, leftOut } = planCollectors({ types: ['0B', '0D'], symbols: { stock: codes(450) } }, limitsOf('production'))
    expect(leftOut).toEqual([])
    expect(shares.map(({ items }) => items)).toEqual([150, 150, 150])
  })

  it('keeps all venues of a symbol with one collector, a code with the old prefix too', () => {
    const stock = codes(40).flatMap(code => [code, `${code}_NX`, `${code}_AL`, `A${code}`])
    const { shares } = planCollectors({ types: ['0B'], symbols: { stock } }, limitsOf('mock'), 4)
    const symbols = shares.map(({ wanted }) => new Set(wanted.symbols.stock.map(item => item.replace(/^A|_..$/g, ''))))
    expect(symbols.map(({ size }) => size)).toEqual([10, 10, 10, 10])
    expect(new Set(symbols.flatMap(set => [...set])).size).toBe(40)
  })

  it('leaves account and market-wide types to the first collector, and gives no one a type without items', () => {
    const symbols = { stock: codes(4), etf: ['069500'] }
    const { shares } = planCollectors({ types: ['00', '0B', '0G', '1h', '0J'], symbols }, limitsOf('production'), 2)
    expect(shares.map(({ wanted }) => wanted.types.includes('00') && wanted.types.includes('1h'))).toEqual([true, false])
    expect(shares.flatMap(({ wanted }) => wanted.types).sort()).toEqual(['00', '0B', '0B', '0G', '1h'])
  })

  it('names what does not fit among the collectors that there are', () => {
    const { shares, leftOut } = planCollectors({ types: ['0B', '0D'], symbols: { stock: codes(201) } }, limitsOf('mock'), 2)
    expect(shares.map(({ items }) => items)).toEqual([100, 100])
    expect(leftOut).toEqual(['0B', '0D'].map(type => ({ type, item: '100200', reason: 'connection full' })))
  })
})

const item = fc.oneof(fc.stringMatching(/^[0-3]{2}(_NX|_AL)?$/), fc.constantFrom('', 'a b', 'x'.repeat(101)))
const list = fc.array(item, { maxLength: 25 })
const symbols: fc.Arbitrary<SymbolLists> = fc.record({ stock: list, etf: list, elw: list, sector: list, gold: list })
const limits = fc.record({
  itemsPerGroup: fc.integer({ min: 1, max: 10 }),
  itemsPerConnection: fc.integer({ min: 1, max: 30 }),
  messageBytes: fc.integer({ min: 90, max: 2_000 }),
  itemLength: fc.constant(100),
})
const types = fc.array(fc.constantFrom(...every, 'ZZ'), { maxLength: 20 })
const collectors = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined })

test('every wanted pair is registered by exactly one collector within the limits of its connection, or left out with a reason', () => {
  fc.assert(
    fc.property(types, symbols, limits, collectors, (types, symbols, limits, collectors) => {
      const { shares, leftOut } = planCollectors({ types, symbols }, limits, collectors)
      const registered = shares.flatMap(({ plan }) => plan.requests.flatMap(({ types, items }) => pairs(types, items)))
      expect([...registered, ...leftOut.map(({ type, item }) => pair(type, item))].sort()).toEqual(pairsOf({ types, symbols }))
      expect(shares.length).toBeLessThanOrEqual(collectors ?? Number.POSITIVE_INFINITY)
      for (const { wanted, plan, items } of shares) {
        expect(items).toBeLessThanOrEqual(limits.itemsPerConnection)
        expect(plan).toEqual(planRegistration(wanted, limits))
        expect(plan.leftOut.map(({ reason }) => reason)).not.toContain('connection full')
      }
    }),
  )
})

const pair = (type: string, item: string) => JSON.stringify([type, item])
const pairs = (types: readonly string[], items: readonly string[]) => types.flatMap(type => items.map(item => pair(type, item)))

function pairsOf({ types, symbols }: { types: readonly string[]; symbols: SymbolLists }): string[] {
  const itemsOf = (type: string) => {
    const kind = datasetOfType(type)?.items
    return kind === undefined || kind === 'market' || kind === 'account' ? [''] : [...new Set(symbols[kind])]
  }
  return [...new Set(types)].flatMap(type => pairs([type], itemsOf(type))).sort()
}
