import { partitionKey } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { encodeRows, lastRows } from '../../src/store/rows.ts'
import { inKafka, partitionOf, trade } from '../records.ts'

const entity = entityOf('trade')
const topic = entity.topic.name
const us = 1_700_000_000_000_000

function encode(...parts: Parameters<typeof encodeRows>[1]) {
  return encodeRows(entity, parts, encoderFor(entity.table), new RowBuffer())
}

test('rows stand in the order of their time across partitions', () => {
  const encoded = encode(
    partitionOf('trade', 0, [inKafka(10, trade(1, us + 1)), inKafka(11, trade(2, us + 4))]),
    partitionOf('trade', 3, [inKafka(70, trade(3, us + 2)), inKafka(71, trade(4, us + 3)), inKafka(72, trade(5, us + 5))]),
  )
  expect(encoded.sources.map(({ offset }) => offset)).toEqual([10, 70, 71, 11, 72])
  expect(encoded.partitions).toEqual([0, 3, 3, 0, 3])
})

test('the same poll gives the same bytes', () => {
  const part = partitionOf('trade', 0, [inKafka(1, trade(1, us)), inKafka(2, trade(2, us + 1))])
  expect(encode(part).rows.slice()).toEqual(encode(part).rows.slice())
})

test('a row carries where it came from in Kafka', () => {
  const line = encode(partitionOf('trade', 4, [inKafka(77, trade(1, us))]))
    .rows.slice()
    .toString('latin1')
  expect(line).toContain('kafka_partition=4i')
  expect(line).toContain('kafka_offset=77i')
})

test('what cannot be a row is set aside with its reason, and the others are rows', () => {
  const { deadLetters, sources } = encode(
    partitionOf('trade', 1, [
      inKafka(1, '{"timestamp":1700'),
      inKafka(2, '[1,2]'),
      inKafka(3, trade(1, us)),
      inKafka(4, { ...trade(2, us), timestamp: 'yesterday' }),
      inKafka(5, { ...trade(3, us), session: undefined }),
      inKafka(6, { ...trade(4, us), price: 'much' }),
      inKafka(7, null),
    ]),
  )
  expect(sources.map(({ offset }) => offset)).toEqual([3])
  expect(deadLetters.map(({ source, reason, detail }) => [source.offset, reason, detail.split(':')[0]])).toEqual([
    [1, 'not_json', expect.any(String)],
    [2, 'wrong_shape', 'Expected an object'],
    [4, 'bad_value', 'timestamp'],
    [5, 'bad_value', 'session'],
    [6, 'bad_value', 'price'],
    [7, 'not_json', 'The record has no value'],
  ])
})

test('the last row of each partition is the last one that was not rejected', () => {
  const encoded = encode(
    partitionOf('trade', 0, [inKafka(10, trade(1, us + 1)), inKafka(11, trade(2, us + 4))]),
    partitionOf('trade', 1, [inKafka(20, trade(3, us + 2))]),
  )
  const zero = partitionKey({ topic, partition: 0 })
  const one = partitionKey({ topic, partition: 1 })
  expect(lastRows(encoded, new Set())).toEqual(
    new Map([
      [zero, { offset: 11, timestamp: us + 4 }],
      [one, { offset: 20, timestamp: us + 2 }],
    ]),
  )
  expect(lastRows(encoded, new Set([1, 2]))).toEqual(new Map([[zero, { offset: 10, timestamp: us + 1 }]]))
})
