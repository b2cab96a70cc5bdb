import type { RequestReport } from '@tickhouse/store'
import type { SinkMetrics } from './metrics.ts'

/** Counts write requests, and knows whether QuestDB takes rows at the moment. */
export class WriteReports {
  readonly #metrics: SinkMetrics
  readonly #failing = new Set<string>()

  constructor(metrics: SinkMetrics) {
    this.#metrics = metrics
  }

  /** Which tables' rows are waiting for QuestDB; null when none are. */
  get problem(): string | null {
    return this.#failing.size === 0 ? null : `rows wait for QuestDB: ${[...this.#failing].join(', ')}`
  }

  note({ table, verdict, rows, durationMs }: RequestReport): void {
    const { requests, requestSeconds, requestRows } = this.#metrics
    requests.inc({ dataset: table, verdict })
    requestSeconds.observe(durationMs / 1_000)
    requestRows.observe(rows)
    if (verdict === 'retry' || verdict === 'stop') this.#failing.add(table)
    else this.#failing.delete(table)
  }
}
