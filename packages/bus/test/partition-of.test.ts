import { expect, test } from 'vitest'
import { createPartitionOf } from '../src/kafkajs/partition-of.ts'

test('a key goes to the partition that the Java client would choose', () => {
  const partitionOf = createPartitionOf()
  // murmur2 of these texts as published in Kafka's own test of the function.
  const hashes: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ]
  for (const [key, hash] of hashes)
    for (const partitions of [1, 6, 7, 50]) expect(partitionOf('topic', key, partitions)).toBe((hash & 0x7fffffff) % partitions)
})

test('a key keeps its partition, and another number of partitions is another matter', () => {
  const partitionOf = createPartitionOf()
  const first = partitionOf('topic', '005930', 6)
  partitionOf('topic', '005930', 12)
  expect(partitionOf('topic', '005930', 6)).toBe(first)
  expect(partitionOf('another', '005930', 6)).toBe(first)
})
