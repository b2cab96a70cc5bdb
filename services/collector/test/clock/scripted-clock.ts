import { type Clock, systemClock } from '@tickhouse/runtime'

/** The clock of a machine on which a test sets the time and which it puts to sleep. */
export class ScriptedClock implements Clock {
  /** How far the wall clock is ahead of the right time, ms. */
  aheadMs = 0
  #sleptMs = 0

  constructor(aheadMs = 0) {
    this.aheadMs = aheadMs
  }

  /** The right time. */
  get rightMs(): number {
    return systemClock.nowMs() + this.#sleptMs
  }

  nowMs(): number {
    return this.rightMs + this.aheadMs
  }

  monotonicUs(): number {
    return systemClock.monotonicUs()
  }

  /** Sleeps: time goes on, and the monotonic clock does not. */
  sleep(ms: number): void {
    this.#sleptMs += ms
  }
}
