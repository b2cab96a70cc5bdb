import { backoffMs, delay, isAbort, type Logger } from '@tickhouse/runtime'
import { BatchCut } from './batch-cut.ts'
import { type BatchLimits, type Message, type PartitionBatch, requestsOf } from './batches.ts'
import { BusError, isTopicFault, reasonOf, rootOf, topicsOf } from './errors.ts'
import { createPartitionOf, disconnect, IdempotentProducer, type Kafka, ledPartitions, type Offsets, openCluster } from './kafkajs/index.ts'
import { Leaders } from './leaders.ts'
import type { BusMetrics } from './metrics.ts'
import type { Packer } from './packing.ts'
import { answeredBatches, endsAfter, mayBeAppended, type PartitionAnswer, partitionAnswersOf } from './partition-answers.ts'
import { type Reach, untilReached } from './reach.ts'
import { withoutPresent } from './reconcile.ts'
import { isAtNow } from './record-times.ts'
import { partitionKey } from './records.ts'
import { clockDiffers, type Patience, patienceFor, refusal, refuseTooLarge } from './refusal.ts'
import { type SendVerdict, sendVerdict, verdictOf } from './send-verdict.ts'
import { inTime, untilAborted } from './until-aborted.ts'

/** Publishes messages so that each stands in Kafka exactly once, in order per key. */
export interface Publisher {
  /**
   * Resolves when every in-sync replica has every message, with the offset that follows the last of them in each partition (by `partitionKey`; left out where Kafka
   * does not say it). Waits for Kafka as long as it takes; the signal ends the waiting, and what was under way is then in doubt: read the topics' ends before
   * publishing it again. So when it rejects: `topicsOf(error)` names the topics that refuse, and `refusedMessageOf` what they refused first.
   * A record time that Kafka refuses is replaced by the time of now, and told. Calls are served one after another.
   */
  publish(messages: readonly Message[], signal?: AbortSignal): Promise<Offsets>
  close(): Promise<void>
}

/** How one publisher behaves. */
export interface PublisherOptions {
  /** For ever unless told otherwise: then one topic holds up all that is published after it. */
  readonly patience?: Patience
}

/** What a publisher works with. */
export interface PublisherParts extends PublisherOptions {
  readonly kafka: Kafka
  readonly metrics: BusMetrics
  readonly reach: Reach
  readonly limits: BatchLimits
  readonly log: Logger
  /** Packs what is sent. */
  readonly packer?: Packer | undefined
  /** A send that takes longer is in doubt; 2 minutes unless told otherwise. */
  readonly sendTimeoutMs?: number | undefined
}

/** A request on its way. */
interface Delivery {
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

/** A replica that does not keep up leaves the in-sync set after this long (`replica.lag.time.max.ms`); then all appended is visible. */
const replicasSettleMs = 30_000

/** See `Publisher`. At most one request is under way; it is repeated unchanged until it is acknowledged. */
export class KafkaPublisher implements Publisher {
  readonly #parts: PublisherParts
  readonly #leaders = new Leaders()
  readonly #partitionOf = createPartitionOf()
  #producer: IdempotentProducer | undefined
  #turn: Promise<unknown> = Promise.resolve()
  readonly #cut: BatchCut

  constructor(parts: PublisherParts) {
    this.#parts = parts
    this.#cut = new BatchCut(parts)
  }

  publish(messages: readonly Message[], signal?: AbortSignal): Promise<Offsets> {
    const published = this.#turn.then(() => this.#publishAll(messages, signal))
    this.#turn = published.catch(() => {})
    return published
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#producer?.close()
    this.#producer = undefined
  }

  async #publishAll(messages: readonly Message[], signal: AbortSignal | undefined): Promise<Offsets> {
    await this.#learn(new Set(messages.map(({ topic }) => topic)), signal)
    const { limits } = this.#parts
    const partitionFor = ({ topic, key }: Message) => this.#partitionOf(topic, key, this.#leaders.partitionsOf(topic)!)
    const ends: Offsets = new Map()
    for (const request of requestsOf(messages, partitionFor, limits, topic => this.#cut.partitionBytesOf(topic))) {
      for (const batch of request) refuseTooLarge(batch, limits)
      await this.#deliver(this.#cut.prepared(request), ends, signal)
    }
    return ends
  }

