const halfLifeMs = 60_000

/** Bytes a second by topic, as they were read lately: what was read a minute ago counts half. */
export class TopicRates {
  readonly #sums = new Map<string, { bytes: number; atMs: number }>()
  readonly #sinceMs: number

  constructor(nowMs = performance.now()) {
    this.#sinceMs = nowMs
  }

  note(topic: string, bytes: number, nowMs = performance.now()): void {
    this.#sums.set(topic, { bytes: this.#sumAt(topic, nowMs) + bytes, atMs: nowMs })
  }

  /** The rate of a topic that is read; 0 for one of which nothing came. */
  rateOf(topic: string, nowMs = performance.now()): number {
    const weightMs = (halfLifeMs / Math.LN2) * (1 - weight(Math.max(1_000, nowMs - this.#sinceMs)))
    return this.#sumAt(topic, nowMs) / (weightMs / 1_000)
  }

  #sumAt(topic: string, nowMs: number): number {
    const sum = this.#sums.get(topic)
    return sum === undefined ? 0 : sum.bytes * weight(nowMs - sum.atMs)
  }
}

function weight(ageMs: number): number {
  return 0.5 ** (ageMs / halfLifeMs)
}
