import { venueDatasets } from '@tickhouse/catalogue'
import { planRegistration } from '@tickhouse/kiwoom'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Registrations } from '../src/registrations.ts'

const types = fc.subarray(venueDatasets.map(dataset => dataset.type))
const list = fc.uniqueArray(fc.stringMatching(/^[0-9]{6}(_NX)?$/), { maxLength: 30 })
const symbols = fc.record({ stock: list, etf: list, elw: list, sector: list, gold: list })
const limits = fc.record({
  itemsPerGroup: fc.integer({ min: 1, max: 20 }),
  itemsPerConnection: fc.integer({ min: 0, max: 40 }),
  messageBytes: fc.constant(65_536),
  itemLength: fc.constant(100),
})

test('the venue accepts every request of a registration plan made for its limits', () => {
  fc.assert(
    fc.property(types, symbols, limits, (wantedTypes, lists, allowed) => {
      const registrations = new Registrations()
      const { requests } = planRegistration({ types: wantedTypes, symbols: lists }, allowed)
      for (const { json } of requests) expect(registrations.register(JSON.parse(json), allowed)).toEqual({ code: 0 })
      const planned = requests.flatMap(request => request.types.flatMap(type => request.items.map(item => type + item)))
      expect(
        registrations
          .pairs()
          .map(({ type, item }) => type + item)
          .sort(),
      ).toEqual(planned.sort())
    }),
  )
})

test('any request is answered and never throws', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('grp_no', 'data', 'refresh', 'x'), fc.jsonValue()), request => {
      const registrations = new Registrations()
      const allowed = { itemsPerGroup: 1, itemsPerConnection: 1, itemLength: 100 }
      expect(typeof registrations.register(request, allowed).code).toBe('number')
      expect(typeof registrations.remove(request, allowed).code).toBe('number')
    }),
  )
})
