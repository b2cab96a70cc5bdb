/** Lets a few requests pass at once and then one per pause, as the venue does. */
export class RequestGate {
  readonly #atOnce: number
  readonly #gapMs: number
  #free: number
  #checkedMs = 0

  constructor(atOnce: number, gapMs: number) {
    this.#atOnce = atOnce
    this.#gapMs = gapMs
    this.#free = atOnce
  }

  /** True where a request may pass now; a refused one costs nothing. */
  passes(nowMs: number): boolean {
    this.#free = Math.min(this.#atOnce, this.#free + (nowMs - this.#checkedMs) / Math.max(1, this.#gapMs))
    this.#checkedMs = nowMs
    if (this.#free < 1) return false
    this.#free--
    return true
  }
}
