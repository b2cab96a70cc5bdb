import { createPartitionOf, disconnect, ledPartitions, openCluster } from '../kafkajs/index.ts'
import { Leaders } from '../leaders.ts'
import { untilReached } from '../reach.ts'
import type { Offsets } from '../records.ts'
import { type Message, type PartitionBatch, requestsOf } from '../wire/batches.ts'
import { BatchCut } from './batch-cut.ts'
import { Delivering } from './delivering.ts'
import type { PublisherDeps } from './publisher-deps.ts'
import { refuseTooLarge } from './refusal.ts'
import { Sender } from './sender.ts'

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

/** See `Publisher`. The partition is murmur2 of the key, as in the Java client; each request goes to one leader, and at most one is under way (`Delivering`). */
export class KafkaPublisher implements Publisher {
  readonly #deps: PublisherDeps
  readonly #leaders = new Leaders()
  readonly #partitionOf = createPartitionOf()
  readonly #cut: BatchCut
  readonly #sender: Sender
  readonly #delivering: Delivering
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: PublisherDeps) {
    this.#deps = deps
    this.#cut = new BatchCut(deps)
    this.#sender = new Sender(deps, this.#leaders)
    this.#delivering = new Delivering(deps, this.#leaders, this.#sender, this.#cut)
  }

  publish(messages: readonly Message[], signal?: AbortSignal): Promise<Offsets> {
    const published = this.#turn.then(() => this.#publishAll(messages, signal))
    this.#turn = published.catch(() => {})
    return published
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#sender.close()
  }

  async #publishAll(messages: readonly Message[], signal: AbortSignal | undefined): Promise<Offsets> {
    await this.#learn(new Set(messages.map(({ topic }) => topic)), signal)
    const { limits } = this.#deps
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
    try {
      await this.#delivering.bring(request, ends, signal)
    } catch (error) {
      this.#sender.drop() // other messages must not get the numbers that some of these may have taken
      throw error
    }
    this.#count(request, (performance.now() - startedAt) / 1000)
  }

  async #learn(topics: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<void> {
    const unknown = [...topics].filter(topic => this.#leaders.partitionsOf(topic) === undefined)
    if (unknown.length === 0) return
    const { kafka, reach, refusalTimeouts } = this.#deps
    const failOn = refusalTimeouts === undefined ? [] : ['BUS_TOPIC_MISSING', 'BUS_TOPIC_UNAVAILABLE']
    await using open = await untilReached(() => openCluster(kafka, unknown), { ...reach, signal, failOn }, disconnect)
    for (const topic of unknown) this.#leaders.learn(topic, ledPartitions(open.cluster, topic))
  }

  #count(request: readonly PartitionBatch[], seconds: number): void {
    const { published, publishedBytes, publishSeconds } = this.#deps.metrics
    publishSeconds.observe(seconds)
    for (const { topic, messages, bytes } of request) {
      published.inc({ topic }, messages.length)
      publishedBytes.inc({ topic }, bytes)
    }
  }
}
