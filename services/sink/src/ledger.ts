import type { Round } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import type { DeadLetter } from './dead-letters.ts'
import type { SinkMetrics } from './metrics.ts'
import type { LastRow } from './rows.ts'

/** What has become of the records of a dataset since the process started. */
export interface DatasetTally {
  received: number
  stored: number
  /** Time of the newest row, µs since the epoch; null before the first one. */
  lastTimestamp: number | null
}

/** Counts what is done, for /status and the metrics, and says what a person has to know. */
export class Ledger {
  readonly datasets: ReadonlyMap<string, DatasetTally> = new Map(
    entities.map(({ name }) => [name, { received: 0, stored: 0, lastTimestamp: null }]),
  )
  deadLetters = 0
  /** Dead letters that could not be stored in their turn. */
  discardedLetters = 0
  readonly #metrics: SinkMetrics
  readonly #log: Logger

  constructor(metrics: SinkMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  read({ partitions, bytes }: Pick<Round, 'partitions' | 'bytes'>): void {
    const { rounds, roundBytes, roundRecords } = this.#metrics
    rounds.inc()
    roundBytes.observe(bytes)
    roundRecords.observe(partitions.reduce((sum, { records }) => sum + records.length, 0))
  }

  batch(trigger: string, dataset: string, lateRows: number): void {
    this.#metrics.batches.inc({ trigger })
    if (lateRows > 0) this.#metrics.lateRows.inc({ dataset }, lateRows)
  }

  stored(dataset: string, { received, stored, last }: { received: number; stored: number; last: readonly LastRow[] }): void {
    const tally = this.datasets.get(dataset)!
    tally.received += received
    tally.stored += stored
    this.#metrics.received.inc({ dataset }, received)
    this.#metrics.stored.inc({ dataset }, stored)
    if (last.length === 0) return
    const newest = Math.max(...last.map(({ timestamp }) => timestamp))
    tally.lastTimestamp = Math.max(newest, tally.lastTimestamp ?? 0)
    this.#metrics.age.observe({ dataset }, Math.max(0, Date.now() / 1_000 - newest / 1_000_000))
  }

  deadLetter({ entity, reason, detail, position, source }: DeadLetter): void {
    this.deadLetters++
    this.#metrics.deadLetters.inc({ dataset: entity.name, reason })
    this.#log.warn(
      { dataset: entity.name, reason, detail, ...position, offset: source.offset },
      'A record has no row and went to the dead letters',
    )
  }

  discarded({ detail, position, source }: DeadLetter): void {
    this.discardedLetters++
    this.#log.error({ detail, ...position, offset: source.offset }, 'A dead letter cannot be stored; it stays in its topic only')
  }
}
