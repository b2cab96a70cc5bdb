import { datasetOfType, venueDatasets } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairsNamedIn } from '../src/events.ts'

const type = fc.constantFrom(...venueDatasets.map(dataset => dataset.type), '02', '0b')
const item = fc.oneof(fc.stringMatching(/^[0-9]{6}(_NX|_AL)?$/), fc.constant(''), fc.string())
const data = fc.record({
  values: fc.dictionary(fc.integer({ min: 1, max: 9_999 }).map(String), fc.string(), { minKeys: 1 }),
  type,
  name: fc.string(),
  item,
})
const frame = fc.record({ data: fc.array(data, { minLength: 1, maxLength: 5 }), trnm: fc.constant('REAL') })

test('the pairs of a frame are the types of ours and the items that it names, however it is written', () => {
  fc.assert(
    fc.property(frame, fc.constantFrom(0, 1), (value, space) => {
      const named = value.data.filter(one => datasetOfType(one.type) !== undefined).map(one => ({ type: one.type, item: one.item }))
      expect(pairsNamedIn(Buffer.from(JSON.stringify(value, null, space)))).toEqual(named)
    }),
  )
})

test('any text names some pairs or none', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(fc.jsonValue()).map(values => JSON.stringify({ data: values, trnm: 'REAL' })),
  )
  fc.assert(fc.property(text, any => Array.isArray(pairsNamedIn(Buffer.from(any)))))
})
