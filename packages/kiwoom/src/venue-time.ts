import { type Clock, delay, messageOf, systemClock } from '@tickhouse/runtime'

/** What a server said of the time: its Date header, which is cut to the second, and when it was asked and had answered by our monotonic clock. */
export interface DateReading {
  readonly dateMs: number
  readonly sentUs: number
  readonly receivedUs: number
}

/** How far a clock is ahead of another one, ms (negative: behind), as far as can be told: by no less and no more than this. */
export interface ClockDifference {
  readonly minMs: number
  readonly maxMs: number
}

/** A Date header names a moment within this. */
const resolutionMs = 1_000

/** The reading that an answer's headers give; undefined when they have no date, or one that a cache has kept. */
export function readingOf(headers: Headers, sentUs: number, receivedUs: number): DateReading | undefined {
  const dateMs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(dateMs) || headers.has('age')) return undefined
  return { dateMs, sentUs, receivedUs }
}

/** How far a clock that shows `atMs` at the moment `monotonicUs` is ahead of the server's. */
function differenceTo({ dateMs, sentUs, receivedUs }: DateReading, atMs: number, monotonicUs: number): ClockDifference {
  return {
    minMs: atMs - (dateMs + resolutionMs) - (monotonicUs - sentUs) / 1000,
    maxMs: atMs - dateMs - (monotonicUs - receivedUs) / 1000,
  }
}

/** Where the venue's clock is asked for. */
export interface VenueTimeOptions {
  /** Without path, for instance `https://api.kiwoom.com`. */
  readonly restUrl: string
  readonly clock?: Clock
  readonly timeoutMs?: number
  /** Least time between two questions. */
  readonly pauseMs?: number
}

/**
 * The time by the venue's clock: the newest Date header of its REST answers, which ages by the monotonic clock. That one stands still while a machine
 * sleeps, so an old reading only tells how late it is at least.
 */
export class VenueTime {
  /** Why the last question had no answer, in words; undefined when it had one. */
  problem: string | undefined = 'it was not asked yet'
  readonly #options: Required<VenueTimeOptions>
  #reading: DateReading | undefined
  #asking: Promise<void> | undefined
  #askedUs = Number.NEGATIVE_INFINITY
  /** Not every server, nor all that stands before one, answers both. */
  #method: 'HEAD' | 'GET' = 'HEAD'

  constructor(options: VenueTimeOptions) {
    this.#options = { clock: systemClock, timeoutMs: 2_000, pauseMs: 1_000, ...options }
  }

  /** Takes what an answer said that was asked for something else. */
  note(reading: DateReading | undefined): void {
    if (reading === undefined) return
    this.#reading = reading
    this.problem = undefined
  }

  /** Sees to a reading that is not older than that, ms, if need be by a request for nothing else; false where there is none to be had. Never throws. */
  async refresh(ageMs: number): Promise<boolean> {
    const { clock, pauseMs } = this.#options
    const sinceUs = clock.monotonicUs() - ageMs * 1000
    if (this.#isSince(sinceUs)) return true
    if (this.problem !== undefined && this.#askedUs >= sinceUs && this.#asking === undefined) return false
    this.#asking ??= this.#ask(Math.max(0, pauseMs - (clock.monotonicUs() - this.#askedUs) / 1000)).finally(() => {
      this.#asking = undefined
    })
    await this.#asking
    return this.#isSince(sinceUs)
  }

  /** How far a clock that shows `atMs` now is ahead of the venue's; by a reading that is not fresh only how far at most. Undefined before the first reading. */
  compare(atMs: number, isFresh: boolean): ClockDifference | undefined {
    if (this.#reading === undefined) return undefined
    const difference = differenceTo(this.#reading, atMs, this.#options.clock.monotonicUs())
    return isFresh ? difference : { ...difference, minMs: Number.NEGATIVE_INFINITY }
  }

  #isSince(us: number): boolean {
    return this.#reading !== undefined && this.#reading.receivedUs >= us
  }

  /** The cheapest request that any web server answers; whatever it answers has a date. */
  async #ask(pauseMs: number): Promise<void> {
    const { restUrl, clock, timeoutMs } = this.#options
    if (pauseMs > 0) await delay(pauseMs)
    const sentUs = clock.monotonicUs()
    this.#askedUs = sentUs
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const { headers, body } = await fetch(restUrl, { method: this.#method, redirect: 'manual', cache: 'no-store', signal })
      const reading = readingOf(headers, sentUs, clock.monotonicUs())
      await body?.cancel()
      if (reading === undefined) this.#fail('its answer has no date')
      else this.note(reading)
    } catch (error) {
      this.#fail(messageOf(error))
    }
  }

  #fail(problem: string): void {
    this.problem = problem
    this.#method = this.#method === 'HEAD' ? 'GET' : 'HEAD'
  }
}
