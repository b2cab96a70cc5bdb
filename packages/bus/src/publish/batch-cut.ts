import type { Logger } from '@tickhouse/runtime'
import type { BusMetrics } from '../metrics.ts'
import { type BatchLimits, halvesOf, type PartitionBatch } from '../wire/batches.ts'
import { allAt, countRetimed, isAhead, notAfter } from './record-times.ts'
import { tooLargeForTopic } from './refusal.ts'

/** What cutting batches works with. */
export interface BatchCutDeps {
  readonly limits: BatchLimits
  readonly metrics: BusMetrics
  readonly log: Logger
}

/**
 * How batches are cut so that Kafka takes them, learnt from what it refused: how large a batch of a topic may be, and whether it takes records of the future.
 * What is learnt holds as long as the publisher.
 */
export class BatchCut {
  readonly #deps: BatchCutDeps
  readonly #partitionBytes = new Map<string, number>()
  #areTimesRefused = false

  constructor(deps: BatchCutDeps) {
    this.#deps = deps
  }

  /** How large a batch of the topic may be. */
  partitionBytesOf(topic: string): number {
    return this.#partitionBytes.get(topic) ?? this.#deps.limits.partitionBytes
  }

  /** Once Kafka has refused a time, what is ahead of the clock is sent with the time of now at once. */
  prepared(request: PartitionBatch[]): PartitionBatch[] {
    if (!this.#areTimesRefused) return request
    const nowMs = Date.now()
    return request.map(batch => (isAhead(batch, nowMs) ? this.#counted(batch, notAfter(batch, nowMs)) : batch))
  }

  /** The first and the second halves of batches that were too large. Throws for a message that is too large by itself. */
  halves(refused: readonly PartitionBatch[], error: unknown): [PartitionBatch[], PartitionBatch[]] {
    const single = refused.filter(({ messages }) => messages.length === 1)
    if (single.length > 0) throw tooLargeForTopic(error, single)
    const halves = refused.map(halvesOf)
    for (const [{ topic, bytes }] of halves) this.#partitionBytes.set(topic, Math.min(bytes, this.partitionBytesOf(topic)))
    return [halves.map(([first]) => first), halves.map(([, second]) => second)]
  }

  /** Batches whose times were refused with other ones: first none is later than now, then all are now. */
  retimed(refused: readonly PartitionBatch[]): PartitionBatch[] {
    const topics = [...new Set(refused.map(({ topic }) => topic))]
    if (!this.#areTimesRefused)
      this.#deps.log.warn({ topics }, 'Kafka refuses the time of records: they get the current time in Kafka, their own timestamp stays')
    this.#areTimesRefused = true
    const nowMs = Date.now()
    return refused.map(batch => this.#counted(batch, batch.times === undefined ? notAfter(batch, nowMs) : allAt(batch, nowMs)))
  }

  #counted(before: PartitionBatch, after: PartitionBatch): PartitionBatch {
    if (before.times !== 'now') this.#deps.metrics.retimed.inc({ topic: after.topic }, countRetimed(before, after))
    return after
  }
}
