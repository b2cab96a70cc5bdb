import { type Clock, messageOf, systemClock } from '@tickhouse/runtime'

/** What a server said of the time: its Date header, which is cut to the second, and when it was asked and had answered by our monotonic clock. */
export interface DateReading {
  readonly dateMs: number
  readonly sentUs: number
  readonly receivedUs: number
}

/** How far a clock is ahead of another one, ms (negative: behind), as far as can be told: by no less and no more than this. */
export interface ClockDifference {
  readonly leastMs: number
  readonly mostMs: number
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
export function differenceTo({ dateMs, sentUs, receivedUs }: DateReading, atMs: number, monotonicUs: number): ClockDifference {
  return {
    leastMs: atMs - (dateMs + resolutionMs) - (monotonicUs - sentUs) / 1000,
    mostMs: atMs - dateMs - (monotonicUs - receivedUs) / 1000,
  }
}

/** Where the venue's clock is asked for. */
export interface VenueTimeOptions {
  /** Without path, for instance `https://api.kiwoom.com`. */
  readonly restUrl: string
  readonly clock?: Clock
  readonly timeoutMs?: number
}

/** However often it is wanted, the venue is asked this often at most. */
const leastPauseUs = 900_000

/**
 * The time by the venue's clock: the newest Date header of its REST answers. A reading ages by the monotonic clock, which stands still while a machine
 * sleeps; so whoever finds another clock wrong by an old reading asks for a new one first.
 */
export class VenueTime {
  /** The newest one; undefined before the first. */
  reading: DateReading | undefined
  /** Why the last question had no answer, in words. */
  problem: string | undefined
  readonly #options: Required<VenueTimeOptions>
  #asking: Promise<void> | undefined
  #askedUs = Number.NEGATIVE_INFINITY

  constructor(options: VenueTimeOptions) {
    this.#options = { clock: systemClock, timeoutMs: 2_000, ...options }
  }

  /** Takes what an answer said that was asked for something else. */
  note(reading: DateReading | undefined): void {
    if (reading === undefined) return
    this.reading = reading
    this.problem = undefined
  }

  /** A reading that is not older than that, ms, if need be of a request for nothing else; undefined where the venue tells no time. Never throws. */
  async notOlderThan(ageMs: number): Promise<DateReading | undefined> {
    const { clock } = this.#options
    const sinceUs = clock.monotonicUs() - ageMs * 1000
    if (this.#isSince(sinceUs)) return this.reading
    if (clock.monotonicUs() - this.#askedUs >= leastPauseUs) this.#asking = this.#ask()
    await this.#asking
    return this.#isSince(sinceUs) ? this.reading : undefined
  }

  #isSince(us: number): boolean {
    return this.reading !== undefined && this.reading.receivedUs >= us
  }

  /** The cheapest request that any web server answers; whatever it answers has a date. */
  async #ask(): Promise<void> {
    const { restUrl, clock, timeoutMs } = this.#options
    const sentUs = clock.monotonicUs()
    this.#askedUs = sentUs
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const { headers } = await fetch(restUrl, { method: 'HEAD', redirect: 'manual', cache: 'no-store', signal })
      const reading = readingOf(headers, sentUs, clock.monotonicUs())
      if (reading === undefined) this.problem = 'its answer has no date'
      this.note(reading)
    } catch (error) {
      this.problem = messageOf(error)
    }
  }
}
