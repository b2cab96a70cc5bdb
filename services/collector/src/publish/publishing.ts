import { type Bus, type Publisher, refusedMessageOf, topicsOf } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import type { Checkpoint, JournalSource } from '@tickhouse/journal'
import { backoffMs, delay, type Logger, messageOf, rest, type TickhouseError } from '@tickhouse/runtime'
import type { Batch } from './batch.ts'
import type { HeldDataset } from './held-datasets.ts'
import { LagMeter, type PublishLag } from './lag.ts'
import { lookAtHeld } from './look-at-held.ts'
import { isForbidden } from './look-up.ts'
import type { NormalizeObserver } from './normalize.ts'
import { type ClosedBatch, Outbox } from './outbox.ts'
import { PublishProgress } from './progress.ts'
import type { PublishPoint } from './publish-point.ts'
import type { PublishedRecords } from './published.ts'
import { recoverPublishing } from './recover.ts'
import { type JournalStretch, stretchesFrom } from './stretches.ts'

/** What publishing works with. */
export interface PublishDeps {
  readonly journal: JournalSource
  readonly checkpoint: Checkpoint<PublishPoint>
  readonly bus: Bus
  readonly log: Logger
  /** Least time between two sends to Kafka. */
  readonly lingerMs: number
  /** How often topics of held datasets are looked at; two seconds unless told otherwise. */
  readonly lookEveryMs?: number
  readonly observer: NormalizeObserver & { acknowledged(batch: Batch): void }
  /** Hears of every batch that went to Kafka, for metrics. */
  readonly onSent?: (batch: Batch) => void
}

/** One way through the journal, from the checkpoint on until something stands in the way. */
export interface JournalPass {
  readonly stretches: readonly JournalStretch[]
  /** What must not be published again. */
  readonly published: PublishedRecords
  readonly outbox: Outbox
  readonly publisher: Publisher
}

const batchBytes = 1024 * 1024
const maxPauseMs = 30_000
/** An acknowledgement takes milliseconds; past this, someone should know. */
const acknowledgementTimeoutMs = 10_000
/** How long stopping waits for a Kafka that was not reached so far. */
const notReachedMs = 2_000
/** How long all datasets wait for a topic that is missing, or that refuses in a way that may pass, such as an election of its leader. */
const topicRefusalTimeouts = { missingMs: 3_000, refusingMs: 15_000 }

/**
 * Where publishing stands; the path itself is `publish`. The journal is the only source, and the checkpoint moves on acknowledgement only. What Kafka refuses for
 * the sake of one topic holds its dataset (`HeldDatasets`); when it refuses as a whole, that is said and tried again. Either way the next attempt starts over from
 * the checkpoint, as after a crash.
 */
export class Publishing {
  readonly deps: PublishDeps
  readonly #progress: PublishProgress
  readonly #lag: LagMeter
  #problem: string | undefined = 'What the topics hold was not looked at yet'
  #sendingSinceMs: number | undefined
  #failures = 0
  #hasPublished = false

  constructor(deps: PublishDeps) {
    this.deps = deps
    this.#progress = new PublishProgress(deps)
    this.#lag = new LagMeter(deps.journal, this.#progress.held)
  }

  /** What stands in the way of publishing anything now, in words. */
  get problem(): string | undefined {
    const waitedMs = this.#sendingSinceMs === undefined ? 0 : performance.now() - this.#sendingSinceMs
    const isLate = waitedMs > acknowledgementTimeoutMs
    return this.#problem ?? (isLate ? `Kafka has not acknowledged anything for ${Math.round(waitedMs / 1000)} s` : undefined)
  }

  /** The datasets that are behind the others for the sake of their topics. */
  get held(): HeldDataset[] {
    return this.#progress.held.list()
  }

  get lag(): PublishLag {
    return this.#lag.value
  }

  /** Does the work of one attempt; resolves when the next one may begin. Throws when Kafka refuses the very first contact for good: wrong credentials or missing rights. */
  async attempt(work: (attempt: JournalPass) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      const attempt = await this.#begin(signal)
      await work(attempt).finally(() => this.#end(attempt))
    } catch (error) {
      await this.#fail(error, signal)
    }
  }

