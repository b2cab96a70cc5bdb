import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayHoldType } from '../../src/session/may-hold-type.ts'

const marks = ['"00"', '"04"'].map(mark => Buffer.from(mark))
/** The pattern by which a text that is no JSON is judged. */
const sign = /"type"\s*:\s*"(00|04)"/

test('a frame is looked at when an item of it is of an unwanted type, and not for the sake of its values', () => {
  const item = (type: string, values: string) => `{"values":{${values}},"type":"${type}","item":"005930"}`
  const frame = (...items: string[]) => Buffer.from(`{"data":[${items}],"trnm":"REAL"}`)
  expect(mayHoldType(frame(item('0B', '"10":"00"'), item('0D', '"21":"04"')), marks)).toBe(false)
  expect(mayHoldType(frame(item('0B', '"10":"1"'), item('04', '"10":"1"')), marks)).toBe(true)
  expect(mayHoldType(frame(item('00', '"10":"1"')), [])).toBe(false)
  expect(mayHoldType(frame(...Array(2_000).fill(item('0B', '"10":"1"')), item('00', '')), marks)).toBe(true)
})

test('whatever shows an unwanted type is looked at, JSON or not', () => {
  const space = fc.constantFrom('', '', '', ' ', '\n', '\t', '\v', '\u00a0', '\ufeff')
  const part = fc.oneof(
    fc
      .tuple(fc.constantFrom('"type"', 'type"', '"Type"'), space, space, fc.constantFrom('00', '04', '0B', '"', ''))
      .map(([key, before, after, type]) => `${key}${before}:${after}"${type}"`),
    fc.string({ maxLength: 6 }),
    fc.constantFrom(',', '{', '}', '"00"', '"type"'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), parts => {
      const text = parts.join('')
      if (sign.test(text)) expect(mayHoldType(Buffer.from(text), marks)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('an unwanted type that JSON.parse finds is looked at, however the object is written', () => {
  const member = fc.tuple(fc.constantFrom('type', 'item', 'values', 'Xtype'), fc.constantFrom('00', '04', '0B', 'type"', '"type":"00"'))
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), fc.nat(4), (members, indent) => {
      const text = `{${members.map(([key, value]) => `${JSON.stringify(key)}:${' '.repeat(indent)}${JSON.stringify(value)}`)}}`
      if (['00', '04'].includes(JSON.parse(text).type)) expect(mayHoldType(Buffer.from(text), marks)).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