  async #deliver(request: PartitionBatch[], ends: Offsets, signal: AbortSignal | undefined): Promise<void> {
    const startedAt = performance.now()
    await this.#bring(request, ends, signal)
    this.#count(request, (performance.now() - startedAt) / 1000)
  }

  /** Sends until every batch is acknowledged, one leader at a time. */
  async #bring(batches: PartitionBatch[], ends: Offsets, signal: AbortSignal | undefined): Promise<void> {
    const startedAt = performance.now()
    const delivery: Delivery = { open: batches, ends, attempt: 1, startedAt, refusedSinceMs: undefined, isInDoubt: false }
    while (delivery.open.length > 0) {
      const group = this.#leaders.oneLeader(delivery.open)
      try {
        const sent = await this.#send(group, signal)
        this.#settle(delivery, group, sent)
      } catch (error) {
        await this.#mend(error, delivery, signal)
        delivery.attempt += 1
      }
    }
  }

  async #send(group: PartitionBatch[], signal: AbortSignal | undefined): Promise<Offsets> {
    const producer = await this.#connected(signal)
    return await untilAborted(inTime(producer.send(group), this.#parts.sendTimeoutMs ?? 120_000, unacknowledged), signal)
  }

  /** These batches are in Kafka. */
  #settle(delivery: Delivery, batches: readonly PartitionBatch[], ends: Offsets): void {
    delivery.open = delivery.open.filter(batch => !batches.includes(batch))
    for (const [key, offset] of ends) delivery.ends.set(key, offset)
  }

  /** Prepares the next attempt. */
  async #mend(error: unknown, delivery: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const verdict = sendVerdict(error, performance.now() - delivery.startedAt)
    if (verdict === 'refuse') return this.#refuse(error, delivery, signal)
    this.#parts.metrics.publishRetries.inc({ reason: reasonOf(error) })
    if (verdict === 'regroup') return
    const answers = partitionAnswersOf(error)
    if ((verdict === 'retime' || verdict === 'split') && answers !== undefined)
      return this.#recut(verdict, error, answers, delivery, signal)
    await this.#giveUpRefusing(error, delivery, signal)
    await this.#wait(error, verdict, delivery, signal)
    if (verdict === 'renew') delivery.open = await this.#renew(delivery.open, signal)
    delivery.isInDoubt = verdict !== 'renew' && (delivery.isInDoubt || mayBeAppended(error))
    await this.#producer?.recover(error, signal)
  }

  async #wait(error: unknown, verdict: SendVerdict, { attempt }: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const delayMs = backoffMs(attempt, { minMs: 100, maxMs: 5_000 })
    const { reach, log } = this.#parts
    log.warn(
      { brokers: reach.brokers, reason: reasonOf(error), detail: rootOf(error).message, attempt, delayMs, verdict },
      'Kafka did not acknowledge, trying again',
    )
    await delay(delayMs, signal)
  }

  /** Some partitions want other batches, and have said so: what the others took is settled, and a new identity sends the rest, as its numbers count anew. */
  async #recut(
    verdict: 'retime' | 'split',
    error: unknown,
    answers: readonly PartitionAnswer[],
    delivery: Delivery,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const taken = answeredBatches(delivery.open, answers, reason => reason === undefined)
    const refused = answeredBatches(delivery.open, answers, reason => verdictOf(reason) === verdict)
    const others = answers.some(({ reason }) => reason !== undefined && verdictOf(reason) !== verdict)
    this.#settle(delivery, taken, endsAfter(taken, answers))
    if (delivery.isInDoubt || others) delivery.open = await this.#renew(delivery.open, signal)
    else this.#dropProducer()
    delivery.isInDoubt = false
    const keys = new Set(refused.map(partitionKey))
    const [kept, again] = [
      delivery.open.filter(batch => !keys.has(partitionKey(batch))),
      delivery.open.filter(batch => keys.has(partitionKey(batch))),
    ]
    if (verdict === 'split') {
      const [first, second] = this.#cut.halves(again, error)
      await this.#bring([...kept, ...first], delivery.ends, signal)
      delivery.open = second
      return
    }
    if (isAtNow(again)) {
      if (this.#parts.patience !== undefined) throw clockDiffers(error, again)
      await this.#wait(error, verdict, delivery, signal)
    }
    delivery.open = [...kept, ...this.#cut.retimed(again)]
  }

  async #refuse(error: unknown, { open, isInDoubt }: Delivery, signal: AbortSignal | undefined): Promise<never> {
    this.#dropProducer() // other messages must not get the numbers that some of these may have taken
    if (isAbort(error)) throw error
    if (isInDoubt) await this.#untilVisible(signal)
    throw refusal(error, await this.#topicsRefusing(error, open, reason => verdictOf(reason) === 'refuse', signal), open)
  }

  /**
   * One topic may refuse while Kafka takes the others; when it has gone on for too long, whoever publishes hears of it. The time in which Kafka as a whole was away
   * is none of that: brokers that come back refuse for a moment, each until it has its replicas.
   */
  async #giveUpRefusing(error: unknown, delivery: Delivery, signal: AbortSignal | undefined): Promise<void> {
    const { patience } = this.#parts
    if (patience === undefined) return
    const patienceMs = patienceFor(error, patience)
    delivery.refusedSinceMs = patienceMs === Number.POSITIVE_INFINITY ? undefined : (delivery.refusedSinceMs ?? performance.now())
    if (delivery.refusedSinceMs === undefined || performance.now() - delivery.refusedSinceMs < patienceMs) return
    const { open, isInDoubt } = delivery
    const topics = await this.#topicsRefusing(error, open, reason => reason !== undefined, signal)
    if (topics.length === 0) return
    this.#dropProducer()
    if (isInDoubt) await this.#untilVisible(signal)
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

  /** Replaces the producer and leaves out what its predecessor has brought to Kafka without being told so. */
  async #renew(open: PartitionBatch[], signal: AbortSignal | undefined): Promise<PartitionBatch[]> {
    this.#dropProducer()
    await this.#untilVisible(signal)
    const { kafka, log, metrics, reach } = this.#parts
    const left = await untilReached(() => withoutPresent(kafka, open, { log, signal }), { ...reach, signal })
    const [before, after] = [countMessages(open), countMessages(left)]
    metrics.reconciled.inc({ found: 'yes' }, before - after)
    metrics.reconciled.inc({ found: 'no' }, after)
    log.warn({ records: before, found: before - after }, 'Producer renewed; records in doubt were looked for')
    return left
  }

  /** What a leader has appended is visible when every replica has it that is in sync. */
  async #untilVisible(signal: AbortSignal | undefined): Promise<void> {
    if (this.#leaders.isReplicated) await delay(replicasSettleMs, signal)
  }

  async #connected(signal: AbortSignal | undefined): Promise<IdempotentProducer> {
    if (this.#producer !== undefined) return this.#producer
    const { kafka, reach, packer } = this.#parts
    const producer = new IdempotentProducer(kafka, this.#leaders, packer)
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
    const unknown = [...topics].filter(topic => this.#leaders.partitionsOf(topic) === undefined)
    if (unknown.length === 0) return
    const { kafka, reach, patience } = this.#parts
    const failOn = patience === undefined ? [] : ['BUS_TOPIC_MISSING', 'BUS_TOPIC_UNAVAILABLE']
    await using open = await untilReached(() => openCluster(kafka, unknown), { ...reach, signal, failOn }, disconnect)
    for (const topic of unknown) this.#leaders.learn(topic, ledPartitions(open.cluster, topic))
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
