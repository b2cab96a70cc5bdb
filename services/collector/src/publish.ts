import { type Bus, type Publisher, refusedMessageOf, topicsOf } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import type { Checkpoint, JournalSource } from '@tickhouse/journal'
import { backoffMs, delay, isAbort, type Logger, messageOf, type TickhouseError } from '@tickhouse/runtime'
import type { HeldDataset } from './held-datasets.ts'
import { LagMeter, type PublishLag } from './lag.ts'
import { lookAtHeld } from './look-at-held.ts'
import { isForbidden } from './look-up.ts'
import type { NormalizeObserver } from './normalize.ts'
import { Outbox, type Parcel, type Reach } from './outbox.ts'
import { Progress } from './progress.ts'
import type { PublishPoint } from './publish-point.ts'
import { readStretch } from './read-stretch.ts'
import { type Recovery, recover } from './recover.ts'
import { stretchesFrom } from './stretches.ts'

/** What publishing works with. */
export interface PublishParts {
  readonly journal: JournalSource
  readonly checkpoint: Checkpoint<PublishPoint>
  readonly bus: Bus
  readonly log: Logger
  /** Least time between two sends to Kafka. */
  readonly lingerMs: number
  /** How often topics of held datasets are looked at; two seconds unless told otherwise. */
  readonly lookEveryMs?: number
  readonly observer: NormalizeObserver & { acknowledged(parcel: Parcel): void }
  /** Hears of every parcel that went to Kafka, for metrics. */
  readonly onSent?: (parcel: Parcel) => void
}

const parcelBytes = 1024 * 1024
const longestPauseMs = 30_000
/** An acknowledgement takes milliseconds; past this, someone should know. */
const patienceMs = 10_000
/** How long stopping waits for a Kafka that was not reached so far. */
const notReachedMs = 2_000
/** How long all datasets wait for a topic that is missing, or that refuses in a way that may pass, such as an election of its leader. */
const topicPatience = { missingMs: 3_000, refusingMs: 15_000 }

/**
 * Takes the journal to Kafka, from the checkpoint on and for as long as the process runs. Nothing here knows the socket: the journal is the only source, and the
 * checkpoint moves on acknowledgement only. What Kafka refuses for the sake of one topic holds its dataset (`HeldDatasets`); when it refuses as a whole, that is
 * said and tried again. Either way publishing starts over from the checkpoint, as after a crash.
 */
export class Publishing {
  readonly #parts: PublishParts
  readonly #progress: Progress
  readonly #lag: LagMeter
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #problem: string | undefined = 'Kafka was not reached yet'
  #sendingSinceMs: number | undefined
  #failures = 0
  #hasPublished = false

  constructor(parts: PublishParts) {
    this.#parts = parts
    this.#progress = new Progress(parts)
    this.#lag = new LagMeter(parts.journal, this.#progress.held)
  }

  /** What stands in the way of publishing anything now, in words. */
  get problem(): string | undefined {
    const waitedMs = this.#sendingSinceMs === undefined ? 0 : performance.now() - this.#sendingSinceMs
    return this.#problem ?? (waitedMs > patienceMs ? `Kafka has not acknowledged anything for ${Math.round(waitedMs / 1000)} s` : undefined)
  }

  /** The datasets that are behind the others for the sake of their topics. */
  get held(): HeldDataset[] {
    return this.#progress.held.list()
  }

  get lag(): PublishLag {
    return this.#lag.value
  }

  /** Runs until `close`. Rejects when Kafka refuses the very first contact for good: wrong credentials or missing rights. */
  run(): Promise<void> {
    this.#running = this.#keepPublishing(this.#stop.signal)
    return this.#running
  }

  /** Publishes what the journal holds by now, if Kafka takes it within the time, and stops; the rest is for the next start. */
  async close(drainMs = 10_000): Promise<void> {
    const patience = this.#problem === undefined ? drainMs : Math.min(drainMs, notReachedMs)
    const deadline = performance.now() + patience
    while (performance.now() < deadline && this.#hasWork) await delay(20)
    if (this.lag.records > 0) this.#parts.log.warn({ lag: this.lag }, 'Stopping with unpublished entries; the next start publishes them')
    this.#stop.abort()
    await this.#running.catch(() => {})
  }

  /** Before the first look at the topics nobody knows how much is left. */
  get #hasWork(): boolean {
    return this.#problem !== undefined || this.#lag.entries > 0 || this.held.some(({ state }) => state === 'catching up')
  }

  async #keepPublishing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#publish(signal)
      } catch (error) {
        if (signal.aborted) return
        if (this.#hold(topicsOf(error), error)) continue
        if (!this.#hasPublished && isForbidden(error)) throw error
        await this.#pause(error, signal)
      }
    }
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { bus, journal, log } = this.#parts
    const { held, front, ends } = this.#progress
    const recovery = await recover({ journal, bus, log }, { ends: ends.known, held, front }, signal)
    for (const [topic, fault] of recovery.lookedUp.faults) this.#hold([topic], fault)
    await this.#progress.begin(recovery)
    this.#problem = undefined
    const publisher = bus.publisher({ patience: topicPatience })
    try {
      await this.#pump(publisher, recovery, signal)
    } finally {
      this.#lag.end()
      await publisher.close()
    }
  }

  /** From the journal through the normalizer into the outbox, until the signal aborts, sending fails or a held dataset may go on. */
  async #pump(publisher: Publisher, { backlog, published }: Recovery, signal: AbortSignal): Promise<void> {
    const { bus, log, lookEveryMs } = this.#parts
    const { held, ends, front } = this.#progress
    const over = new AbortController()
    const outbox = new Outbox({
      send: messages => this.#send(publisher, messages, signal),
      lingerMs: this.#parts.lingerMs,
      maxBytes: parcelBytes,
      onAcknowledged: (parcel, reach) => this.#acknowledge(parcel, reach),
    })
    this.#lag.begin(backlog, outbox)
    const until = AbortSignal.any([signal, over.signal])
    const sending = outbox.run(until).finally(() => over.abort())
    sending.catch(() => {})
    const looking = lookAtHeld({ bus, log, held, ends, lookEveryMs }, until).finally(() => over.abort())
    looking.catch(() => {})
    try {
      for (const stretch of stretchesFrom(front, held)) await readStretch(this.#parts, stretch, published, outbox, until)
    } finally {
      over.abort()
    }
    await Promise.all([sending, looking])
  }

  async #send(publisher: Publisher, messages: Parcel['messages'], signal: AbortSignal): Promise<void> {
    this.#sendingSinceMs = performance.now()
    try {
      this.#progress.ends.note(await publisher.publish(messages, signal))
    } finally {
      this.#sendingSinceMs = undefined
    }
  }

  #acknowledge(parcel: Parcel, reach: Reach): void {
    this.#hasPublished = true
    this.#failures = 0
    this.#lag.acknowledged(parcel)
    this.#progress.acknowledged(parcel, reach)
    this.#parts.observer.acknowledged(parcel)
    if (parcel.messages.length > 0) this.#parts.onSent?.(parcel)
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
      this.#parts.log.error({ dataset, topic, err: error }, 'The topic of a dataset refuses: the dataset is held, the others go on')
    }
    return isNews
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const delayMs = backoffMs(++this.#failures, { minMs: 1_000, maxMs: longestPauseMs })
    this.#problem = messageOf(error)
    this.#parts.log.error({ err: error, delayMs }, 'Publishing failed, going on from the checkpoint')
    await delay(delayMs, signal).catch(reason => {
      if (!isAbort(reason)) throw reason
    })
  }
}
