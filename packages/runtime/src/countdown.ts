const ticks = 8

/**
 * A time in which something must come, counted in eighths that this process lived through instead of compared with a clock: a process that was suspended, or
 * that the machine did not let run, counts one eighth for it, however long it was. When the time is over, what lies in the sockets is read first; if that was
 * what was waited for, `restart` or `stop` comes in between, and nothing is over.
 */
export class Countdown {
  readonly #onOver: () => void
  readonly #timer: NodeJS.Timeout
  #left = ticks
  #last: NodeJS.Immediate | undefined

  constructor(ms: number, onOver: () => void) {
    this.#onOver = onOver
    this.#timer = setInterval(() => this.#tick(), ms / ticks)
  }

  /** All of the time is left again, and what is left of this eighth; cheap enough for every message. */
  restart(): void {
    this.#left = ticks + 1
  }

  /** Nothing is waited for any more. */
  stop(): void {
    clearInterval(this.#timer)
    clearImmediate(this.#last)
  }

  #tick(): void {
    // The sockets are read between the timers of a turn of the event loop and its immediates.
    if (--this.#left === 0) this.#last = setImmediate(() => this.#judge())
  }

  #judge(): void {
    if (this.#left > 0) return
    this.stop()
    this.#onOver()
  }
}
