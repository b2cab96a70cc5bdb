import type { PartitionMetadata } from 'kafkajs'
import { expect, test } from 'vitest'
import type { PartitionBatch } from '../src/batches.ts'
import { LeadersSplit, LeaderWatch } from '../src/kafkajs/leader-watch.ts'

function metadata(...leaders: number[]): PartitionMetadata[] {
  return leaders.map((leader, partitionId) => ({ partitionErrorCode: 0, partitionId, leader, replicas: [leader], isr: [leader] }))
}

function batch(topic: string, partition: number): PartitionBatch {
  return { topic, partition, bytes: 1, messages: [{ key: 'k', value: Buffer.from('v'), partition, timestamp: '0' }] }
}

/** What kafkajs does on each attempt: asks for the partition of every message, with the metadata it has by then. */
function attempt(watch: LeaderWatch, batches: PartitionBatch[], seen: PartitionMetadata[]): void {
  const partitioner = watch.partitioner()
  for (const { topic, messages } of batches) for (const message of messages) partitioner({ topic, partitionMetadata: seen, message })
}

test('a request whose partitions have different leaders is stopped before anything is sent', () => {
  const watch = new LeaderWatch()
  const request = [batch('t', 0), batch('t', 1)]
  watch.expect(request)
  attempt(watch, request, metadata(1, 1))
  expect(() => attempt(watch, request, metadata(1, 2))).toThrow(LeadersSplit)
})

test('after that the request is cut by leader', () => {
  const watch = new LeaderWatch()
  const request = [batch('t', 0), batch('t', 1), batch('t', 2)]
  expect(watch.oneLeader(request)).toEqual(request)
  watch.expect(request)
  expect(() => attempt(watch, request, metadata(1, 2, 1))).toThrow(LeadersSplit)
  expect(watch.oneLeader(request)).toEqual([request[0], request[2]])
  expect(watch.oneLeader([request[1]!])).toEqual([request[1]])
})

test('partitions that move together from one leader to another are no reason to stop', () => {
  const watch = new LeaderWatch()
  const request = [batch('t', 0), batch('t', 1)]
  watch.expect(request)
  attempt(watch, request, metadata(1, 1))
  attempt(watch, request, metadata(2, 2))
})

test('a partition that does not exist is an error, where kafkajs would leave its messages out', () => {
  const watch = new LeaderWatch()
  const request = [batch('t', 5)]
  watch.expect(request)
  expect(() => attempt(watch, request, metadata(1, 1))).toThrow('Partition 5 of t does not exist')
})
