import type { Message } from '@tickhouse/bus'
import { delay } from '@tickhouse/runtime'
import type { PublishPoint } from './publish-point.ts'

/** What came of a piece of the journal: messages, and the point up to which they reach. */
export interface Parcel {
  messages: Message[]
  /** Bytes of their values, about. */
  bytes: number
  entries: number
  entryBytes: number
  /** Capture time of its first entry, µs; undefined while there is none. */
  oldestUs: number | undefined
  /** Records per dataset and the timestamp of the last one, µs. */
  readonly records: Map<string, DatasetCount>
  /** Asked for when the parcel is closed; undefined while nothing is in it. */
  pointNow: (() => PublishPoint) | undefined
  /** What ended the gathering: it was full, or its time was over. */
  endedBy: 'bytes' | 'linger'
}

export interface DatasetCount {
  count: number
  lastTimestamp: number
}

/** A parcel with nothing in it. */
export function emptyParcel(): Parcel {
  return {
    messages: [],
    bytes: 0,
    entries: 0,
    entryBytes: 0,
    oldestUs: undefined,
    records: new Map(),
    pointNow: undefined,
    endedBy: 'linger',
  }
}

/** How an outbox sends. */
export interface OutboxOptions {
  readonly send: (messages: Message[], signal: AbortSignal) => Promise<void>
  readonly onAcknowledged: (parcel: Parcel, point: PublishPoint) => void
  /** Least time from one parcel to the next: a send has a price of its own, however few messages it takes. */
  readonly lingerMs: number
  /** Once this much gathered, `room` waits for it to be sent. */
  readonly maxBytes: number
}

/**
 * Gathers messages while others are being sent: what gathered until the last parcel was acknowledged (and `lingerMs` after it was sent, at least) is the next one,
 * so that batches grow with the load and one is under way at most. Bounded by `maxBytes` plus what one piece of the journal gives.
 */
export class Outbox {
  readonly #options: OutboxOptions
  #gathering = emptyParcel()
  #sending: Parcel | undefined
  #wakeSender: (() => void) | undefined
  #makeRoom: (() => void) | undefined
  #hasEnded = false
  #sentAtMs = Number.NEGATIVE_INFINITY

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Where the next messages go; call `ready` when a piece of the journal is complete in it. */
  get parcel(): Parcel {
    return this.#gathering
  }

  /** Capture time of the oldest entry that is here, µs; undefined when nothing is. */
  get oldestUs(): number | undefined {
    return this.#sending?.oldestUs ?? this.#gathering.oldestUs
  }

  /** Everything gathered so far may be sent; `pointNow` tells up to which point it reaches by the time it is. */
  ready(pointNow: () => PublishPoint): void {
    this.#gathering.pointNow = pointNow
    this.#wakeSender?.()
  }

  /** Resolves when there is room for more, or sending has ended. */
  async room(): Promise<void> {
    if (this.#gathering.bytes < this.#options.maxBytes || this.#hasEnded) return
    await new Promise<void>(resolve => {
      this.#makeRoom = resolve
    })
  }

  /** Sends until the signal aborts; rejects when a parcel cannot be sent, and what was under way is then in doubt. */
  async run(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wakeSender?.()
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted) await this.#sendNext(signal)
    } finally {
      signal.removeEventListener('abort', wake)
      this.#hasEnded = true
      this.#makeRoom?.()
    }
  }

  async #sendNext(signal: AbortSignal): Promise<void> {
    if (this.#gathering.pointNow === undefined) {
      await new Promise<void>(resolve => {
        this.#wakeSender = resolve
      })
      return
    }
    await this.#linger()
    const parcel = this.#gathering
    const point = parcel.pointNow!()
    if (parcel.bytes >= this.#options.maxBytes) parcel.endedBy = 'bytes'
    this.#gathering = emptyParcel()
    this.#sending = parcel
    this.#makeRoom?.()
    if (parcel.messages.length > 0) await this.#options.send(parcel.messages, signal)
    this.#sending = undefined
    this.#options.onAcknowledged(parcel, point)
  }

  async #linger(): Promise<void> {
    const waitMs = this.#sentAtMs + this.#options.lingerMs - performance.now()
    if (waitMs > 0 && this.#gathering.bytes < this.#options.maxBytes) await delay(waitMs)
    this.#sentAtMs = performance.now()
  }
}
