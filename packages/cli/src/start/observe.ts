import { entities } from '@tickhouse/catalogue'
import { messageOf } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { ServiceAddresses } from '../run-file.ts'
import { type CollectorStatus, type SinkStatus, statusOf } from '../service-status.ts'
import { together } from '../sinks.ts'
import { isOfOneTable } from '../verify/table-counts.ts'

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
  /** Records in Kafka that are not stored yet; null when nobody knows. */
  readonly lag: number | null
  /** How much older the newest stored record is than the newest captured one, in ms; null when nobody knows. */
  readonly behindMs: number | null
}

/** Everything that is shown at one moment. */
export interface Snapshot {
  readonly atMs: number
  readonly datasets: readonly DatasetState[]
  readonly collector: CollectorStatus | undefined
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

const patienceMs = 1500

const names = entities.map(({ name }) => name)

function tableQuery(tables: readonly string[]): string {
  return tables.map(name => `SELECT '${name}' AS dataset, count() AS rows, max(timestamp) AS newestUs FROM ${name}`).join(' UNION ALL ')
}

/** Looks at services and tables, one look after the other. */
export class Observer {
  readonly #store: Store
  #last: Snapshot | undefined
  #received: Readonly<Record<string, number>> = {}

  constructor(store: Store) {
    this.#store = store
  }

  /** What there is now; what does not answer is left as it was (tables) or undefined (services). */
  async look(addresses: ServiceAddresses): Promise<Snapshot> {
    const [tables, collected, ...answers] = await Promise.all([
      this.#tables(),
      statusOf<CollectorStatus>(addresses.collector),
      ...addresses.sinks.map(sink => statusOf<SinkStatus>(sink)),
    ])
    const sinks = answers.filter(answer => answer !== undefined)
    const stored = together(sinks)
    const atMs = Date.now()
    const seconds = this.#last === undefined ? Number.POSITIVE_INFINITY : (atMs - this.#last.atMs) / 1000
    const states = new Map(tables.states.map(table => [table.dataset, table]))
    const datasets = entities.map(({ name, venue }) => ({
      dataset: name,
      type: venue?.type ?? '',
      perSecond: this.#gained(name, collected) / seconds,
      rows: states.get(name)?.rows ?? 0,
      newestUs: states.get(name)?.newestUs ?? null,
      lag: stored?.datasets[name]?.lag ?? null,
      behindMs: behindMs(collected?.datasets[name]?.lastTimestamp, stored?.datasets[name]),
    }))
    this.#received = Object.fromEntries(Object.entries(collected?.datasets ?? {}).map(([name, { received }]) => [name, received]))
    this.#last = { atMs, datasets, collector: collected, sinks, sink: stored, tablesProblem: tables.problem }
    return this.#last
  }

  async #tables(): Promise<{ states: readonly TableState[]; problem: string | undefined }> {
    try {
      return { states: await this.#states(), problem: undefined }
    } catch (error) {
      const problem = (error as Error).name === 'TimeoutError' ? `not within ${patienceMs / 1000} s` : messageOf(error)
      return { states: this.#last?.datasets ?? [], problem }
    }
  }

  /** A table that is missing does not hide the others: then those that are there are asked. */
  async #states(): Promise<TableState[]> {
    const ask = (tables: readonly string[]) => this.#store.query<TableState>(tableQuery(tables), AbortSignal.timeout(patienceMs))
    try {
      return await ask(names)
    } catch (error) {
      if (!isOfOneTable(error)) throw error
      const found = await this.#store.query<{ table_name: string }>('SELECT table_name FROM tables()', AbortSignal.timeout(patienceMs))
      const there = new Set(found.map(({ table_name: name }) => name))
      return await ask(names.filter(name => there.has(name)))
    }
  }

  /** Never negative: a collector that was restarted counts from 0. */
  #gained(dataset: string, collected: CollectorStatus | undefined): number {
    const received = collected?.datasets[dataset]?.received ?? 0
    const before = this.#received[dataset] ?? 0
    return received >= before ? received - before : received
  }
}

/** A sink that has stored nothing since it was started does not know. */
function behindMs(capturedUs: number | null | undefined, stored: SinkStatus['datasets'][string] | undefined): number | null {
  if (stored?.lag === 0) return 0
  if (capturedUs === undefined || capturedUs === null || stored === undefined || stored.lastTimestamp === null) return null
  return Math.max(0, (capturedUs - stored.lastTimestamp) / 1000)
}
