import { decodeFrame } from '@tickhouse/kiwoom'
import { frameFixtures } from '@tickhouse/testkit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameOutcome } from './frame-path.ts'

/** What Kafka takes in one batch of ours; a record above it would stop the collector for good. */
const largestRecordBytes = 256 * 1024
const megabyte = 1024 * 1024
const fixtures = frameFixtures().map(({ text }) => text)
const trade = '{"values":{"10":"+100","15":"1"},"type":"0B","name":"","item":"005930"}'
const frameOf = (...items: readonly string[]) => framed(items)
const framed = (items: readonly string[]) => `{"data":[${items.join()}],"trnm":"REAL"}`

const surrogates = fc.constantFrom('\\ud800', '\\udfff\\ud800', '\ud83d', '\u0000', '\u0001', '\u2028', '\uffff')
const strange = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON'),
  fc.constantFrom('1e999', '-1e999', '9'.repeat(400), `-0.${'0'.repeat(400)}1`, 'NaN', 'Infinity', '0x10', '1_000', '٣'),
  surrogates,
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const members = fc.dictionary(strange, fc.oneof(strange, fc.jsonValue({ maxDepth: 6 })), { maxKeys: 8 })

/** A fixture in which a few bytes are others, gone, or there twice. */
const mutated = fc
  .record({
    text: fc.constantFrom(...fixtures),
    cuts: fc.array(
      fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), length: fc.nat(6), by: fc.uint8Array({ maxLength: 4 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  })
  .map(({ text, cuts }) =>
    cuts.reduce((bytes, { at, length, by }) => {
      const place = Math.floor(bytes.length * at)
      return Buffer.concat([bytes.subarray(0, place), by, bytes.subarray(place + length)])
    }, Buffer.from(text)),
  )

/** A REAL frame whose items, types and values are anything that JSON can say. */
const odd = fc
  .array(
    fc.oneof(
      members,
      fc.jsonValue(),
      fc.record({ type: fc.oneof(fc.constantFrom('0B', '00', '04', '0D'), strange, members), item: strange, values: members }),
    ),
  )
  .map(data => Buffer.from(JSON.stringify({ data, trnm: 'REAL' })))

/** Takes the whole path and looks at what comes out: nothing was thrown, every record fits into Kafka and is a row. */
function survives(message: Buffer, keepsAccount = true): ReturnType<typeof frameOutcome> {
  const outcome = frameOutcome(message, { keepsAccount })
  for (const { json, dataset } of outcome.records) {
    expect(Buffer.byteLength(json), dataset).toBeLessThan(largestRecordBytes)
    expect(JSON.parse(json).seq, dataset).toBeGreaterThan(0)
  }
  expect(outcome.refused, 'records that the table could not take').toEqual([])
  expect(outcome.rows).toBe(outcome.records.length)
  return outcome
}

it.each([
  ['random bytes', fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes))],
  ['fixtures with a few bytes changed', mutated],
  ['frames with anything in the place of items, types and values', odd],
])('%s go the whole path', (_, messages) => {
  fc.assert(
    fc.property(messages, fc.boolean(), (message, keepsAccount) => void survives(message, keepsAccount)),
    { numRuns: 500 },
  )
})

it('what is nested without end is a dead letter, wherever in the frame it stands', () => {
  for (const deep of ['['.repeat(200_000) + ']'.repeat(200_000), `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`]) {
    const frames = [
      deep,
      `{"a":${deep},"trnm":"REAL"}`,
      frameOf(deep),
      frameOf(trade, `{"values":{"10":${deep},"9201":"5012345678"},"type":"00","item":"005930"}`),
      frameOf(`{"values":${deep},"type":"0B","item":"005930"}`, trade),
      frameOf(`{"values":{"10":"1"},"type":"00","item":"005930"}`, `{"values":{"10":${deep}},"type":"0B","item":"005930"}`),
      frameOf(`{"values":{"10":"1"},"type":${deep},"item":${deep}}`),
    ]
    for (const frame of frames) for (const keepsAccount of [true, false]) survives(Buffer.from(frame), keepsAccount)
  }
})

it('a type that cannot become a text takes nothing down, and what was not asked for is still dropped', () => {
  const type = '{"toString":1,"valueOf":1}'
  const frame = frameOf(`{"values":{"10":"1"},"type":${type},"item":""}`, '{"values":{"9201":"5012345678"},"type":"00","item":""}', trade)
  const { journalled, records } = survives(Buffer.from(frame), false)
  expect(String(journalled[0]!.bytes)).not.toContain('9201')
  expect(records.map(({ dataset }) => dataset)).toEqual(['feed_session', 'dead_letter', 'trade'])
})

it('control characters, which take six bytes as JSON, do not make a record too large for Kafka', () => {
  const fids = Array.from({ length: 200 }, (_, index) => `"${index}":"${'\\u0001'.repeat(300)}"`)
  survives(Buffer.from('\u0001'.repeat(200_000)))
  survives(Buffer.from(`\u0001,"trnm":"REAL"}`.repeat(20_000)))
  for (const type of ['00', '04', '0B', '0D', '0F', '1h'])
    survives(Buffer.from(frameOf(`{"values":{${fids}},"type":"${type}","item":"005930"}`)))
  survives(Buffer.from(frameOf(`{"values":{},"type":"0B","item":"${'\\u0001'.repeat(70_000)}"}`)))
})

it('a frame of millions of items is one dead letter, not millions', () => {
  for (const item of ['1', '{}', '{"type":"0B"}', trade]) {
    const count = Math.floor((8 * megabyte - 100) / (item.length + 1))
    const { records } = frameOutcome(Buffer.from(framed(Array(count).fill(item))))
    expect(records).toHaveLength(2)
    expect(JSON.parse(records[1]!.json)).toMatchObject({ reason: 'wrong_shape', detail: 'Expected at most 20000 items' })
  }
})

it('thousands of items are as many records', () => {
  expect(survives(Buffer.from(frameOf(...Array(5_000).fill(trade)))).records.filter(({ dataset }) => dataset === 'trade')).toHaveLength(
    5_000,
  )
})

it('a message of the largest size goes the whole path, whatever fills it', () => {
  const fill = (unit: string) => unit.repeat(Math.floor((8 * megabyte - 200) / Buffer.byteLength(unit)))
  for (const unit of ['5', '"', '\\', '9201', '{"9201":', '"9201":[', '\\u0035', ' ', '\u0000', '{"a":', '삼', '"type":"00",']) {
    survives(Buffer.from(fill(unit)))
    survives(
      Buffer.from(
        `{"data":[{"values":{"302":${JSON.stringify(fill(unit).slice(0, megabyte))}},"type":"0B","item":"005930"}],"trnm":"REAL"}`,
      ),
    )
  }
})

it('messages that are no data are bounded before they are logged', () => {
  const long = 'x'.repeat(megabyte)
  for (const frame of [{ trnm: 'SYSTEM', code: long, message: long }, { trnm: 'LOGIN', return_msg: long }, { trnm: long }])
    expect(JSON.stringify(decodeFrame(JSON.stringify(frame))).length).toBeLessThan(5_000)
})

it('an account number does not survive in garbage, with or without its FID', () => {
  for (const text of [
    '5012345678',
    'account 5012345678!',
    '{"9201":"5012345678',
    '[5012345678',
    '\u0000\u00015012345678',
    '{"a":"501-234-5678-10"',
  ]) {
    const outcome = survives(Buffer.from(text))
    expect(outcome.journalled.map(({ bytes }) => String(bytes)).join()).not.toMatch(/5012345678|501-234-5678/)
  }
})
