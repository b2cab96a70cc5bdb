import { backoffMs, delay, type Logger } from '@tickhouse/runtime'
import type { Kafka } from 'kafkajs'
import { type BatchLimits, type Message, type PartitionBatch, requestsOf } from './batches.ts'
import { disconnect, openCluster } from './cluster.ts'
import { BusError, isSilence, reasonOf, rootOf, translate } from './errors.ts'
import { LeaderWatch } from './leader-watch.ts'
import type { BusMetrics } from './metrics.ts'
import { createPartitionOf } from './partition-of.ts'
import { IdempotentProducer } from './producer.ts'
import { type Reach, untilReached } from './reach.ts'
import { withoutPresent } from './reconcile.ts'
import { sendVerdict } from './send-verdict.ts'
import { inTime, untilAborted } from './until-aborted.ts'

/** Publishes messages so that each stands in Kafka exactly once, in order per key. */
export interface Publisher {
  /**
   * Resolves when every in-sync replica has every message. Waits for Kafka as long as it takes; the signal ends the waiting, and
   * what was under way is then in doubt: read the topics' ends before publishing it again. Calls are served one after another.
   */
  publish(messages: readonly Message[], signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** What a publisher works with. */
export interface PublisherParts {
  readonly kafka: Kafka
  readonly metrics: BusMetrics
  readonly reach: Reach
  readonly limits: BatchLimits
  readonly log: Logger
  /** A send that takes longer, with all that kafkajs repeats, is in doubt; 2 minutes unless told otherwise. */
  readonly sendTimeoutMs?: number | undefined
}

/** A replica that does not keep up leaves the in-sync set after this long (`replica.lag.time.max.ms`); then all appended is visible. */
const replicasSettleMs = 30_000

/** See `Publisher`. At most one request is under way; it is repeated unchanged until it is acknowledged. */
export class KafkaPublisher implements Publisher {
  readonly #parts: PublisherParts
  readonly #watch = new LeaderWatch()
  readonly #partitionOf = createPartitionOf()
  #producer: IdempotentProducer | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: PublisherParts) {
    this.#parts = parts
  }

  publish(messages: readonly Message[], signal?: AbortSignal): Promise<void> {
    const published = this.#turn.then(() => this.#publishAll(messages, signal))
    this.#turn = published.catch(() => {})
    return published
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#producer?.close()
    this.#producer = undefined
  }

  async #publishAll(messages: readonly Message[], signal: AbortSignal | undefined): Promise<void> {
    await this.#learn(new Set(messages.map(({ topic }) => topic)), signal)
    const partitionFor = ({ topic, key }: Message) => this.#partitionOf(topic, key, this.#watch.partitionsOf(topic)!)
    for (const request of requestsOf(messages, partitionFor, this.#parts.limits)) {
      for (const batch of request) refuseTooLarge(batch, this.#parts.limits)
      await this.#deliver(request, signal)
    }
  }

  /** Sends until every batch is acknowledged, one leader at a time. */
  async #deliver(request: PartitionBatch[], signal: AbortSignal | undefined): Promise<void> {
    const startedAt = performance.now()
    let open = request
    for (let attempt = 1; open.length > 0; attempt++) {
      const group = this.#watch.oneLeader(open)
      try {
        await this.#send(group, signal)
        open = open.filter(batch => !group.includes(batch))
      } catch (error) {
        open = await this.#mend(error, open, attempt, performance.now() - startedAt, signal)
      }
    }
    this.#count(request, (performance.now() - startedAt) / 1000)
  }

  async #send(group: PartitionBatch[], signal: AbortSignal | undefined): Promise<void> {
    const producer = await this.#connected(signal)
    await untilAborted(inTime(producer.send(group), this.#parts.sendTimeoutMs ?? 120_000, unacknowledged), signal)
  }

  /** Prepares the next attempt and returns what it has to send. */
  async #mend(
    error: unknown,
    open: PartitionBatch[],
    attempt: number,
    inDoubtMs: number,
    signal: AbortSignal | undefined,
  ): Promise<PartitionBatch[]> {
    const verdict = sendVerdict(error, inDoubtMs)
    if (verdict === 'refuse') {
      this.#dropProducer() // other messages must not get the numbers that some of these may have taken
      throw translate(error, 'Publishing')
    }
    this.#parts.metrics.publishRetries.inc({ reason: reasonOf(error) })
    if (verdict === 'regroup') return open
    const delayMs = backoffMs(attempt, { minMs: 100, maxMs: 5_000 })
    const { reach, log } = this.#parts
    log.warn(
      { brokers: reach.brokers, reason: reasonOf(error), detail: rootOf(error).message, attempt, delayMs, verdict },
      'Kafka did not acknowledge, trying again',
    )
    await delay(delayMs, signal)
    if (verdict === 'renew') return this.#renew(open, signal)
    if (isSilence(error)) await this.#producer?.reconnect().catch(() => {})
    return open
  }

  /** Replaces the producer and leaves out what its predecessor has brought to Kafka without being told so. */
  async #renew(open: PartitionBatch[], signal: AbortSignal | undefined): Promise<PartitionBatch[]> {
    this.#dropProducer()
    if (this.#watch.isReplicated) await delay(replicasSettleMs, signal)
    const { kafka, log, metrics, reach } = this.#parts
    const left = await untilReached(() => withoutPresent(kafka, open, { log, signal }), { ...reach, signal })
    const [before, after] = [countMessages(open), countMessages(left)]
    metrics.reconciled.inc({ found: 'yes' }, before - after)
    metrics.reconciled.inc({ found: 'no' }, after)
    log.warn({ records: before, found: before - after }, 'Producer renewed; records in doubt were looked for')
    return left
  }

  async #connected(signal: AbortSignal | undefined): Promise<IdempotentProducer> {
    if (this.#producer !== undefined) return this.#producer
    const { kafka, reach } = this.#parts
    const producer = new IdempotentProducer(kafka, this.#watch)
    await untilReached(
      () => producer.connect(),
      { ...reach, signal },
      () => producer.close(),
    )
    this.#producer = producer
    return producer
  }

  /** Its connections close in the background: an answer that is still awaited could hold that up. */
  #dropProducer(): void {
    void this.#producer?.close()
    this.#producer = undefined
  }

  async #learn(topics: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<void> {
    const unknown = [...topics].filter(topic => this.#watch.partitionsOf(topic) === undefined)
    if (unknown.length === 0) return
    const { kafka, reach } = this.#parts
    await using open = await untilReached(() => openCluster(kafka, unknown), { ...reach, signal }, disconnect)
    for (const topic of unknown) this.#watch.learn(topic, open.cluster.findTopicPartitionMetadata(topic))
  }

  #count(request: readonly PartitionBatch[], seconds: number): void {
    const { published, publishedBytes, publishSeconds } = this.#parts.metrics
    publishSeconds.observe(seconds)
    for (const { topic, messages, bytes } of request) {
      published.inc({ topic }, messages.length)
      publishedBytes.inc({ topic }, bytes)
    }
  }
}

/** Whether it still comes is not known: the producer is renewed, and what is in the topics looked for. */
function unacknowledged(cause: Error): BusError {
  return new BusError('BUS_ACKNOWLEDGEMENT_INCOMPLETE', cause.message, { cause })
}

function countMessages(batches: readonly PartitionBatch[]): number {
  return batches.reduce((sum, { messages }) => sum + messages.length, 0)
}

function refuseTooLarge({ topic, partition, messages, bytes }: PartitionBatch, { partitionBytes }: BatchLimits): void {
  if (bytes <= partitionBytes) return
  throw new BusError('BUS_MESSAGE_TOO_LARGE', `A message of ${bytes} bytes is more than the ${partitionBytes} that a batch may have`, {
    topic,
    partition,
    key: messages[0]?.key,
    bytes,
  })
}
