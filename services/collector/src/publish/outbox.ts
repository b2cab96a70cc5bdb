import type { EntryBatch } from '@tickhouse/journal'
import { delay, rest } from '@tickhouse/runtime'
import { type Batch, emptyBatch, type Reach } from './batch.ts'

/** How an outbox gathers. */
export interface OutboxOptions {
  /** Least time from one batch to the next: a send has a price of its own, however few messages it takes. */
  readonly lingerMs: number
  /** Once this much gathered, `wanted` waits until it is sent. */
  readonly maxBytes: number
}

/** Makes messages of pieces of the journal. */
export interface PieceNormalizer {
  add(piece: EntryBatch, batch: Batch): void
  /** Up to where everything is in the outbox, as of now. */
  readonly reach: () => Reach
}

/** A batch that is complete, and up to where everything is in it or was sent before. */
export interface ClosedBatch {
  readonly batch: Batch
  readonly reach: Reach
}

/** The part of the linger that is left for the last looks: a batch that closed before its records were read would leave them to the next one. */
const lookBefore = 0.25

/** However long the linger: so that a batch that is full by then does not wait. */
const maxPauseMs = 20

/** A piece of the journal that is larger is followed by more. */
const backlogBytes = 32 * 1024

/**
 * Gathers messages while others are being sent: what gathered until the last batch was acknowledged (and `lingerMs` after it was sent, at least) is the next one,
 * so that batches grow with the load and one is under way at most. Bounded by `maxBytes` plus what one piece of the journal gives.
 */
export class Outbox {
  readonly #options: OutboxOptions
  #gathering = emptyBatch()
  #sending: Batch | undefined
  #wakeSender: (() => void) | undefined
  #makeRoom: (() => void) | undefined
  #hasEnded = false
  #sentAtMs = Number.NEGATIVE_INFINITY

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Capture time of the oldest entry that is here, µs; undefined when nothing is. */
  get oldestUs(): number | undefined {
    return this.#sending?.oldestUs ?? this.#gathering.oldestUs
  }

  /** Since when that entry has been here, on the monotonic clock; undefined when nothing is. */
  get sinceMs(): number | undefined {
    return this.#sending?.sinceMs ?? this.#gathering.sinceMs
  }

  /** Adds what comes of a piece of the journal; all of it may be sent from then on. */
  add(piece: EntryBatch, normalizer: PieceNormalizer): void {
    normalizer.add(piece, this.#gathering)
    this.#gathering.reachNow = normalizer.reach
    if (this.#gathering.oldestUs !== undefined) this.#gathering.sinceMs ??= performance.now()
    this.#wakeSender?.()
  }

  /**
   * Resolves when more is wanted, or the signal aborts: once there is room for it, and shortly before the next batch is due unless a backlog is being read. One look at
   * the journal then takes what came in the meantime, where a look for each frame costs as much as making its message.
   */
  async wanted({ start, end }: Pick<EntryBatch, 'start' | 'end'>, signal: AbortSignal): Promise<void> {
    const isBacklog = end.offset - start.offset > backlogBytes
    const pauseMs = isBacklog ? 0 : this.#dueInMs - this.#options.lingerMs * lookBefore
    if (pauseMs > 0) await rest(Math.min(pauseMs, maxPauseMs), signal)
    await this.#room()
  }

  /** Resolves when there is room for more, or sending has ended. */
  async #room(): Promise<void> {
    if (this.#gathering.bytes < this.#options.maxBytes || this.#hasEnded) return
    await new Promise<void>(resolve => {
      this.#makeRoom = resolve
    })
  }

  /** One batch after another, until the signal aborts. Whoever asks for the next one says that the last is acknowledged; who stops asking leaves it in doubt. */
  async *batches(signal: AbortSignal): AsyncGenerator<ClosedBatch, void, undefined> {
    const wake = () => this.#wakeSender?.()
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted) {
        if (this.#gathering.reachNow === undefined) await this.#untilReady()
        else yield await this.#close()
        this.#sending = undefined
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#hasEnded = true
      this.#makeRoom?.()
    }
  }

  async #untilReady(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#wakeSender = resolve
    })
  }

  /** Ends the gathering when its time is over; the next batch begins. */
  async #close(): Promise<ClosedBatch> {
    await this.#linger()
    const batch = this.#gathering
    const reach = batch.reachNow!()
    if (batch.bytes >= this.#options.maxBytes) batch.endedBy = 'bytes'
    this.#gathering = emptyBatch()
    this.#sending = batch
    this.#makeRoom?.()
    return { batch, reach }
  }

  /** Until a batch may follow the last one, ms; at most 0 when it may. */
  get #dueInMs(): number {
    return this.#sentAtMs + this.#options.lingerMs - performance.now()
  }

  async #linger(): Promise<void> {
    const waitMs = this.#dueInMs
    if (waitMs > 0 && this.#gathering.bytes < this.#options.maxBytes) await delay(waitMs)
    this.#sentAtMs = performance.now()
  }
}
