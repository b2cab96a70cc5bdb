import { entities } from '@tickhouse/catalogue'
import { messageOf, type SinkStatus } from '@tickhouse/runtime'
import { isOfOneTable, type Store } from '@tickhouse/store'
import { answersOf, type CollectorTotals, CollectorWatch, type SeenCollector, totalsOf } from './collectors.ts'
import { rateOf } from './rates.ts'
import type { ServiceAddresses } from './run-file.ts'
import { answersOfSinks, sinksTogether } from './sinks.ts'

/** One line of what `start` shows. */
export interface DatasetState {
  readonly dataset: string
  /** The venue's code; empty for our own. */
  readonly type: string
  /** Records that were captured in the last second. */
  readonly perSecond: number
  /** Visible in QuestDB. */
  readonly rows: number
  /** Capture time of the newest row in µs. */
  readonly newestUs: number | null
  /** Records in Kafka that are not stored yet; null when unknown. */
  readonly lag: number | null
  /** How much older the newest stored record is than the newest captured one, in ms; null when unknown. */
  readonly behindMs: number | null
}

/** Everything that is shown at one moment. */
export interface Snapshot {
  readonly atMs: number
  readonly datasets: readonly DatasetState[]
  /** All that are looked at, whether they answer or not. */
  readonly collectors: readonly SeenCollector[]
  /** Those of them that answer, together. */
  readonly collector: CollectorTotals | undefined
  /** Those that answer. */
  readonly sinks: readonly SinkStatus[]
  /** All of them as if they were one. */
  readonly sink: SinkStatus | undefined
  /** Why the tables could not be read; undefined when they were. */
  readonly tablesProblem: string | undefined
}

interface TableState {
  readonly dataset: string
  readonly rows: number
  readonly newestUs: number | null
}

const timeoutMs = 1500

const names = entities.map(({ name }) => name)

function tableQuery(tables: readonly string[]): string {
  return tables.map(name => `SELECT '${name}' AS dataset, count() AS rows, max(timestamp) AS newestUs FROM ${name}`).join(' UNION ALL ')
}

/** Looks at services and tables, one look after the other. */
export class Observer {
  readonly #store: Store
  readonly #watch = new CollectorWatch()
  #last: Snapshot | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** Asks services and tables once. Tables that do not answer keep their last state; services that do not answer are undefined. */
  async look(addresses: ServiceAddresses): Promise<Snapshot> {
    const [tables, collectors, sinks] = await Promise.all([
      this.#tables(),
      this.#watch.look(addresses.collectors),
      answersOfSinks(addresses.sinks),
    ])
    const [collected, stored] = [totalsOf(collectors), sinksTogether(sinks)]
    const atMs = Date.now()
    const states = new Map(tables.states.map(table => [table.dataset, table]))
    const datasets = entities.map(({ name, venue }) => ({
      dataset: name,
      type: venue?.type ?? '',
      perSecond: captureRate(name, this.#last, { atMs, collectors }) ?? 0,
      rows: states.get(name)?.rows ?? 0,
      newestUs: states.get(name)?.newestUs ?? null,
      lag: stored?.datasets[name]?.lag ?? null,
      behindMs: behindMs(collected?.datasets[name]?.lastTimestamp, stored?.datasets[name]),
    }))
    this.#last = { atMs, datasets, collectors, collector: collected, sinks, sink: stored, tablesProblem: tables.problem }
    return this.#last
  }

  async #tables(): Promise<{ states: readonly TableState[]; problem: string | undefined }> {
    try {
      return { states: await this.#states(), problem: undefined }
    } catch (error) {
      const problem = (error as Error).name === 'TimeoutError' ? `not within ${timeoutMs / 1000} s` : messageOf(error)
      return { states: this.#last?.datasets ?? [], problem }
    }
  }

  /** A table that is missing does not hide the others: then those that are there are asked. */
  async #states(): Promise<TableState[]> {
    const ask = (tables: readonly string[]) => this.#store.query<TableState>(tableQuery(tables), AbortSignal.timeout(timeoutMs))
    try {
      return await ask(names)
    } catch (error) {
      if (!isOfOneTable(error)) throw error
      const found = await this.#store.query<{ table_name: string }>('SELECT table_name FROM tables()', AbortSignal.timeout(timeoutMs))
      const there = new Set(found.map(({ table_name: name }) => name))
      return await ask(names.filter(name => there.has(name)))
    }
  }
}

type Looked = Pick<Snapshot, 'atMs' | 'collectors'>

/** Captured records of a dataset a second between two looks; null when unknown. */
export function captureRate(dataset: string, before: Looked | undefined, now: Looked): number | null {
  return rateOf(before && heard(before), heard(now), ({ datasets }) => datasets[dataset]?.received ?? 0)
}

/** What the collectors said at a look. */
export function heard({ atMs, collectors }: Looked) {
  return { atMs, statuses: answersOf(collectors) }
}

/** A sink that has stored nothing since it was started does not know. */
function behindMs(capturedUs: number | null | undefined, stored: SinkStatus['datasets'][string] | undefined): number | null {
  if (stored?.lag === 0) return 0
  if (capturedUs === undefined || capturedUs === null || stored === undefined || stored.lastTimestamp === null) return null
  return Math.max(0, (capturedUs - stored.lastTimestamp) / 1000)
}
