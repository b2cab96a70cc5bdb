/** Offsets are committed this often. */
const everyMs = 250

/** Commits what is stored a moment after it was, together with all that is stored by then; what does not go is tried again. */
export class CommitTimer {
  readonly #flush: () => Promise<boolean>
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #isClosed = false

  /** `flush` gives false when Kafka did not take it. */
  constructor(flush: () => Promise<boolean>) {
    this.#flush = flush
  }

  /** Something was stored. */
  soon(): void {
    this.#isDue = true
    this.#timer ??= setTimeout(() => void this.#commit(), everyMs)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #commit(): Promise<void> {
    this.#isDue = false
    const isDone = await this.#flush()
    this.#timer = undefined
    if ((this.#isDue || !isDone) && !this.#isClosed) this.soon()
  }
}
