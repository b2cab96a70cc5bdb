import type { CommittedOffset, PartitionRecords, Poll } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import { createLogger, createRegistry, delay } from '@tickhouse/runtime'
import { type RequestReport, type RowBuffer, type Store, StoreError } from '@tickhouse/store'
import { expect, onTestFinished, test } from 'vitest'
import { drain } from '../../src/drain.ts'
import { createSinkMetrics } from '../../src/metrics.ts'
import { Commits } from '../../src/read/commits.ts'
import { Counts } from '../../src/store/counts.ts'
import { HeldDatasets } from '../../src/store/held-datasets.ts'
import { Lanes } from '../../src/store/lanes.ts'
import { SinkTables } from '../../src/store/sink-tables.ts'
import { WriteReports } from '../../src/store/write-reports.ts'
import { inKafka, partitionOf, trade } from '../records.ts'

const us = 1_700_000_000_000_000
const limits = {
  maxBytes: 1 << 20,
  maxBytesPerPartition: 1 << 20,
  fullBytes: 1 << 19,
  commitsPerSecond: 1_000,
  maxAgeMs: 100,
  orderWaitMs: 1_000,
}
const log = createLogger({ name: 'test', level: 'silent', pretty: false })

/** How QuestDB behaves towards a table: it takes rows, says something, is silent, or refuses for good. */
type Mood = 'takes' | 'silent' | 'refuses' | { readonly says: string }

/** A topic of one partition each for two datasets, a scripted QuestDB, and the path between them. */
class Bench {
  readonly moods: Record<string, Mood> = { trade: 'takes', best_quote: 'takes' }
  /** Offsets that stand in a table, in the order in which they came. */
  readonly stored: Record<string, number[]> = { trade: [], best_quote: [] }
  readonly committed: Record<string, number> = { trade: 0, best_quote: 0 }
  readonly held: HeldDatasets
  readonly reports: WriteReports
  readonly ended: Promise<void>
  readonly stop = new AbortController()
  readonly #positions: Record<string, number> = { trade: 0, best_quote: 0 }
  readonly #turns: Record<string, number> = { trade: 0, best_quote: 0 }
  readonly #heldTopics = new Set<string>()

  constructor() {
    const metrics = createSinkMetrics(createRegistry('test'))
    this.reports = new WriteReports(metrics)
    const tables = new SinkTables({
      writer: ({ name }: { name: string }) => ({ write: this.#writer(name), reconnect: () => {} }),
    } as unknown as Store)
    const reader = {
      polls: () => this.#polls(),
      hold: (topic: string) => {
        this.#heldTopics.add(topic)
        this.#turns[datasetOf(topic)]!++
      },
      release: (topic: string) => {
        this.#heldTopics.delete(topic)
        this.#positions[datasetOf(topic)] = this.committed[datasetOf(topic)]!
      },
    }
    const { signal } = this.stop
    this.held = new HeldDatasets({ reader, tables, reports: this.reports, log, signal, graceMs: 300 })
    const publisher = { publish: async () => new Map(), close: async () => {} }
    const counts = new Counts(metrics, log)
    const lanes = new Lanes({ tables, publisher, commits: new Commits(), counts, held: this.held, limits, onRows: () => {} }, signal)
    this.ended = drain(reader, lanes, signal)
    this.ended.catch(() => {})
    onTestFinished(() => this.stop.abort())
  }

  /** What is held, and why. */
  get reasons(): string[] {
    return this.held.all.map(({ dataset, reason }) => `${dataset}: ${reason}`)
  }

  /** How far a dataset was read. */
  readOf(dataset: string): number {
    return this.#positions[dataset]!
  }

  async *#polls(): AsyncGenerator<Poll> {
    while (!this.stop.signal.aborted) {
      await delay(20)
      const datasets = ['trade', 'best_quote'].filter(name => !this.#heldTopics.has(entityOf(name).topic.name))
      const partitions = datasets.map(name => this.#next(name))
      const turns = { ...this.#turns }
      const isStale = (topic: string) => this.#turns[datasetOf(topic)] !== turns[datasetOf(topic)]
      const progress = partitions.map(({ topic, partition, nextOffset }) => ({
        topic,
        partition,
        offset: nextOffset,
        highWatermark: nextOffset,
        topicId: null,
      }))
      const commit = async (offsets: readonly CommittedOffset[]) => this.#commit(offsets)
      if (partitions.length > 0) yield { partitions, bytes: 1, trigger: 'time', progress, isStale, commit }
    }
  }

  #next(name: string): PartitionRecords {
    const offset = this.#positions[name]!++
    return partitionOf(name, 0, [inKafka(offset, { ...trade(offset + 1, us + offset), price: undefined })])
  }

  #commit(offsets: readonly CommittedOffset[]): boolean {
    for (const { topic, offset } of offsets) this.committed[datasetOf(topic)] = offset
    return true
  }

  #writer(name: string) {
    return async (rows: RowBuffer, signal: AbortSignal) => {
      for (;;) {
        const mood = this.moods[name]!
        this.reports.note(reportOf(name, mood, rows))
        if (mood === 'refuses') throw new StoreError('STORE_REFUSED', `QuestDB does not take rows for ${name}: HTTP 403`)
        if (mood === 'takes') return this.#take(name, rows)
        await delay(30, signal)
      }
    }
  }

  #take(name: string, rows: RowBuffer) {
    this.stored[name]!.push(...offsetsIn(rows))
    return { stored: rows.rowCount, rejected: [] }
  }
}

