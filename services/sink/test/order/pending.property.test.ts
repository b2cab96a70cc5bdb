import type { PartitionProgress, PartitionRecords, Poll } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BufferUse } from '../../src/order/chunk.ts'
import { PendingRecords } from '../../src/order/pending.ts'
import { timeOf } from '../../src/order/record-head.ts'
import { inKafka, partitionOf, trade } from '../records.ts'

const { topic } = entityOf('trade')
const limits = { settleMs: 10, orderWaitMs: 1_000 }
const startUs = 1_700_000_000_000_000
const poll = {} as Poll

/** A topic as Kafka has it: records with rising times, each in one of the partitions; and how much of each partition a fetch brings. */
const stories = fc.record({
  partitions: fc.integer({ min: 1, max: 4 }),
  records: fc.array(fc.record({ partition: fc.nat(3), stepUs: fc.integer({ min: 1, max: 1_000 }) }), { maxLength: 120 }),
  fetches: fc.array(
    fc.record({
      counts: fc.array(fc.nat(25), { minLength: 4, maxLength: 4 }),
      waitMs: fc.nat(40),
      maxBytes: fc.integer({ min: 1, max: 20_000 }),
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
})

type Story = typeof stories extends fc.Arbitrary<infer T> ? T : never

/** Plays a story until all is stored; gives the batches in the order in which they were taken. */
function play({ partitions, records, fetches }: Story) {
  const logs = Array.from({ length: partitions }, (): ReturnType<typeof inKafka>[] => [])
  let time = startUs
  for (const [index, { partition, stepUs }] of records.entries()) {
    const log = logs[partition % partitions]!
    time += stepUs
    log.push(inKafka(log.length, trade(index + 1, time)))
  }
  const offsets = logs.map(() => 0)
  const pending = new PendingRecords(topic.name, limits)
  const batches: { parts: readonly PartitionRecords[]; nowMs: number; readAtMs: Map<unknown, number> }[] = []
  const readAtMs = new Map<unknown, number>()
  let bytes = 0
  let nowMs = 0
  const take = (maxBytes: number) => {
    if (pending.ready(nowMs).rows === 0) return
    const before = pending.ready(nowMs).rows
    const { parts, places, buffers: done, copies } = pending.take(nowMs, maxBytes)
    expect(parts.length).toBeGreaterThan(0)
    expect(parts.reduce((sum, part) => sum + part.records.length, 0)).toBeLessThanOrEqual(before)
    for (const [index, { nextOffset }] of places.entries()) expect(nextOffset).toBe(parts[index]!.records.at(-1)!.offset + 1)
    for (const buffer of copies) bytes += buffer.bytes
    for (const buffer of done) if (--buffer.chunks === 0) bytes -= buffer.bytes
    batches.push({ parts, nowMs, readAtMs })
  }
  const read = (counts: readonly number[]) => {
    const shared: BufferUse = { bytes: 0, chunks: 0 }
    const parts = logs.flatMap((log, partition) => {
      const own = log.slice(offsets[partition], offsets[partition]! + counts[partition]!)
      offsets[partition] = offsets[partition]! + own.length
      for (const record of own) readAtMs.set(record, nowMs)
      return own.length === 0 ? [] : [{ ...partitionOf('trade', partition, own), isShared: partition % 2 === 0 }]
    })
    const progress: PartitionProgress[] = logs.map((log, partition) => ({
      topic: topic.name,
      partition,
      offset: offsets[partition]!,
      highWatermark: log.length,
      topicId: null,
    }))
    pending.read(parts, progress, poll, shared, nowMs)
    bytes += parts.reduce((sum, part) => sum + part.bytes, 0)
  }
  for (const { counts, waitMs, maxBytes } of fetches) {
    read(counts)
    take(maxBytes)
    nowMs += waitMs
    take(maxBytes)
  }
  read(logs.map(log => log.length))
  for (let turns = 0; !pending.partitions.isEmpty && turns < 1_000; turns++) {
    nowMs += 10
    take(20_000)
  }
  return { logs, batches, bytes, pending }
}

test('every record leaves once, in the order of its partition, and the memory is given back', () => {
  fc.assert(
    fc.property(stories, story => {
      const { logs, batches, bytes } = play(story)
      for (const [partition, log] of logs.entries()) {
        const left = batches.flatMap(({ parts }) => parts.filter(part => part.partition === partition).flatMap(({ records }) => records))
        expect(left.map(({ offset }) => offset)).toEqual(log.map(({ offset }) => offset))
      }
      expect(bytes).toBe(0)
    }),
  )
})

test('no record leaves after a newer one, unless it came only after that had been held for as long as it may be', () => {
  fc.assert(
    fc.property(stories, story => {
      let newestUs = Number.NEGATIVE_INFINITY
      const { batches } = play({ ...story, fetches: story.fetches.map(fetch => ({ ...fetch, waitMs: Math.min(fetch.waitMs, 9) })) })
      for (const { parts } of batches) {
        const times = parts.flatMap(({ records }) => records.map(timeOf))
        expect(Math.min(...times)).toBeGreaterThan(newestUs)
        newestUs = Math.max(newestUs, ...times)
      }
    }),
  )
})

test('what is left of records that came packed counts as what is left, and is not copied', () => {
  const pending = new PendingRecords(topic.name, limits)
  const part = (partition: number, isShared: boolean, count: number) => {
    const records = Array.from({ length: count }, (_, index) => inKafka(index, trade(index + 1, startUs + index)))
    return { ...partitionOf('trade', partition, records), isShared }
  }
  const parts = [part(0, false, 8_000), part(1, true, 8_000), part(2, true, 4_000)]
  const progress = parts.map(({ partition, nextOffset }) => ({
    topic: topic.name,
    partition,
    offset: nextOffset,
    highWatermark: 100_000,
    topicId: null,
  }))
  pending.read(parts, progress, poll, { bytes: 0, chunks: 0 }, 0)
  const { copies, parts: taken } = pending.take(5, Number.POSITIVE_INFINITY)
  expect(taken.map(({ records }) => records.length)).toEqual([4_000, 4_000, 4_000])
  expect(copies.length).toBe(1)
  expect([0, 1, 2].map(partition => Math.round((10 * pending.partitions.bytesOf(partition)) / parts[0]!.bytes))).toEqual([5, 5, 0])
})

test('it is known how much more is to come, and which partitions the others wait for', () => {
  const pending = new PendingRecords(topic.name, limits)
  const progress = [0, 1].map(partition => ({ topic: topic.name, partition, offset: 1, highWatermark: 100, topicId: null }))
  pending.read([partitionOf('trade', 0, [inKafka(0, trade(1, startUs))])], progress, poll, { bytes: 0, chunks: 0 }, 0)
  expect([pending.partitions.comingAt(10, 1e6), pending.partitions.comingAt(10, 1), pending.partitions.comingAt(1_000, 1e6)]).toEqual([
    198, 99, 0,
  ])
  expect([0, 1, 2].map(partition => pending.partitions.waitsFor(partition))).toEqual([false, true, false])
  expect([pending.partitions.waitedFor, pending.ready(10).rows]).toEqual([1, 0])
  pending.partitions.giveUpOrder()
  expect(pending.ready(10).rows).toBe(1)
})

test('what cannot be put in order is held for a bounded time', () => {
  const pending = new PendingRecords(topic.name, limits)
  const progress = [0, 1].map(partition => ({
    topic: topic.name,
    partition,
    offset: 1,
    highWatermark: partition === 0 ? 1 : 9,
    topicId: null,
  }))
  pending.read([partitionOf('trade', 0, [inKafka(0, trade(1, startUs))])], progress, poll, { bytes: 0, chunks: 0 }, 0)
  expect(pending.ready(999).rows).toBe(0)
  expect(pending.nextReleaseMs(500)).toBe(1_000)
  expect(pending.ready(1_000).rows).toBe(1)
})

test('a record that came a moment ago waits for what may have been written with it, not longer', () => {
  const pending = new PendingRecords(topic.name, limits)
  const progress = [0, 1].map(partition => ({ topic: topic.name, partition, offset: 1, highWatermark: 1, topicId: null }))
  const read = (partition: number, offset: number, us: number, nowMs: number) =>
    pending.read([partitionOf('trade', partition, [inKafka(offset, trade(1, us))])], progress, poll, { bytes: 0, chunks: 0 }, nowMs)
  read(0, 0, startUs + 5, 0)
  expect(pending.ready(9).rows).toBe(0)
  expect(pending.ready(10).rows).toBe(1)
  read(1, 0, startUs + 4, 2)
  expect(pending.ready(2).rows).toBe(2)
})

test('a record is held until those with smaller numbers are read, and no longer', () => {
  const pending = new PendingRecords(topic.name, limits)
  const progress = [0, 1].map(partition => ({ topic: topic.name, partition, offset: 9, highWatermark: 9, topicId: null }))
  const read = (partition: number, seq: number, nowMs: number) =>
    pending.read(
      [partitionOf('trade', partition, [inKafka(seq, trade(seq, startUs + seq))])],
      progress,
      poll,
      { bytes: 0, chunks: 0 },
      nowMs,
    )
  read(0, 1, 0)
  pending.take(10, 1_000)
  read(0, 3, 20)
  expect([pending.ready(20).rows, pending.ready(500).rows]).toEqual([0, 0])
  read(1, 2, 500)
  expect(pending.ready(500).rows).toBe(2)
})

test('the numbers count while a little is left in Kafka, and not in a backlog', () => {
  const heldFor = (left: number) => {
    const pending = new PendingRecords(topic.name, limits)
    const read = (partition: number, seq: number, offset: number, nowMs: number) => {
      const ends = { offset, highWatermark: offset + left }
      const progress = [0, 1].map(id => ({
        topic: topic.name,
        partition: id,
        topicId: null,
        ...(id === 1 ? ends : { offset: 9, highWatermark: 9 }),
      }))
      const parts = [partitionOf('trade', partition, [inKafka(offset, trade(seq, startUs + seq))])]
      pending.read(parts, progress, poll, { bytes: 0, chunks: 0 }, nowMs)
    }
    read(0, 1, 0, 0)
    read(1, 2, 1, 20)
    pending.take(40, 10_000)
    read(1, 4, 2, 50)
    read(1, 5, 3, 80)
    return [90, 1_100].map(nowMs => pending.ready(nowMs).rows)
  }
  expect(heldFor(1)).toEqual([0, 2])
  expect(heldFor(50_000)).toEqual([2, 2])
})

test('the oldest record of a partition that waits is known, and what becomes stale is forgotten', () => {
  const pending = new PendingRecords(topic.name, limits)
  const buffer = { bytes: 0, chunks: 0 }
  const parts = [partitionOf('trade', 0, [inKafka(0, trade(1, startUs), 77)]), partitionOf('trade', 1, [inKafka(0, trade(1, startUs))])]
  pending.read(parts, [], poll, buffer, 5)
  expect(pending.partitions.oldestOf(0)).toEqual({ capturedMs: 77, readAtMs: 5 })
  expect(pending.partitions.dropStale(({ partition }) => partition === 0)).toEqual([buffer])
  expect([pending.partitions.oldestOf(0), pending.partitions.isEmpty]).toEqual([undefined, false])
})
