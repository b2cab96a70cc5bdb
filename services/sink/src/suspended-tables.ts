import { entities } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { Commits } from './commits.ts'
import { lookAgain } from './look-again.ts'
import type { SinkMetrics } from './metrics.ts'

/** What watching needs. */
export interface WatchParts {
  readonly store: Pick<Store, 'suspendedTables'>
  readonly commits: Commits
  readonly metrics: SinkMetrics
  readonly log: Logger
  /** Hears of every answer of QuestDB. */
  readonly onAnswer: () => void
}

const pollMs = 1_000

/** Tables of ours that QuestDB has suspended: they take rows without showing them until a person resumes them. */
export class SuspendedTables {
  readonly #parts: WatchParts
  #names = new Set<string>()

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  get names(): string[] {
    return [...this.#names]
  }

  /** Looks every second until the signal aborts; a QuestDB that does not answer changes nothing. */
  watch(signal: AbortSignal): Promise<void> {
    return lookAgain(
      () => this.look(signal),
      () => pollMs,
      signal,
    )
  }

  /** Looks once; tells the commits, the metrics and the log what has changed. */
  async look(signal: AbortSignal): Promise<void> {
    const states = await this.#parts.store.suspendedTables(signal)
    this.#parts.onAnswer()
    const ours = new Set(entities.map(({ table }) => table.name))
    const errors = new Map(states.filter(({ table }) => ours.has(table)).map(({ table, error }) => [table, error]))
    const before = this.#names
    this.#names = new Set(errors.keys())
    this.#announce(before, errors)
    await this.#parts.commits.suspend(this.#names)
  }

  #announce(before: ReadonlySet<string>, errors: ReadonlyMap<string, string | null>): void {
    const { log, metrics } = this.#parts
    for (const [table, reason] of errors) {
      if (before.has(table)) continue
      metrics.suspended.set({ dataset: table }, 1)
      log.error(
        { table, reason },
        `Table suspended: its rows are taken but not shown, and nothing is committed; ALTER TABLE ${table} RESUME WAL`,
      )
    }
    for (const table of before) {
      if (errors.has(table)) continue
      metrics.suspended.set({ dataset: table }, 0)
      log.info({ table }, 'Table is no longer suspended')
    }
  }
}
