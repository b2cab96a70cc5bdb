import type { RequestReport } from '@tickhouse/store'
import type { SinkMetrics } from '../metrics.ts'

/** A table whose rows QuestDB does not take at the moment. */
interface Failing {
  reason: string
  /** When QuestDB first answered anything at all after this began, ms by the monotonic clock. */
  answeredAtMs: number | undefined
  isToBlame: boolean
}

/** Counts write requests, and knows which tables' rows QuestDB does not take at the moment. */
export class WriteReports {
  readonly #metrics: SinkMetrics
  readonly #failing = new Map<string, Failing>()

  constructor(metrics: SinkMetrics) {
    this.#metrics = metrics
  }

  /** Which tables' rows are waiting for QuestDB, but for those in the list; null when none are. */
  problem(except: ReadonlySet<string>): string | null {
    const names = [...this.#failing.keys()].filter(name => !except.has(name))
    return names.length === 0 ? null : `rows wait for QuestDB: ${names.join(', ')}`
  }

  /**
   * Why QuestDB takes no rows of this table although it is there: it said so itself, or it answered something else meanwhile and a request
   * for this table that began after that failed again. Undefined when QuestDB as a whole may be away.
   */
  blameOn(table: string): string | undefined {
    const failing = this.#failing.get(table)
    return failing?.isToBlame === true ? failing.reason : undefined
  }

  /** Begins anew with a table: what was said of it does not count any more. */
  forget(table: string): void {
    this.#failing.delete(table)
  }

  /** QuestDB has answered something. */
  answered(): void {
    for (const failing of this.#failing.values()) failing.answeredAtMs ??= performance.now()
  }

  note({ table, verdict, answered, reason, rows, durationMs }: RequestReport): void {
    const { requests, requestSeconds, requestRows } = this.#metrics
    requests.inc({ dataset: table, verdict })
    requestSeconds.observe(durationMs / 1_000)
    requestRows.observe(rows)
    if (answered) this.answered()
    if (verdict === 'retry' || verdict === 'stop') this.#fail(table, answered, reason ?? '', performance.now() - durationMs)
    else this.#failing.delete(table)
  }

  #fail(table: string, answered: boolean, reason: string, beganAtMs: number): void {
    const failing = this.#failing.get(table) ?? { reason, answeredAtMs: undefined, isToBlame: false }
    failing.reason = reason
    failing.isToBlame = answered || beganAtMs > (failing.answeredAtMs ?? Number.POSITIVE_INFINITY)
    this.#failing.set(table, failing)
  }
}
