import type { Message } from '@tickhouse/bus'
import type { Entry } from '@tickhouse/journal'
import { delay } from '@tickhouse/runtime'
import { DatasetCounts } from './dataset-counts.ts'
import type { JournalPoint } from './publish-point.ts'

/** Up to where everything is in the outbox. */
export interface Reach {
  readonly point: JournalPoint
  /** Whether it is so for all datasets that flow, or for the late ones alone. */
  readonly isFront: boolean
  /** The datasets that are catching up, or have reached the front on this way. */
  readonly late: readonly string[]
}

/** What came of a piece of the journal: messages, and the point up to which they reach. */
export interface Parcel {
  messages: Message[]
  /** Bytes of their values. */
  bytes: number
  entries: number
  entryBytes: number
  /** Capture time of its first entry, µs; undefined while there is none. */
  oldestUs: number | undefined
  /** When that entry came here, on the monotonic clock. */
  sinceMs: number | undefined
  /** Records per dataset, those included that the topics have already. */
  readonly records: DatasetCounts
  /** The same of datasets that are held: they are not among the messages. */
  readonly passed: DatasetCounts
  /** Asked for when the parcel is closed; undefined while nothing is in it. */
  reachNow: (() => Reach) | undefined
  /** What ended the gathering: it was full, or its time was over. */
  endedBy: 'bytes' | 'linger'
}

/** A parcel with nothing in it. */
export function emptyParcel(): Parcel {
  return {
    messages: [],
    bytes: 0,
    entries: 0,
    entryBytes: 0,
    oldestUs: undefined,
    sinceMs: undefined,
    records: new DatasetCounts(),
    passed: new DatasetCounts(),
    reachNow: undefined,
    endedBy: 'linger',
  }
}

/** These entries are in the parcel, for the first time. */
export function countEntries(parcel: Parcel, entries: readonly Entry[]): void {
  parcel.entries += entries.length
  parcel.oldestUs ??= entries[0]?.timeUs
  for (const { bytes } of entries) parcel.entryBytes += bytes.length
}

/** How an outbox sends. */
export interface OutboxOptions {
  readonly send: (messages: Message[], signal: AbortSignal) => Promise<void>
  readonly onAcknowledged: (parcel: Parcel, reach: Reach) => void
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

  /** Since when that entry has been here, on the monotonic clock; undefined when nothing is. */
  get sinceMs(): number | undefined {
    return this.#sending?.sinceMs ?? this.#gathering.sinceMs
  }

  /** Everything gathered so far may be sent; `reachNow` tells up to where it reaches by the time it is. */
  ready(reachNow: () => Reach): void {
    this.#gathering.reachNow = reachNow
    if (this.#gathering.oldestUs !== undefined) this.#gathering.sinceMs ??= performance.now()
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
    if (this.#gathering.reachNow === undefined) {
      await new Promise<void>(resolve => {
        this.#wakeSender = resolve
      })
      return
    }
    await this.#linger()
    const parcel = this.#gathering
    const reach = parcel.reachNow!()
    if (parcel.bytes >= this.#options.maxBytes) parcel.endedBy = 'bytes'
    this.#gathering = emptyParcel()
    this.#sending = parcel
    this.#makeRoom?.()
    if (parcel.messages.length > 0) await this.#options.send(parcel.messages, signal)
    this.#sending = undefined
    this.#options.onAcknowledged(parcel, reach)
  }

  async #linger(): Promise<void> {
    const waitMs = this.#sentAtMs + this.#options.lingerMs - performance.now()
    if (waitMs > 0 && this.#gathering.bytes < this.#options.maxBytes) await delay(waitMs)
    this.#sentAtMs = performance.now()
  }
}
