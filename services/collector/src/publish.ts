import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Bus, Publisher } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { beginning, type Checkpoint, type EntryBatch, type Journal } from '@tickhouse/journal'
import { backoffMs, delay, isAbort, type Logger, messageOf, TickhouseError } from '@tickhouse/runtime'
import { BatchNormalizer, type NormalizeObserver } from './normalize.ts'
import { Outbox, type OutboxOptions, type Parcel } from './outbox.ts'
import type { PublishPoint } from './publish-point.ts'
import { type Recovery, recover } from './recover.ts'

/** What publishing works with. */
export interface PublishParts {
  readonly journal: Journal
  readonly checkpoint: Checkpoint<PublishPoint>
  readonly bus: Bus
  readonly log: Logger
  /** Least time between two sends to Kafka. */
  readonly lingerMs: number
  readonly observer: NormalizeObserver & { acknowledged(parcel: Parcel): void }
  /** Hears of every parcel that went to Kafka, for metrics. */
  readonly onSent?: (parcel: Parcel) => void
}

/** How far Kafka is behind the journal. */
export interface PublishLag {
  readonly records: number
  readonly bytes: number
  /** Age of the oldest entry that is not acknowledged; 0 when there is none. */
  readonly ageMs: number
}

const pieceBytes = 64 * 1024
/** How long a backlog may be worked off between two looks at the sockets: short, so that capture times stay true meanwhile. */
const turnBudgetMs = 4
const parcelBytes = 1024 * 1024
const longestPauseMs = 30_000
/** An acknowledgement takes milliseconds; past this, someone should know. */
const patienceMs = 10_000
/** How long stopping waits for a Kafka that was not reached so far. */
const notReachedMs = 2_000

/**
 * Takes the journal to Kafka, from the checkpoint on and for as long as the process runs. Nothing here knows the socket: the journal is the only source, and the
 * checkpoint moves on acknowledgement only. When Kafka refuses something for good, that is said and tried again from the checkpoint, as after a crash.
 */
export class Publishing {
  readonly #parts: PublishParts
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #problem: string | undefined = 'Kafka was not reached yet'
  #sendingSinceMs: number | undefined
  #failures = 0
  #hasPublished = false
  #outbox: Outbox | undefined
  /** While nothing is gathered: since when entries may have waited, µs. */
  #waitingSinceUs = Date.now() * 1000
  /** Entries and bytes behind the checkpoint when it was last recovered, less what was appended until then. */
  #base = { entries: 0, bytes: 0 }
  #done = { entries: 0, bytes: 0 }

  constructor(parts: PublishParts) {
    this.#parts = parts
  }

  /** What stands in the way of publishing now, in words. */
  get problem(): string | undefined {
    const waitedMs = this.#sendingSinceMs === undefined ? 0 : performance.now() - this.#sendingSinceMs
    return this.#problem ?? (waitedMs > patienceMs ? `Kafka has not acknowledged anything for ${Math.round(waitedMs / 1000)} s` : undefined)
  }

