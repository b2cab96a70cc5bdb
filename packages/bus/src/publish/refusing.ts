import { isAbort, untilAborted } from '@tickhouse/runtime'
import { isTopicFault, topicsOf } from '../errors.ts'
import { openCluster } from '../kafkajs/index.ts'
import type { Leaders } from '../leaders.ts'
import type { Offsets } from '../records.ts'
import type { PartitionBatch } from '../wire/batches.ts'
import { answeredBatches, partitionAnswersOf } from '../wire/partition-answers.ts'
import type { PublisherDeps } from './publisher-deps.ts'
import { refusal, refusalTimeoutMs } from './refusal.ts'
import { sendVerdictOf } from './send-verdict.ts'
import type { Sender } from './sender.ts'

/** A request on its way. */
export interface Delivery {
  /** What is not acknowledged. */
  open: PartitionBatch[]
  /** Where to write down what is. */
  readonly ends: Offsets
  attempt: number
  readonly startedAt: number
  /** Since when topics have refused it with every answer, on the monotonic clock; undefined while Kafka as a whole does not answer. */
  refusedSinceMs: number | undefined
  /** Whether something of it may be in Kafka that this identity has sent. */
  isInDoubt: boolean
}

/** Ends a delivery that Kafka will not take, or not in the time that there is for it: the error names the topics that refuse, and the record. */
export class Refusing {
  readonly #deps: PublisherDeps
  readonly #leaders: Leaders
  readonly #sender: Sender

  constructor(deps: PublisherDeps, leaders: Leaders, sender: Sender) {
    this.#deps = deps
    this.#leaders = leaders
    this.#sender = sender
  }

  /** Throws, after all that may still become visible is. */
  async refuse(error: unknown, { open, isInDoubt }: Delivery, signal: AbortSignal | undefined): Promise<never> {
    if (isAbort(error)) throw error
    if (isInDoubt) await this.#sender.untilVisible(signal)
    throw refusal(error, await this.#topicsRefusing(error, open, reason => sendVerdictOf(reason) === 'refuse', signal), open)
  }

  /**
   * One topic may refuse while Kafka takes the others; when that lasts too long, the caller gets an error. Time in which Kafka as a whole was away
   * is none of that: brokers that come back refuse for a moment, each until it has its replicas.
   */
  async giveUp(error: unknown, delivery: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const { refusalTimeouts } = this.#deps
    if (refusalTimeouts === undefined) return
    const timeoutMs = refusalTimeoutMs(error, refusalTimeouts)
    delivery.refusedSinceMs = timeoutMs === Number.POSITIVE_INFINITY ? undefined : (delivery.refusedSinceMs ?? performance.now())
    if (delivery.refusedSinceMs === undefined || performance.now() - delivery.refusedSinceMs < timeoutMs) return
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
      await using _ = await untilAborted(openCluster(this.#deps.kafka, this.#leaders.topics), signal)
      return []
    } catch (answer) {
      return topicsOf(answer)
    }
  }
}
