import type { Poll } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import type { Logger } from '@tickhouse/runtime'
import type { SinkMetrics } from '../metrics.ts'
import type { LastRow } from '../read/commit-metadata.ts'
import type { DeadLetter } from './dead-letters.ts'

/** What has become of the records of a dataset since the process started. */
export interface DatasetCounts {
  received: number
  stored: number
  /** Dead letters in Kafka, by reason. */
  readonly deadLetters: Map<string, number>
  /** Time of the newest row, µs since the epoch; null before the first one. */
  lastTimestamp: number | null
}

/** Counts what is done, once: /status and the metrics read these numbers. Says what a person has to know. */
export class Counts {
  readonly datasets: ReadonlyMap<string, DatasetCounts> = new Map(
    entities.map(({ name }) => [name, { received: 0, stored: 0, deadLetters: new Map(), lastTimestamp: null }]),
  )
  /** Dead letters that could not be stored in their turn. */
  discardedLetters = 0
  readonly #metrics: SinkMetrics
  readonly #log: Logger

  constructor(metrics: SinkMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  /** A poll was read. */
  read({ partitions, bytes }: Pick<Poll, 'partitions' | 'bytes'>): void {
    const { polls, polledBytes, polledRecords } = this.#metrics
    polls.inc()
    polledBytes.observe(bytes)
    polledRecords.observe(partitions.reduce((sum, { records }) => sum + records.length, 0))
  }

  /** A batch is about to be stored. */
  batch(trigger: string, dataset: string, lateRows: number): void {
    this.#metrics.batches.inc({ trigger })
    if (lateRows > 0) this.#metrics.lateRows.inc({ dataset }, lateRows)
  }

  stored(dataset: string, { received, stored, last }: { received: number; stored: number; last: readonly LastRow[] }): void {
    const counts = this.datasets.get(dataset)!
    counts.received += received
    counts.stored += stored
    if (last.length === 0) return
    const newest = Math.max(...last.map(({ timestamp }) => timestamp))
    counts.lastTimestamp = Math.max(newest, counts.lastTimestamp ?? 0)
    this.#metrics.age.observe({ dataset }, Math.max(0, Date.now() / 1_000 - newest / 1_000_000))
  }

  deadLetter({ entity, reason, detail, position, source }: DeadLetter): void {
    const { deadLetters } = this.datasets.get(entity.name)!
    deadLetters.set(reason, (deadLetters.get(reason) ?? 0) + 1)
    this.#log.warn(
      { dataset: entity.name, reason, detail, ...position, offset: source.offset },
      'A record could not become a row and became a dead letter',
    )
  }

  discarded({ detail, position, source }: DeadLetter): void {
    this.discardedLetters++
    this.#log.error({ detail, ...position, offset: source.offset }, 'A dead letter cannot be stored; it stays in its topic only')
  }
}
