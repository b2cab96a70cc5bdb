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
 * Capture times in µs since 1970-01-01 UTC: the wall clock is read once, at construction, and only the monotonic clock after that,
 * so a step of the wall clock cannot bend a session.
 */
export class CaptureClock {
  readonly #clock: Clock
  readonly #anchorUs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#anchorUs = clock.nowMs() * 1000 - clock.monotonicUs()
  }

  /** The capture time of what arrives now, µs. */
  stamp(): number {
    return this.#anchorUs + this.#clock.monotonicUs()
  }
}
