import { entities } from '@tickhouse/catalogue'
import { type Logger, lookAgain } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import type { SinkMetrics } from '../metrics.ts'

/** What watching needs. */
export interface SuspendedTablesDeps {
  readonly store: Pick<Store, 'suspendedTables'>
  readonly metrics: SinkMetrics
  readonly log: Logger
  /** Hears of every answer of QuestDB. */
  readonly onAnswer: () => void
  /** Hears after every look which tables are suspended. */
  readonly onLook: (suspended: ReadonlySet<string>) => Promise<void>
}

const pollMs = 1_000

/** Tables of ours that QuestDB has suspended: they take rows without showing them until a person resumes them. */
export class SuspendedTables {
  readonly #deps: SuspendedTablesDeps
  #names = new Set<string>()

  constructor(deps: SuspendedTablesDeps) {
    this.#deps = deps
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

  /** Looks once; tells `onLook`, the metrics and the log what has changed. */
  async look(signal: AbortSignal): Promise<void> {
    const { store, onAnswer, onLook } = this.#deps
    const states = await store.suspendedTables(signal)
    onAnswer()
    const ours = new Set(entities.map(({ table }) => table.name))
    const errors = new Map(states.filter(({ table }) => ours.has(table)).map(({ table, error }) => [table, error]))
    const before = this.#names
    this.#names = new Set(errors.keys())
    this.#announce(before, errors)
    await onLook(this.#names)
  }

  #announce(before: ReadonlySet<string>, errors: ReadonlyMap<string, string | null>): void {
    const { log, metrics } = this.#deps
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
