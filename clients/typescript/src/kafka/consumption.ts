import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { isHopeless } from './errors.ts'

/** What reads topics by kafkajs works with. */
export interface ConsumptionDeps {
  readonly kafka: Kafka
  readonly topics: readonly string[]
  readonly groupId: string
  /** Whether the group's other members read the other partitions, and what was read is committed. */
  readonly isMember: boolean
  /** Where to go on in a partition; undefined where the group knows. */
  nextOf(topic: string, partition: number): number | undefined
  /** Takes what was fetched; the next fetch waits for it. */
  take(payload: EachBatchPayload): Promise<void>
  /** Repeating cannot mend this. */
  fail(error: unknown): void
  /** Something else that broke; reading goes on by itself. */
  trouble(error: Error): void
}

/** Without an answer to a fetch for so long a consumer is given up: kafkajs can wait for ever on a connection that broke. */
const stallMs = 20_000
const closeMs = 5_000
const pauseMs = { min: 250, max: 5_000 }

/**
 * Reads topics for as long as it takes. kafkajs loses its place when it starts itself again, so it may not: a consumer that breaks is replaced by a new one,
 * which goes on where `nextOf` says.
 */
export class Consumption {
  readonly #deps: ConsumptionDeps
  readonly #closed = new AbortController()
  readonly #done: Promise<void>

  constructor(deps: ConsumptionDeps) {
    this.#deps = deps
    this.#done = this.#readOn()
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#done
  }

  async #readOn(): Promise<void> {
    let pause = pauseMs.min
    while (!this.#closed.signal.aborted) {
      const startedAt = performance.now()
      try {
        await this.#readWithOne()
      } catch (error) {
        if (isHopeless(error)) return this.#deps.fail(error)
        this.#deps.trouble(error as Error)
      }
      pause = performance.now() - startedAt > 30_000 ? pauseMs.min : Math.min(pauseMs.max, pause * 2)
      await sleep(pause, undefined, { signal: this.#closed.signal }).catch(() => {})
    }
  }

  /** Reads with one consumer until it breaks, which throws, or this is closed. */
  async #readWithOne(): Promise<void> {
    const { kafka, groupId, topics } = this.#deps
    const consumer = kafka.consumer({
      ...{ groupId, maxWaitTimeInMs: 500, allowAutoTopicCreation: false, metadataMaxAge: 5_000 },
      retry: { retries: 3, restartOnFailure: async () => false },
    })
    const broken = Promise.withResolvers<void>()
    broken.promise.catch(() => {})
    const close = () => broken.resolve()
    this.#closed.signal.addEventListener('abort', close)
    try {
      consumer.on(consumer.events.CRASH, ({ payload }) => broken.reject(payload.error))
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#placeAll(consumer, payload.memberAssignment))
      using watch = watchOver(consumer, broken.reject)
      await consumer.connect()
      await consumer.subscribe({ topics: [...topics], fromBeginning: true })
      await Promise.race([
        consumer.run({ autoCommit: false, eachBatch: payload => watch.over(() => this.#take(consumer, payload)) }),
        broken.promise,
      ])
      await broken.promise
    } finally {
      this.#closed.signal.removeEventListener('abort', close)
      await inTime(consumer.disconnect(), closeMs)
    }
  }

  #placeAll(consumer: Consumer, assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const [topic, partitions] of Object.entries(assignment))
      for (const partition of partitions) {
        const offset = this.#deps.nextOf(topic, partition)
        if (offset !== undefined) consumer.seek({ topic, partition, offset: String(offset) })
      }
  }

  /** While the reader's loop is busy, Kafka hears that this consumer is alive. */
  async #take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    let lost: unknown
    const beat = setInterval(() => payload.heartbeat().catch(error => (lost ??= error)), 1_000)
    try {
      await this.#deps.take(payload)
    } finally {
      clearInterval(beat)
    }
    if (lost !== undefined) throw lost
    const { topic, partition } = payload.batch
    const offset = String(BigInt(payload.batch.lastOffset()) + 1n)
    if (this.#deps.isMember && !this.#closed.signal.aborted) await consumer.commitOffsets([{ topic, partition, offset }])
  }
}

/** Says so when no fetch comes to an end any more, the reader's own time excepted. */
function watchOver(consumer: Consumer, stalled: (error: Error) => void): Disposable & { over<T>(work: () => Promise<T>): Promise<T> } {
  let fetchedAt = performance.now()
  let working = 0
  consumer.on(consumer.events.FETCH, () => {
    fetchedAt = performance.now()
  })
  const timer = setInterval(() => {
    if (working === 0 && performance.now() - fetchedAt > stallMs) stalled(new Error(`Kafka did not answer for ${stallMs / 1000} s`))
  }, 1_000)
  const over = async <T>(work: () => Promise<T>) => {
    working++
    try {
      return await work()
    } finally {
      working--
      fetchedAt = performance.now()
    }
  }
  return { over, [Symbol.dispose]: () => clearInterval(timer) }
}

/** Waits for something that may fail, or never end: no longer than that. */
async function inTime(work: Promise<unknown>, ms: number): Promise<void> {
  const late = new AbortController()
  await Promise.race([work.catch(() => {}), sleep(ms, undefined, { signal: late.signal }).catch(() => {})])
  late.abort()
}
