import { backoffMs } from '@tickhouse/runtime'
import { clockWrong } from '../clock/clock-rules.ts'

/** How long to wait between connections. */
export interface BackoffLimits {
  readonly baseMs: number
  readonly maxMs: number
  /** Least wait after another program took the session over; it doubles each time, up to sixteenfold. */
  readonly takenMs: number
  /** A session that was live for this long was a success. */
  readonly healthyMs: number
}

/** How a connection went. */
export interface ConnectionOutcome {
  readonly reason: string
  readonly liveMs: number
}

const maxTakenFactor = 16

/**
 * Decides the wait before the next connection: full jitter up to a cap that doubles with each failure in a row. When another program logged in with
 * the same app key (R10001), reconnecting would throw it out and be thrown out in turn; so the wait is long, and never shorter than its base.
 * A session whose times were wrong is followed at once, unless connections have failed before it.
 */
export class Backoff {
  readonly #limits: BackoffLimits
  readonly #random: () => number
  #failures = 0
  #takeovers = 0

  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits
    this.#random = random
  }

  /** The wait after this attempt, ms. */
  after({ reason, liveMs }: ConnectionOutcome): number {
    const { baseMs, maxMs, takenMs, healthyMs } = this.#limits
    if (liveMs >= healthyMs) this.#failures = 0
    if (liveMs >= healthyMs && liveMs >= 10 * takenMs) this.#takeovers = 0
    if (reason === 'session_taken') {
      const factor = Math.min(maxTakenFactor, 2 ** this.#takeovers++)
      return Math.round(takenMs * factor * (1 + this.#random()))
    }
    this.#failures += 1
    if (reason === clockWrong && this.#failures === 1) return 0
    return backoffMs(this.#failures, { baseMs, maxMs, random: this.#random })
  }
}
