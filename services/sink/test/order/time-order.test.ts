import { expect, test } from 'vitest'
import { numberedIn, timeOf, timestampIn } from '../../src/order/record-head.ts'
import { releaseLimits } from '../../src/order/time-order.ts'
import { inKafka } from '../records.ts'

const limits = { settleMs: 10, orderWaitMs: 1_000 }
const never = Number.NEGATIVE_INFINITY

test('records may be stored up to the time that every partition has passed', () => {
  const partitions = [
    { passedUs: 50, isAtEnd: false, heardAtMs: 0 },
    { passedUs: 70, isAtEnd: false, heardAtMs: 0 },
  ]
  expect(releaseLimits(partitions, 5, limits)).toEqual({ passedUs: 50, settledUs: 50 })
})

test('the end of a partition counts for what has settled', () => {
  const partitions = [
    { passedUs: never, isAtEnd: true, heardAtMs: 0 },
    { passedUs: 70, isAtEnd: false, heardAtMs: 0 },
  ]
  expect(releaseLimits(partitions, 5, limits)).toEqual({ passedUs: never, settledUs: 70 })
})

test('a partition that brings nothing for too long is not waited for, one at its end is no such partition', () => {
  const partitions = [
    { passedUs: 20, isAtEnd: false, heardAtMs: 0 },
    { passedUs: 70, isAtEnd: true, heardAtMs: 0 },
  ]
  expect(releaseLimits(partitions, 1_000, limits)).toEqual({ passedUs: 70, settledUs: Number.POSITIVE_INFINITY })
})

test("a record's time is read from its bytes", () => {
  expect(timestampIn(Buffer.from('{"timestamp":1700000000000001,"symbol":"005930"}'))).toBe(1_700_000_000_000_001)
  for (const text of [
    '',
    '{"timestamp":',
    '{"timestamp":x}',
    '{"timestamp":-5}',
    '{"seq":1,"timestamp":5}',
    '{"timestamp":99999999999999999999}',
  ])
    expect(timestampIn(Buffer.from(text))).toBeUndefined()
  expect(timestampIn(null)).toBeUndefined()
})

test('so are its session and its number', () => {
  const value = Buffer.from('{"timestamp":17,"symbol":"005930","venue":"KRX","session":"000ab","seq":42,"price":1}')
  expect(numberedIn(value)).toEqual({ timestamp: 17, session: '000ab', seq: 42 })
  for (const text of ['{"timestamp":17}', '{"timestamp":17,"session":"a","price":1}', '{"timestamp":17,"session":"a","seq":"1"}', '{}'])
    expect(numberedIn(Buffer.from(text))).toBeUndefined()
})

test("a record without a time of its own has Kafka's", () => {
  expect(timeOf(inKafka(1, 'poison', 1_700_000_000_123))).toBe(1_700_000_000_123_000)
})