const datasetOf = (topic: string) => (topic === entityOf('trade').topic.name ? 'trade' : 'best_quote')

/** The seq is one more than the offset. */
function offsetsIn(rows: RowBuffer): number[] {
  return [
    ...rows
      .slice()
      .toString('latin1')
      .matchAll(/seq=(\d+)i/g),
  ].map(match => Number(match[1]) - 1)
}

function reportOf(table: string, mood: Mood, rows: RowBuffer): RequestReport {
  const failed = { takes: 'stored', silent: 'retry', refuses: 'stop' } as const
  const verdict = typeof mood === 'object' ? 'retry' : failed[mood]
  const reason = typeof mood === 'object' ? mood.says : verdict === 'stored' ? null : 'no answer'
  return { table, verdict, answered: mood !== 'silent', reason, rows: rows.rowCount, bytes: rows.byteLength, durationMs: 1 }
}

const soon = { timeout: 10_000 }
const goesOn = (bench: Bench, dataset: string, more = 5) => {
  const before = bench.committed[dataset]!
  return expect.poll(() => bench.committed[dataset], soon).toBeGreaterThan(before + more)
}
/** Every offset up to what is committed stands in the table. */
const isWhole = (bench: Bench, dataset: string) =>
  expect([...new Set(bench.stored[dataset])].filter(offset => offset < bench.committed[dataset]!).sort((a, b) => a - b)).toEqual(
    Array.from({ length: bench.committed[dataset]! }, (_, offset) => offset),
  )

test('a table that takes no rows is held, the other datasets go on, and when it does all of its rows are stored', async () => {
  const bench = new Bench()
  await goesOn(bench, 'trade')
  bench.moods['trade'] = { says: 'table: trade, column: price; cast error from' }
  await expect.poll(() => bench.reasons, soon).toEqual(['trade: table: trade, column: price; cast error from'])
  expect(bench.reports.problem(bench.held.names)).toBeNull()
  const { trade: committed } = bench.committed
  await goesOn(bench, 'best_quote', 20)
  expect(bench.committed['trade']).toBe(committed)
  bench.moods['trade'] = 'takes'
  await expect.poll(() => bench.reasons, soon).toEqual([])
  await goesOn(bench, 'trade', 20)
  isWhole(bench, 'trade')
  isWhole(bench, 'best_quote')
})

test('rows that were read before a dataset was held are never committed past those that were not stored', async () => {
  const bench = new Bench()
  for (let times = 0; times < 3; times++) {
    await goesOn(bench, 'trade', 3)
    bench.moods['trade'] = { says: 'table: trade; table does not exist' }
    await expect.poll(() => bench.reasons, soon).toHaveLength(1)
    bench.moods['trade'] = 'takes'
    await expect.poll(() => bench.reasons, soon).toEqual([])
  }
  await goesOn(bench, 'trade')
  isWhole(bench, 'trade')
})

test('while QuestDB as a whole is silent nothing is held, and all go on after it', async () => {
  const bench = new Bench()
  await goesOn(bench, 'trade')
  Object.assign(bench.moods, { trade: 'silent', best_quote: 'silent' })
  await expect.poll(() => bench.reports.problem(new Set()), soon).toMatch(/trade/)
  await delay(1_000)
  expect(bench.reasons).toEqual([])
  Object.assign(bench.moods, { trade: 'takes', best_quote: 'takes' })
  await goesOn(bench, 'trade')
  isWhole(bench, 'trade')
  isWhole(bench, 'best_quote')
})

test('one table that is silent while QuestDB answers otherwise is held', async () => {
  const bench = new Bench()
  await goesOn(bench, 'trade')
  bench.moods['trade'] = 'silent'
  const answers = setInterval(() => bench.reports.answered(), 50)
  onTestFinished(() => clearInterval(answers))
  await expect.poll(() => bench.reasons, soon).toEqual(['trade: no answer'])
  await goesOn(bench, 'best_quote')
})

test('one table that is refused for good is held; where no table ever took rows, the drain ends with the reason', async () => {
  const one = new Bench()
  one.moods['trade'] = 'refuses'
  await expect.poll(() => one.reasons, soon).toMatchObject([expect.stringContaining('HTTP 403')])
  await goesOn(one, 'best_quote')
  one.moods['trade'] = 'takes'
  await goesOn(one, 'trade')
  isWhole(one, 'trade')
  const all = new Bench()
  Object.assign(all.moods, { trade: 'refuses', best_quote: 'refuses' })
  await expect(all.ended).rejects.toThrow('HTTP 403')
})

test('nothing is read of a held dataset until its table takes rows again', async () => {
  const bench = new Bench()
  await goesOn(bench, 'trade')
  bench.moods['trade'] = { says: 'table: trade, column: price; cast error from' }
  await expect.poll(() => bench.reasons, soon).toHaveLength(1)
  const read = bench.readOf('trade')
  await goesOn(bench, 'best_quote', 30)
  expect(bench.readOf('trade')).toBe(read)
  bench.moods['trade'] = 'takes'
  await goesOn(bench, 'trade')
  isWhole(bench, 'trade')
})
