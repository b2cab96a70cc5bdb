/** Entries that could not be kept, because the disk did not take what came before them. Times in µs, both ends included. */
export interface Loss {
  readonly fromUs: number
  readonly toUs: number
  readonly entries: number
  readonly bytes: number
  /** Code of the error that stood in the way, such as `ENOSPC`, or `JOURNAL_TOO_SLOW`. */
  readonly code: string
}

/** Counts what is lost: in the current stretch, which ends with `take`, and in all. */
export class Losses {
  readonly total = { entries: 0, bytes: 0 }
  #current: Loss | undefined

  get current(): Loss | undefined {
    return this.#current
  }

  count(timeUs: number, bytes: number, code: string): void {
    const before = this.#current ?? { fromUs: timeUs, toUs: timeUs, entries: 0, bytes: 0, code }
    this.#current = { ...before, toUs: timeUs, entries: before.entries + 1, bytes: before.bytes + bytes }
    this.total.entries += 1
    this.total.bytes += bytes
  }

  /** The stretch so far, which is then over. */
  take(): Loss | undefined {
    const loss = this.#current
    this.#current = undefined
    return loss
  }
}
