import { expect, test } from 'vitest'
import { Leaders, LeadersSplit, type LedPartition } from '../src/leaders.ts'
import type { PartitionBatch } from '../src/wire/batches.ts'

function ledBy(...leaders: number[]): LedPartition[] {
  return leaders.map((leader, partition) => ({ partition, leader, replicas: 1 }))
}

function batch(topic: string, partition: number): PartitionBatch {
  return { topic, partition, bytes: 1, messages: [{ key: 'k', value: Buffer.from('v'), timestampMs: 0 }] }
}

test('a request whose partitions have different leaders is stopped before anything is sent', () => {
  const leaders = new Leaders()
  const request = [batch('t', 0), batch('t', 1)]
  leaders.learn('t', ledBy(1, 1))
  expect(leaders.leaderOf(request)).toBe(1)
  leaders.learn('t', ledBy(1, 2))
  expect(() => leaders.leaderOf(request)).toThrow(LeadersSplit)
})

test('after that the request is cut by leader', () => {
  const leaders = new Leaders()
  const request = [batch('t', 0), batch('t', 1), batch('t', 2)]
  expect(leaders.oneLeader(request)).toEqual(request)
  leaders.learn('t', ledBy(1, 2, 1))
  expect(leaders.oneLeader(request)).toEqual([request[0], request[2]])
  expect(leaders.oneLeader([request[1]!])).toEqual([request[1]])
})

test('partitions that move together from one leader to another are no reason to stop', () => {
  const leaders = new Leaders()
  const request = [batch('t', 0), batch('t', 1)]
  leaders.learn('t', ledBy(1, 1))
  leaders.learn('t', ledBy(2, 2))
  expect(leaders.leaderOf(request)).toBe(2)
})

test('a partition that does not exist, or exists no longer, is an error', () => {
  const leaders = new Leaders()
  leaders.learn('t', ledBy(1, 1))
  expect(() => leaders.leaderOf([batch('t', 5)])).toThrow('Partition 5 of t does not exist')
  leaders.learn('t', ledBy(1))
  expect(() => leaders.leaderOf([batch('t', 1)])).toThrow('Partition 1 of t does not exist')
})
