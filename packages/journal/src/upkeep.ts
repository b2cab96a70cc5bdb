import type { Logger } from '@tickhouse/runtime'
import { type Compressed, compressOldSegments } from './compression.ts'
import type { Position } from './position.ts'
import { type KeptJournal, type Retention, removeOldSegments } from './retention.ts'

/** What upkeep works with. */
export interface UpkeepParts extends KeptJournal {
  readonly log: Logger
  /** Whether capture needs the disk for itself: nothing is compressed then. */
  readonly isInNeed: () => boolean
}

/** Compresses and removes what is old, one thing at a time; what is asked for after it was closed, or is being compressed then, rejects with an AbortError. */
export class Upkeep {
  readonly #parts: UpkeepParts
  readonly #closing = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #excessBytes = 0

  constructor(parts: UpkeepParts) {
    this.#parts = parts
  }

  /** By how much the journal was larger than it may be after the last `retain`, since nothing more may go. */
  get excessBytes(): number {
    return this.#excessBytes
  }

  compress(before: Position): Promise<Compressed> {
    const { signal } = this.#closing
    return this.#afterOthers(() => compressOldSegments(this.#parts, before, { signal, isInNeed: this.#parts.isInNeed }))
  }

  retain(retention: Retention): Promise<number> {
    return this.#afterOthers(() => this.#retain(retention))
  }

  /** Ends what is running, at the next step. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#running.then(() => {
      this.#closing.signal.throwIfAborted()
      return work()
    })
    this.#running = result.catch(() => {})
    return result
  }

  async #retain(retention: Retention): Promise<number> {
    const removed = await removeOldSegments(this.#parts, retention)
    this.#compare(this.#parts.use.bytes - (retention.maxBytes ?? Number.POSITIVE_INFINITY))
    return removed
  }

  #compare(excessBytes: number): void {
    const was = this.#excessBytes
    this.#excessBytes = Math.max(0, excessBytes)
    const { log, use } = this.#parts
    if (was === 0 && this.#excessBytes > 0)
      log.warn(
        { bytes: use.bytes, excessBytes },
        'The journal is larger than it may be: what is left is not published or still being written',
      )
    if (was > 0 && this.#excessBytes === 0) log.info({ bytes: use.bytes }, 'The journal is within its limit again')
  }
}
