import { entityOf } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { type DeadLetter, deadLetterMessage, isOwnDeadLetter } from '../../src/store/dead-letters.ts'
import { inKafka, trade } from '../records.ts'

const entity = entityOf('trade')
const topic = 'kiwoom.dead-letter.v1'

function letter(value: object | string | null, more: Partial<DeadLetter> = {}): DeadLetter {
  return {
    entity,
    position: { topic: entity.topic.name, partition: 2 },
    source: inKafka(41, value),
    reason: 'bad_value',
    detail: 'price: Expected a finite number',
    ...more,
  }
}

const recordOf = (of: DeadLetter) => JSON.parse(deadLetterMessage(topic, of).value.toString())

test('a dead letter keeps the text, the reason and the place, and stands for the record that it was', () => {
  const record = trade(7, 1_700_000_000_123_456, { price: 'much' })
  expect(recordOf(letter(record))).toEqual({
    timestamp: 1_700_000_000_123_456,
    symbol: '005930',
    venue: 'KRX',
    session: 'test-session',
    seq: 7,
    stage: 'sink',
    dataset: 'trade',
    type: '0B',
    reason: 'bad_value',
    detail: 'price: Expected a finite number',
    raw: JSON.stringify(record),
    topic: entity.topic.name,
    topic_partition: 2,
    topic_offset: 41,
  })
})

test('whatever else is wrong with a record, its dead letter keeps session and seq', () => {
  const known = { session: 'test-session', seq: 7 }
  const whole = JSON.stringify(trade(7, 1_700_000_000_123_456, { price: 1 }))
  const whatever = { timestamp: 1_700_000_000_000_000, symbol: '*' }
  for (const [value, expected] of [
    [trade(7, 1, { symbol: null }), { symbol: '*', venue: 'KRX', timestamp: 1 }],
    [trade(7, 1, { symbol: '\ud800lone' }), { symbol: '*', venue: 'KRX', timestamp: 1 }],
    [trade(7, 1, { symbol: 'a\0b' }), { symbol: '*' }],
    [trade(7, 1, { venue: 3 }), { symbol: '005930', venue: '*' }],
    [
      { ...trade(7, 1), timestamp: 'yesterday' },
      { timestamp: whatever.timestamp, symbol: '005930' },
    ],
    [whole.slice(0, -3), { symbol: '005930', timestamp: 1_700_000_000_123_456 }],
    [whole.replace('"price":1', '"price":NaN'), { symbol: '005930' }],
    [`${whole}trailing`, { symbol: '005930' }],
  ] as const)
    expect(recordOf(letter(value)), JSON.stringify(value)).toMatchObject({ ...known, ...expected })
})

test('a text that breaks off within its numbers, or in which seq is not where records have it, gives none', () => {
  const cutInSeq = JSON.stringify(trade(1234, 1)).replace(/("seq":12).*/, '$1')
  for (const value of [cutInSeq, '{"a":{"session":"s","seq":5},', '{"seq":5', `{"session":"${'x'.repeat(3_000)}","seq":5,`])
    expect(recordOf(letter(value)), value).toMatchObject({ session: `${entity.topic.name}/2`, seq: 41 })
})

test('where session or seq cannot be read, the place in Kafka tells dead letters apart', () => {
  for (const value of ['not json', '{"timestamp":1700', { ...trade(7, 1), timestamp: null, session: '', symbol: '', venue: '' }, null])
    expect(recordOf(letter(value))).toMatchObject({
      timestamp: 1_700_000_000_000_000,
      symbol: '*',
      venue: '*',
      session: `${entity.topic.name}/2`,
      seq: 41,
    })
})

test('the same record gives the same bytes whenever it is read', () => {
  expect(deadLetterMessage(topic, letter('not json'))).toEqual(deadLetterMessage(topic, letter('not json')))
})

test('every dead letter can itself be stored', () => {
  const encoder = encoderFor(entityOf('dead_letter').table)
  const texts = [
    '',
    'not json',
    '가'.repeat(70_000),
    `${'x'.repeat(64 * 1024 - 1)}😀`,
    '"\ud800"',
    'a\0b',
    JSON.stringify(trade(1, 1, { symbol: '\ud800' })),
  ]
  for (const text of texts) expect(encoder.encode(recordOf(letter(text, { detail: text })), 0, 0, new RowBuffer())).toBeUndefined()
})

test('a dead letter fits into Kafka, whatever its text is made of', () => {
  for (const character of ['\u0001', '"', '\\', '\ud800', '가'])
    expect(deadLetterMessage(topic, letter(character.repeat(70_000))).value.length).toBeLessThan(250 * 1024)
})

test('a dead letter of the sink that cannot be stored is recognised, so that it does not come back for ever', () => {
  const deadLetter = entityOf('dead_letter')
  expect(isOwnDeadLetter(letter({ stage: 'sink' }, { entity: deadLetter }))).toBe(true)
  expect(isOwnDeadLetter(letter({ stage: 'collector' }, { entity: deadLetter }))).toBe(false)
  expect(isOwnDeadLetter(letter('not json', { entity: deadLetter }))).toBe(false)
  expect(isOwnDeadLetter(letter({ stage: 'sink' }))).toBe(false)
})