  /** Sends the messages of a batch; rejects when Kafka does not take them, and they are in doubt then. */
  async send({ messages }: Batch, publisher: Publisher, signal: AbortSignal): Promise<void> {
    if (messages.length === 0) return
    this.#sendingSinceMs = performance.now()
    try {
      this.#progress.ends.note(await publisher.publish(messages, signal))
    } finally {
      this.#sendingSinceMs = undefined
    }
  }

  /** Kafka has acknowledged a batch: the checkpoint moves. */
  acknowledged({ batch, reach }: ClosedBatch): void {
    this.#hasPublished = true
    this.#failures = 0
    this.#lag.acknowledged(batch)
    this.#progress.acknowledged(batch, reach)
    this.deps.observer.acknowledged(batch)
    if (batch.messages.length > 0) this.deps.onSent?.(batch)
  }

  /** Resolves when topics of held datasets are well again, or the signal aborts. */
  untilSomeAreWell(signal: AbortSignal): Promise<void> {
    const { bus, log, lookEveryMs } = this.deps
    const { held, ends } = this.#progress
    return lookAtHeld({ bus, log, held, ends, lookEveryMs }, signal)
  }

  /** Resolves when what the journal holds by now is published, or the time is over: the rest is for the next start. */
  async drained(maxMs = 10_000): Promise<void> {
    const deadline = performance.now() + (this.#problem === undefined ? maxMs : Math.min(maxMs, notReachedMs))
    while (performance.now() < deadline && this.#hasWork) await delay(20)
    if (this.lag.records > 0) this.deps.log.warn({ lag: this.lag }, 'Stopping with unpublished entries; the next start publishes them')
  }

  /** Begins at the checkpoint: looks up what of the rest is in the topics already, and holds the datasets whose topics cannot be read. */
  async #begin(signal: AbortSignal): Promise<JournalPass> {
    const { bus, lingerMs } = this.deps
    const { held, front, ends } = this.#progress
    const recovery = await recoverPublishing(this.deps, { ends: ends.known, held, front }, signal)
    for (const [topic, fault] of recovery.lookedUp.faults) this.#hold([topic], fault)
    await this.#progress.begin(recovery)
    this.#problem = undefined
    const outbox = new Outbox({ lingerMs, maxBytes: batchBytes })
    const publisher = bus.publisher({ refusalTimeouts: topicRefusalTimeouts })
    this.#lag.begin(recovery.backlog, outbox)
    return { stretches: stretchesFrom(front, held), published: recovery.published, outbox, publisher }
  }

  /** Ends an attempt; what is in its outbox comes again. */
  async #end({ publisher }: JournalPass): Promise<void> {
    this.#lag.end()
    await publisher.close()
  }

  /** Holds the dataset whose topic refuses, or waits for a while. */
  async #fail(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#hold(topicsOf(error), error)) return
    if (!this.#hasPublished && isForbidden(error)) throw error
    const delayMs = backoffMs(++this.#failures, { baseMs: 1_000, maxMs: maxPauseMs })
    this.#problem = messageOf(error)
    this.deps.log.error({ err: error, delayMs }, 'Publishing failed, continuing from the checkpoint')
    await rest(delayMs, signal)
  }

  /** Before the first look at the topics nobody knows how much is left. */
  get #hasWork(): boolean {
    return this.#problem !== undefined || this.#lag.entries > 0 || this.held.some(({ state }) => state === 'catching up')
  }

  /** Holds the datasets of these topics; false when that changes nothing. */
  #hold(topics: readonly string[], error: unknown): boolean {
    let isNews = false
    for (const topic of topics) {
      const dataset = entityOfTopic(topic)!.name
      const { message: reason, code } = error as TickhouseError
      const why = { reason, code, sample: refusedMessageOf(error, topic) }
      if (!this.#progress.held.hold(dataset, why, this.#progress.front)) continue
      isNews = true
      this.deps.log.error({ dataset, topic, err: error }, 'The topic of a dataset refuses: the dataset is held, the others go on')
    }
    return isNews
  }
}
