import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fidsOf } from '../src/fids.ts'
import { type Produced, SessionNormalizer, venueDatasets } from '../src/index.ts'
import { FrameScanner } from '../src/normalize/scan.ts'

const identity = { session: '01test', openedAtUs: 0, environment: 'simulator', collector: 'c1' }
const timeUs = 1_780_000_000_000_000
const types = venueDatasets.map(dataset => dataset.type)
const fids = [...new Set(venueDatasets.flatMap(fidsOf))].map(String)

const number = fc
  .tuple(fc.constantFrom('', '+', '-', ' ', '--'), fc.integer({ min: 0, max: 10 ** 9 }), fc.constantFrom('', '.5', '.00', '.', 'e3', ','))
  .map(parts => parts.join(''))
const text = fc.oneof(
  number,
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', ' ', '-0', '+0', '000000', '!!!!', '삼  성', '115618'),
)
const values = fc.dictionary(fc.oneof(fc.constantFrom(...fids), fc.stringMatching(/^\d{1,6}$/), fc.string({ maxLength: 4 })), text, {
  maxKeys: 60,
})
const item = fc.record({
  values,
  type: fc.oneof(fc.constantFrom(...types), fc.string({ maxLength: 2 })),
  name: fc.string(),
  item: fc.oneof(fc.constantFrom('005930', '005930_NX', '001', ''), fc.string()),
})

function normalize(frame: string): Produced[] {
  return new SessionNormalizer(identity).entry({ kind: 'frame', timeUs, text: frame })
}

it('any text becomes records or dead letters, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.array(item, { maxLength: 4 }).map(data => JSON.stringify({ data, trnm: 'REAL' })),
      ),
      frame => {
        for (const { json, dataset } of normalize(frame)) expect(JSON.parse(json).seq, dataset).toBeGreaterThan(0)
      },
    ),
    { numRuns: 500 },
  )
})

it('no number of a record is NaN, infinite or negative zero', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), data => {
      for (const { json } of normalize(JSON.stringify({ data, trnm: 'REAL' }))) {
        JSON.parse(json, (_, value) => {
          if (typeof value === 'number') expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true)
          return value
        })
        expect(json).not.toMatch(/:-0[,}\]]/)
      }
    }),
    { numRuns: 500 },
  )
})

it('every item gives one record, one dead letter, or is tolerated', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), data => {
      const normalizer = new SessionNormalizer(identity)
      const produced = normalizer.entry({ kind: 'frame', timeUs, text: JSON.stringify({ data, trnm: 'REAL' }) }).filter(p => !p.found)
      expect(produced.length - 1 + normalizer.counts.tolerated).toBe(data.length)
    }),
  )
})

it('the quick reading of the usual form means the same as JSON.parse', () => {
  const plain = fc.record({
    values: fc.dictionary(fc.constantFrom(...fids), fc.oneof(number, fc.constantFrom('', '-0', '삼  성', '!!!!', '115618')), {
      minKeys: 1,
      maxKeys: 60,
    }),
    type: fc.constantFrom(...types, '02', '9Z'),
    name: fc.constantFrom('주식체결', ''),
    item: fc.constantFrom('005930', '005930_NX', '001', ''),
  })
  const scanner = new FrameScanner()
  let quick = 0
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: plain }, item), { minLength: 1, maxLength: 4 }), data => {
      const usual = JSON.stringify({ data, trnm: 'REAL' })
      // A blank after the brace is the same JSON, but not the usual form.
      const unusual = usual.replace('{', '{ ')
      if (scanner.scan(usual)) quick++
      expect(scanner.scan(unusual)).toBe(false)
      expect(normalize(usual).map(p => p.json)).toEqual(normalize(unusual).map(p => p.json))
    }),
    { numRuns: 500 },
  )
  expect(quick).toBeGreaterThan(100)
})

it('refuses to read quickly what is cut, doubled or followed by something', () => {
  const whole = JSON.stringify({ data: [{ values: { 10: '1', 20: '115618' }, type: '0B', name: 'x', item: '005930' }], trnm: 'REAL' })
  const scanner = new FrameScanner()
  expect(scanner.scan(whole)).toBe(true)
  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice(0, at) + whole.slice(at + 1)
    if (scanner.scan(damaged)) expect(() => JSON.parse(damaged), damaged).not.toThrow()
  }
  expect(scanner.scan(`${whole} `)).toBe(false)
  expect(scanner.scan(whole.replace('"type"', '"values":{"10":"2"},"type"'))).toBe(false)
})
