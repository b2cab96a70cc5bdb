import type { PartitionState } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import type { RowPosition } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { createSinkMetrics } from '../../src/metrics.ts'
import { createStartAt, type Lost, startOf } from '../../src/read/assignment.ts'
import { commitMetadata } from '../../src/read/commit-metadata.ts'
import { Commits } from '../../src/read/commits.ts'
import { inKafka, trade } from '../records.ts'

const kafka = { earliest: 100, latest: 1_000 }
const at = (offset: number) => ({ ...kafka, committed: { offset, metadata: '' } })

test('without a commit everything that Kafka has is read', () => {
  expect(startOf({ ...kafka, committed: null }, 'all')).toEqual({ offset: 100, lost: null })
})

test('with a table that holds what was committed, reading goes on there', () => {
  expect(startOf(at(500), 'all')).toEqual({ offset: 500, lost: null })
  expect(startOf(at(1_000), 'all')).toEqual({ offset: 1_000, lost: null })
})

test('a table that is behind is filled from behind its last row', () => {
  expect(startOf(at(500), { lastOffset: 300 })).toEqual({ offset: 301, lost: null })
})

test('what the table holds beyond the commit does not move the beginning', () => {
  expect(startOf(at(500), { lastOffset: 700 })).toEqual({ offset: 500, lost: null })
})

test('what neither Kafka nor the table has is lost, and said so', () => {
  expect(startOf(at(60), 'all')).toEqual({ offset: 100, lost: { reason: 'records_expired', from: 60, to: 100 } })
  expect(startOf(at(500), { lastOffset: 80 })).toEqual({ offset: 100, lost: { reason: 'records_expired', from: 81, to: 100 } })
  expect(startOf(at(500), { lastOffset: null })).toEqual({ offset: 100, lost: { reason: 'records_expired', from: 0, to: 100 } })
})

test('an empty table is filled from the beginning', () => {
  expect(startOf({ committed: { offset: 500, metadata: '' }, earliest: 0, latest: 1_000 }, { lastOffset: null })).toEqual({
    offset: 0,
    lost: null,
  })
})

test('a topic that does not reach what was committed was made anew: all of it is read', () => {
  expect(startOf(at(5_000), 'all')).toEqual({ offset: 100, lost: { reason: 'topic_recreated', from: 5_000, to: null } })
})

const topic = entityOf('trade').topic.name
const us = 1_700_000_000_000_000

/** A sink whose table holds rows up to `lastRow`, and a partition whose record at each offset has the time that `timeAt` says. */
function sinkWith({ lastRow = null, timeAt = () => us }: { lastRow?: RowPosition | null; timeAt?: (offset: number) => number } = {}) {
  const lost: Lost[] = []
  const commits = new Commits()
  const begin = createStartAt({
    store: {
      holds: async (_table, timestamp, _partition, offset) => timestamp === lastRow?.timestamp && offset === lastRow.offset,
      lastOffset: async () => lastRow?.offset ?? null,
      lastRow: async () => lastRow,
    },
    ready: { until: async () => {} },
    lookAtTables: async () => {},
    commits,
    metrics: createSinkMetrics(createRegistry('test')),
    log: createLogger({ name: 'test', level: 'silent', pretty: false }),
    signal: new AbortController().signal,
    onLost: async (_state, what) => void lost.push(what),
  })
  const startOfPartition = async (state: Partial<PartitionState>) => {
    const given = { topic, partition: 0, topicId: 'one', committed: null, earliest: 0, latest: 1_000, ...state }
    const [position] = await begin([given], async ({ offset }) => inKafka(offset, trade(1, timeAt(offset))))
    return { offset: position!.offset, lost: lost.splice(0) }
  }
  return { commits, startOfPartition }
}

const committedAt = (offset: number, topicId?: string) => ({
  offset,
  metadata: commitMetadata({ offset: offset - 1, timestamp: us }, topicId),
})

test('when Kafka has forgotten what was committed, the table tells which of the expired records were never stored', async () => {
  const { startOfPartition } = sinkWith({ lastRow: { offset: 80, timestamp: us } })
  expect(await startOfPartition({ earliest: 100 })).toEqual({ offset: 100, lost: [{ reason: 'records_expired', from: 81, to: 100 }] })
  expect(await sinkWith({ lastRow: { offset: 99, timestamp: us } }).startOfPartition({ earliest: 100 })).toEqual({ offset: 100, lost: [] })
  expect(await sinkWith({ lastRow: { offset: 400, timestamp: us } }).startOfPartition({ earliest: 100 })).toEqual({ offset: 100, lost: [] })
})

test('what expired before anything of it was ever stored is lost, and a topic from its beginning is not', async () => {
  const { startOfPartition } = sinkWith()
  expect(await startOfPartition({ earliest: 100 })).toEqual({ offset: 100, lost: [{ reason: 'records_expired', from: 0, to: 100 }] })
  expect(await sinkWith().startOfPartition({ earliest: 0 })).toEqual({ offset: 0, lost: [] })
})

test('a topic with another id was made anew, however far it reaches: all of it is read', async () => {
  const { startOfPartition } = sinkWith({ lastRow: { offset: 2, timestamp: us } })
  const made = { topicId: 'two', committed: committedAt(3, 'one'), latest: 5 }
  expect(await startOfPartition(made)).toEqual({ offset: 0, lost: [{ reason: 'topic_recreated', from: 3, to: null }] })
  expect(await startOfPartition({ ...made, topicId: 'one' })).toEqual({ offset: 3, lost: [] })
})

test('a commit of an older build names no topic: what stands where the last row came from tells', async () => {
  const same = sinkWith({ lastRow: { offset: 2, timestamp: us } })
  expect(await same.startOfPartition({ committed: committedAt(3), latest: 5 })).toEqual({ offset: 3, lost: [] })
  const other = () => sinkWith({ lastRow: { offset: 2, timestamp: us }, timeAt: offset => us + offset })
  const recreated = { offset: 0, lost: [{ reason: 'topic_recreated', from: 3, to: null }] }
  expect(await other().startOfPartition({ committed: committedAt(3), latest: 5 })).toEqual(recreated)
  expect(await other().startOfPartition({ committed: null, latest: 5 })).toEqual(recreated)
})

test('Kafka forgets the commits of a topic that is deleted; a sink that was reading it has not', async () => {
  const { startOfPartition } = sinkWith({ lastRow: { offset: 2, timestamp: us } })
  await startOfPartition({ committed: committedAt(3, 'one'), latest: 3 })
  const lost = [{ reason: 'topic_recreated', from: 3, to: null }]
  expect(await startOfPartition({ topicId: 'two', committed: null, latest: 9 })).toEqual({ offset: 0, lost })
})

test('rows of the former topic that are stored late change nothing of where the new one has come', async () => {
  const { commits, startOfPartition } = sinkWith()
  const partitions = [{ topic, partition: 0, records: [], bytes: 0, isShared: true, nextOffset: 100, highWatermark: 100 }]
  const committed: number[] = []
  const commit = async () => Boolean(committed.push(1))
  const poll = { partitions, bytes: 0, trigger: 'time' as const, progress: [], isStale: () => false, commit }
  commits.read(poll)
  await startOfPartition({ topicId: 'two' })
  commits.stored([{ topic, partition: 0, nextOffset: 100, poll }], new Map([[`${topic}/0`, { offset: 99, timestamp: us }]]))
  await commits.flush()
  expect([commits.doneIn(`${topic}/0`), commits.lastRow(`${topic}/0`), committed]).toEqual([0, undefined, []])
})
