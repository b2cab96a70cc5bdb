/** Where time comes from; tests pass their own. */
export interface Clock {
  /** Wall clock, ms since 1970-01-01 UTC. */
  nowMs(): number
  /** µs since some fixed moment, never going back. */
  monotonicUs(): number
}

/** The clock of this machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicUs: () => Math.round(performance.now() * 1000),
}

/**
 * Capture times in µs since 1970-01-01 UTC, each greater than the one before: the wall clock is read once, at construction, and only the monotonic
 * clock after that, so a step of the wall clock cannot bend a session. `afterUs` is a time that all of them are greater than: the last one
 * of the clock before. Where the wall clock is behind that, they stand still (but for a microsecond each) until it has caught up.
 */
export class CaptureClock {
  readonly #clock: Clock
  /** What the wall clock said when the monotonic clock was at 0, µs: the same for two clocks between which the wall clock was not set. */
  readonly anchorUs: number
  #lastUs: number

  constructor(clock: Clock, afterUs = 0) {
    this.#clock = clock
    this.anchorUs = clock.nowMs() * 1000 - clock.monotonicUs()
    this.#lastUs = afterUs
  }

  /** The capture time of what arrives now, µs. */
  stamp(): number {
    this.#lastUs = Math.max(this.nowUs, this.#lastUs + 1)
    return this.#lastUs
  }

  /** The time of now, µs, as the wall clock was at construction; stamps nothing. */
  get nowUs(): number {
    return this.anchorUs + this.#clock.monotonicUs()
  }

  /** How far the wall clock has moved away from this one since construction, ms; positive: it is ahead. */
  get wallDifferenceMs(): number {
    return this.#clock.nowMs() - this.nowUs / 1000
  }
}
