/** How far a feed that was held up may lie behind before it lets go of the rest. */
const catchUpMs = 1_000
/** How many frames are made between two looks at the sockets when there is no rate. */
const batchFrames = 64
const stepMs = 10

/** How many frames are due, at a rate per second; rate 0 is a batch at a time. */
export class Pace {
  readonly #rate: number
  #credit = 1
  #lastMs: number

  constructor(rate: number, nowMs: number) {
    this.#rate = rate
    this.#lastMs = nowMs
  }

  /** Forgets the time that has passed: nothing was due while nobody was there. */
  restart(nowMs: number): void {
    this.#lastMs = nowMs
  }

  /** The number of frames that are due now; they count as sent. */
  due(nowMs: number): number {
    if (this.#rate === 0) return batchFrames
    const passedMs = Math.min(catchUpMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
    this.#credit += (passedMs * this.#rate) / 1_000
    const due = Math.floor(this.#credit)
    this.#credit -= due
    return due
  }

  /** How long to wait before looking again; 0 only lets others run. */
  get waitMs(): number {
    return this.#rate === 0 ? 0 : Math.max(stepMs, Math.min(250, 1_000 / this.#rate))
  }
}
