/** What is read, message by message, and can be left alone for a while. */
export interface PausableSource {
  pause(): void
  resume(): void
}

/** How long messages are taken in one go, and when and for how long none are. */
export interface PaceOptions {
  /** Whether what was taken waits for a disk that is at work. */
  readonly isBehind: () => boolean
  readonly turnMs?: number
  readonly maxWaitMs?: number
}

/** Short enough that whatever else waits for the event loop, an echo among it, comes within some milliseconds. */
const usualTurnMs = 4
/** A disk that forces 64 MiB out takes a second or two; the venue waits for its PINGs for far longer. */
const usualMaxWaitMs = 5_000
const lookMs = 2

/**
 * How fast a socket is read that brings more than there is time for. Three states:
 *
 * - *reading*: messages are taken as they come. After some milliseconds of them without a break the socket is left alone for one turn of the event loop: Node would
 *   read 2 MiB of it in one go otherwise.
 * - *waiting*: too much waits for the disk. What is not read stands in the buffers of the system and of the venue, where it is safer than in what has to be dropped next.
 * - *reading on*: that took too long. The venue drops who does not read, and nobody sees what is lost there; what the journal loses is counted. Once the disk has
 *   caught up, the socket is read as ever.
 */
export class ReadingPace {
  readonly #source: PausableSource
  readonly #options: Required<PaceOptions>
  #state: 'reading' | 'pausing' | 'reading on' = 'reading'
  #turnSinceMs: number | undefined

  constructor(source: PausableSource, options: PaceOptions) {
    this.#source = source
    this.#options = { turnMs: usualTurnMs, maxWaitMs: usualMaxWaitMs, ...options }
  }

  /** A message was taken. */
  took(): void {
    if (this.#state === 'pausing') return
    const isBehind = this.#options.isBehind()
    if (this.#state === 'reading on' && !isBehind) this.#state = 'reading'
    if ((isBehind && this.#state === 'reading') || this.#isTurnOver()) this.#pause()
  }

  #isTurnOver(): boolean {
    const nowMs = performance.now()
    if (this.#turnSinceMs !== undefined) return nowMs - this.#turnSinceMs >= this.#options.turnMs
    this.#turnSinceMs = nowMs
    setImmediate(() => {
      this.#turnSinceMs = undefined
    })
    return false
  }

  #pause(): void {
    const before = this.#state
    const sinceMs = performance.now()
    this.#state = 'pausing'
    this.#source.pause()
    const look = () => {
      const isBehind = before === 'reading' && this.#options.isBehind()
      if (isBehind && performance.now() - sinceMs < this.#options.maxWaitMs) {
        setTimeout(look, lookMs)
        return
      }
      this.#state = isBehind ? 'reading on' : before
      this.#source.resume()
    }
    setImmediate(look)
  }
}
