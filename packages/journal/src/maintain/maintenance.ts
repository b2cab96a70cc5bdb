import type { Logger } from '@tickhouse/runtime'
import type { Position } from '../format/position.ts'
import { type Compressed, compressOldSegments, type SessionsToCompress } from './compression.ts'
import { type KeptJournal, type Retention, removeOldSegments } from './retention.ts'

/** What maintenance works with. */
export interface MaintenanceDeps extends KeptJournal {
  readonly log: Logger
  /** Whether capture needs the disk for itself: nothing is compressed then. */
  readonly isInNeed: () => boolean
}

/** Compresses and removes what is old, one thing at a time. Work that is under way or begins after `close()` rejects with an AbortError. */
export class Maintenance {
  readonly #deps: MaintenanceDeps
  readonly #closing = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #excessBytes = 0

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps
  }

  /** By how much the journal was larger than it may be after the last `retain`, since nothing more may go. */
  get excessBytes(): number {
    return this.#excessBytes
  }

  compress(before: Position, sessions: SessionsToCompress): Promise<Compressed> {
    const { signal } = this.#closing
    return this.#afterOthers(() => compressOldSegments(this.#deps, before, { signal, isInNeed: this.#deps.isInNeed }, sessions))
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
    const removed = await removeOldSegments(this.#deps, retention)
    this.#compare(this.#deps.use.bytes - (retention.maxBytes ?? Number.POSITIVE_INFINITY))
    return removed
  }

  #compare(excessBytes: number): void {
    const was = this.#excessBytes
    this.#excessBytes = Math.max(0, excessBytes)
    const { log, use } = this.#deps
    if (was === 0 && this.#excessBytes > 0)
      log.warn({ bytes: use.bytes, excessBytes }, 'The journal is above its limit: the sessions left are not published or still open')
    if (was > 0 && this.#excessBytes === 0) log.info({ bytes: use.bytes }, 'The journal is within its limit again')
  }
}
