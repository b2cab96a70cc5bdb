import { isAbort, untilAborted } from '@tickhouse/runtime'
import type { PartitionBatch } from './batches.ts'
import type { Delivery } from './delivery.ts'
import { isTopicFault, topicsOf } from './errors.ts'
import { openCluster } from './kafkajs/index.ts'
import type { Leaders } from './leaders.ts'
import { answeredBatches, partitionAnswersOf } from './partition-answers.ts'
import type { PublisherParts } from './publisher.ts'
import { patienceFor, refusal } from './refusal.ts'
import { verdictOf } from './send-verdict.ts'
import type { Sender } from './sender.ts'

/** Ends a delivery that Kafka will not take, or not in the time that there is for it: whoever publishes hears which topics refuse, and what. */
export class Refusing {
  readonly #parts: PublisherParts
  readonly #leaders: Leaders
  readonly #sender: Sender

  constructor(parts: PublisherParts, leaders: Leaders, sender: Sender) {
    this.#parts = parts
    this.#leaders = leaders
    this.#sender = sender
  }

  /** Throws, after all that may still become visible is. */
  async refuse(error: unknown, { open, isInDoubt }: Delivery, signal: AbortSignal | undefined): Promise<never> {
    if (isAbort(error)) throw error
    if (isInDoubt) await this.#sender.untilVisible(signal)
    throw refusal(error, await this.#topicsRefusing(error, open, reason => verdictOf(reason) === 'refuse', signal), open)
  }

  /**
   * One topic may refuse while Kafka takes the others; when it has gone on for too long, whoever publishes hears of it. The time in which Kafka as a whole was away
   * is none of that: brokers that come back refuse for a moment, each until it has its replicas.
   */
  async giveUp(error: unknown, delivery: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const { patience } = this.#parts
    if (patience === undefined) return
    const patienceMs = patienceFor(error, patience)
    delivery.refusedSinceMs = patienceMs === Number.POSITIVE_INFINITY ? undefined : (delivery.refusedSinceMs ?? performance.now())
    if (delivery.refusedSinceMs === undefined || performance.now() - delivery.refusedSinceMs < patienceMs) return
    const { open, isInDoubt } = delivery
    const topics = await this.#topicsRefusing(error, open, reason => reason !== undefined, signal)
    if (topics.length === 0) return
    if (isInDoubt) await this.#sender.untilVisible(signal)
    throw refusal(error, topics, open)
  }

  /** An answer names its partitions. An error without one may come of looking for the leaders of all topics that were ever written to. */
  async #topicsRefusing(
    error: unknown,
    open: readonly PartitionBatch[],
    isMeant: (reason: string | undefined) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const answers = partitionAnswersOf(error)
    if (answers !== undefined) return answeredBatches(open, answers, isMeant).map(({ topic }) => topic)
    if (!isTopicFault(error)) return topicsOf(error)
    try {
      await using _ = await untilAborted(openCluster(this.#parts.kafka, this.#leaders.topics), signal)
      return []
    } catch (answer) {
      return topicsOf(answer)
    }
  }
}
