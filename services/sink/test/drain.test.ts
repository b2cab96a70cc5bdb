import type { CommittedOffset, Message, Poll } from '@tickhouse/bus'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import type { RowBuffer, Store } from '@tickhouse/store'
import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { drain } from '../src/drain.ts'
import { createSinkMetrics } from '../src/metrics.ts'
import { Commits } from '../src/read/commits.ts'
import { Counts } from '../src/store/counts.ts'
import { HeldDatasets } from '../src/store/held-datasets.ts'
import { Lanes } from '../src/store/lanes.ts'
import { SinkTables } from '../src/store/sink-tables.ts'
import { WriteReports } from '../src/store/write-reports.ts'
import { inKafka, partitionOf, trade } from './records.ts'

const us = 1_700_000_000_000_000
const never = new AbortController().signal
const limits = {
  maxBytes: 1 << 20,
  maxBytesPerPartition: 1 << 20,
  fullBytes: 1 << 19,
  commitsPerSecond: 1_000,
  maxAgeMs: 20,
  orderWaitMs: 1_000,
}
const silent = createLogger({ name: 'test', level: 'silent', pretty: false })

/** Runs polls through the path; `write` stands for QuestDB. Returns what happened, in order. */
async function run(roundsOfRecords: readonly (object | string)[][], write: (rows: RowBuffer) => Promise<number[]>): Promise<string[]> {
  const events: string[] = []
  const store = {
    writer: () => ({
      write: async (rows: RowBuffer) => {
        const rejected = await write(rows)
        events.push(`stored ${rows.rowCount - rejected.length}`)
        return { stored: rows.rowCount - rejected.length, rejected: rejected.map(row => ({ row, reason: 'error in line 7: no' })) }
      },
    }),
  } as unknown as Store
  const publisher = {
    publish: async (messages: readonly Message[]) => {
      events.push(...messages.map(({ value }) => `dead letter ${JSON.parse(String(value)).detail}`))
      return new Map<string, number>()
    },
    close: async () => {},
  }
  const counts = new Counts(createSinkMetrics(createRegistry('test')), silent)
  async function* polls(): AsyncGenerator<Poll> {
    let offset = 0
    for (const [index, records] of roundsOfRecords.entries()) {
      events.push(`fetched ${index + 1}`)
      const fetched = partitionOf(
        'trade',
        0,
        records.map(record => inKafka(offset++, record)),
      )
      const commit = async (offsets: readonly CommittedOffset[]) => {
        events.push(`committed ${offsets[0]!.offset}`)
        return true
      }
      const { topic, partition, nextOffset, highWatermark } = fetched
      const progress = [{ topic, partition, offset: nextOffset, highWatermark, topicId: null }]
      yield { partitions: [fetched], bytes: fetched.bytes, trigger: 'time', progress, isStale: () => false, commit }
    }
  }
  const tables = new SinkTables(store)
  const metrics = createSinkMetrics(createRegistry('test'))
  const reader = { polls, hold: () => {}, release: () => {} }
  const held = new HeldDatasets({ reader, tables, reports: new WriteReports(metrics), log: silent, signal: never })
  await drain(reader, new Lanes({ tables, publisher, commits: new Commits(), counts, held, limits, onRows: () => {} }, never), never)
  return events
}

test('rows are stored while more is fetched, and committed after they are stored', async () => {
  const events = await run([[trade(1, us)], [trade(2, us + 1)], [trade(3, us + 2)]], async () => {
    await new Promise(resolve => setTimeout(resolve, 50))
    return []
  })
  expect(events.filter(event => event.startsWith('fetched'))).toHaveLength(3)
  expect(events.indexOf('fetched 2')).toBeLessThan(events.indexOf('stored 1'))
  expect(events.at(-1)).toBe('committed 3')
})

test('rows that gather while their table is being stored are one batch', async () => {
  const events = await run([[trade(1, us)], [trade(2, us + 1)], [trade(3, us + 2)]], async () => {
    await new Promise(resolve => setTimeout(resolve, 100))
    return []
  })
  expect(events.filter(event => event.startsWith('stored'))).toEqual(['stored 1', 'stored 2'])
})

test('dead letters are in Kafka before their batch is committed', async () => {
  const events = await run([[trade(1, us), 'poison', trade(2, us + 1)]], async () => [1])
  expect(events.filter(event => !event.startsWith('fetched'))).toEqual([
    'stored 1',
    expect.stringMatching(/^dead letter .*JSON/),
    'dead letter error in line: no',
    'committed 3',
  ])
})

test('two batches never share a buffer', async () => {
  const seen: string[] = []
  const release: (() => void)[] = []
  const running = run([[trade(1, us)], [trade(2, us + 1)], [trade(3, us + 2)]], async rows => {
    const before = rows.slice().toString('latin1')
    await new Promise<void>(resolve => release.push(resolve))
    seen.push(rows.slice().toString('latin1') === before ? 'unchanged' : 'overwritten')
    return []
  })
  let isOver = false
  const ended = running.finally(() => {
    isOver = true
  })
  await eventually(() => {
    release.shift()?.()
    return isOver
  })
  await ended
  expect(new Set(seen)).toEqual(new Set(['unchanged']))
  expect(seen.length).toBeGreaterThan(1)
})

test('a store that refuses ends the drain at once, with its reason', async () => {
  await expect(run([[trade(1, us)], [trade(2, us)]], () => Promise.reject(new Error('no permission')))).rejects.toThrow('no permission')
})
