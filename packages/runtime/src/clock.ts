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

/**
 * How far two clocks may lie apart before anything is concluded from it, ms. The times in frames have a tolerance of their own, which decides what a record
 * becomes: `packages/catalogue/src/normalize/times.ts`.
 */
export const clockSlack = {
  /** Wall clock and capture times on one machine: NTP may step a clock by this much between two readings. */
  stepMs: 1_000,
  /** Two machines that keep their clocks by NTP: a greater difference deserves a warning. */
  warnMs: 2_000,
  /** Any two machines: a greater difference means that one of the clocks is wrong. */
  wrongMs: 60_000,
} as const