  get lag(): PublishLag {
    const { appendedEntries, appendedBytes } = this.#parts.journal.stats
    const records = Math.max(0, this.#base.entries + appendedEntries - this.#done.entries)
    const bytes = Math.max(0, this.#base.bytes + appendedBytes - this.#done.bytes)
    return { records, bytes, ageMs: records === 0 ? 0 : Math.max(0, Date.now() - this.#oldestUs / 1000) }
  }

  /** Capture time of the oldest entry that waits, µs. What the journal has just taken is in the outbox a moment later. */
  get #oldestUs(): number {
    return this.#outbox === undefined ? this.#waitingSinceUs : (this.#outbox.oldestUs ?? Date.now() * 1000)
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

  /** Before the first look at the checkpoint nobody knows how much is left. */
  get #hasWork(): boolean {
    return this.#problem !== undefined || this.lag.records > 0
  }

  async #keepPublishing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#publish(signal)
      } catch (error) {
        if (signal.aborted) return
        if (!this.#hasPublished && isForbidden(error)) throw error
        await this.#pause(error, signal)
      }
    }
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { bus, journal, checkpoint, log, observer } = this.#parts
    await bus.endOffsets(topicNames, signal)
    const recovery = await recover({ journal, bus, log }, checkpoint.value, signal)
    this.#rebase(recovery)
    this.#problem = undefined
    const publisher = bus.publisher()
    try {
      await this.#pump(publisher, recovery, new BatchNormalizer(recovery.point, recovery.published, observer), signal)
    } finally {
      this.#waitingSinceUs = this.#oldestUs
      this.#outbox = undefined
      await publisher.close()
    }
  }

  /** From the journal through the normalizer into the outbox, until the signal aborts or sending fails. */
  async #pump(publisher: Publisher, { point }: Recovery, normalizer: BatchNormalizer, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const outbox = new Outbox({
      send: this.#sender(publisher),
      lingerMs: this.#parts.lingerMs,
      maxBytes: parcelBytes,
      onAcknowledged: (parcel, point) => this.#acknowledge(parcel, point),
    })
    this.#outbox = outbox
    const until = AbortSignal.any([signal, over.signal])
    const sending = outbox.run(until).finally(() => over.abort())
    sending.catch(() => {})
    const pointNow = () => normalizer.point
    let turnMs = performance.now()
    for await (const batch of this.#parts.journal.readFrom(point?.position ?? beginning, until, { maxBytes: pieceBytes })) {
      if (this.#isReadable(batch)) {
        normalizer.add(batch, outbox.parcel)
        outbox.ready(pointNow)
      }
      await outbox.room()
      if (performance.now() - turnMs < turnBudgetMs) continue
      await nextTurn()
      turnMs = performance.now()
    }
    await sending
  }

  #sender(publisher: Publisher): OutboxOptions['send'] {
    return async (messages, signal) => {
      this.#sendingSinceMs = performance.now()
      try {
        await publisher.publish(messages, signal)
      } finally {
        this.#sendingSinceMs = undefined
      }
    }
  }

  /** A segment without a header belongs to no session: its bytes stay in the journal, and a person has to look. */
  #isReadable({ header, start, damage }: EntryBatch): boolean {
    if (header.session !== '') return true
    this.#parts.log.error({ segment: start.segment, ...damage }, 'A segment of the journal cannot be read and was not published')
    return false
  }

  #acknowledge(parcel: Parcel, point: PublishPoint): void {
    this.#hasPublished = true
    this.#failures = 0
    this.#done = { entries: this.#done.entries + parcel.entries, bytes: this.#done.bytes + parcel.entryBytes }
    this.#parts.checkpoint.moveTo(point)
    this.#parts.observer.acknowledged(parcel)
    if (parcel.messages.length > 0) this.#parts.onSent?.(parcel)
  }

  #rebase({ backlog }: Recovery): void {
    const { appendedEntries, appendedBytes } = backlog.appended
    this.#base = { entries: backlog.entries - appendedEntries, bytes: backlog.bytes - appendedBytes }
    this.#done = { entries: 0, bytes: 0 }
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const delayMs = backoffMs(++this.#failures, { minMs: 1_000, maxMs: longestPauseMs })
    this.#problem = messageOf(error)
    const isMissing = (error as { code?: string }).code === 'BUS_TOPIC_MISSING'
    const hint = isMissing
      ? 'Topics are missing: make them with `tickhouse topics apply`'
      : 'Publishing failed, going on from the checkpoint'
    this.#parts.log.error({ err: error, delayMs }, hint)
    await delay(delayMs, signal).catch(reason => {
      if (!isAbort(reason)) throw reason
    })
  }
}

const topicNames = entities.map(entity => entity.topic.name)

function isForbidden(error: unknown): boolean {
  return error instanceof TickhouseError && ['BUS_AUTHENTICATION_FAILED', 'BUS_NOT_ALLOWED'].includes(error.code)
}
