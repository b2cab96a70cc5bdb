import { datasetOfType, venueDatasets } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planRegistration, type SymbolLists } from '../src/index.ts'

const type = fc.constantFrom(...venueDatasets.map(dataset => dataset.type), 'ZZ')
const item = fc.oneof(
  fc.stringMatching(/^[0-9A-Z]{6}(_NX|_AL)?$/),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '삼성', 'x'.repeat(101)),
)
const list = fc.array(item, { maxLength: 40 })
const symbols: fc.Arbitrary<SymbolLists> = fc.record({ stock: list, etf: list, elw: list, sector: list, gold: list })
const limits = fc.record({
  itemsPerGroup: fc.integer({ min: 1, max: 30 }),
  itemsPerConnection: fc.integer({ min: 0, max: 60 }),
  messageBytes: fc.integer({ min: 50, max: 2_000 }),
  itemLength: fc.constant(100),
})

const pair = (type: string, item: string) => JSON.stringify([type, item])

function wantedPairs(types: readonly string[], lists: SymbolLists): string[] {
  return [...new Set(types)].flatMap(type => {
    const kind = datasetOfType(type)?.items
    if (kind === undefined || kind === 'market' || kind === 'account') return [pair(type, '')]
    return [...new Set(lists[kind])].map(item => pair(type, item))
  })
}

test('every wanted pair is registered exactly once within all limits, or left out with a reason', () => {
  fc.assert(
    fc.property(fc.array(type, { maxLength: 25 }), symbols, limits, (types, lists, allowed) => {
      const { requests, leftOut } = planRegistration({ types, symbols: lists }, allowed)
      const placed = requests.flatMap(request => request.types.flatMap(type => request.items.map(item => pair(type, item))))
      const all = [...placed, ...leftOut.map(({ type, item }) => pair(type, item))]
      expect(all.sort()).toEqual(wantedPairs(types, lists).sort())

      const groups = new Map<string, Set<string>>()
      for (const { groupNumber, items, types, json } of requests) {
        expect(JSON.parse(json)).toEqual({ trnm: 'REG', grp_no: groupNumber, refresh: '1', data: [{ item: items, type: types }] })
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(allowed.messageBytes)
        expect(groupNumber.length).toBeLessThanOrEqual(4)
        groups.set(groupNumber, new Set([...(groups.get(groupNumber) ?? []), ...items]))
      }
      for (const items of groups.values()) expect(items.size).toBeLessThanOrEqual(allowed.itemsPerGroup)
      const registered = [...groups.values()].flatMap(items => [...items])
      expect(registered.length).toBeLessThanOrEqual(allowed.itemsPerConnection)
      expect(new Set(registered).size).toBe(registered.length)
    }),
  )
})
