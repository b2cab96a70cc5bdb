/** The numbers and times that the records of a session have got: `seq` counts 1, 2, 3 … per series, `timestamp` (µs) rises strictly over all of them. */
export class Numbering {
  lastTimestamp: number
  readonly #last: Map<string, number>

  constructor(lastTimestamp: number, seq: Readonly<Record<string, number>>) {
    this.lastTimestamp = lastTimestamp
    this.#last = new Map(Object.entries(seq))
  }

  /** By series, in the order of their first numbers: the last number that was given. */
  get seq(): ReadonlyMap<string, number> {
    return this.#last
  }

  /** The timestamp that a record captured then would get. */
  nextTimestamp(capturedAtUs: number): number {
    return Math.max(capturedAtUs, this.lastTimestamp + 1)
  }

  /** The number that the next record of a series would get. */
  nextSeq(series: string): number {
    return (this.#last.get(series) ?? 0) + 1
  }

  /** A record has got these. */
  give(series: string, timestamp: number, seq: number): void {
    this.lastTimestamp = timestamp
    this.#last.set(series, seq)
  }

  /** Gives the next number and time to a record of a series. */
  next(series: string, capturedAtUs: number): { readonly timestamp: number; readonly seq: number } {
    const timestamp = this.nextTimestamp(capturedAtUs)
    const seq = this.nextSeq(series)
    this.give(series, timestamp, seq)
    return { timestamp, seq }
  }
}
