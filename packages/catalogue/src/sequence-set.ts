/** An inclusive range of sequence numbers. */
export type Range = readonly [from: number, to: number]

/** Which of the sequence numbers 1, 2, 3 … were seen, one bit each. */
export class SequenceSet {
  /** How many additions there were, repeats included. */
  added = 0
  distinct = 0
  /** 0 while nothing was seen. */
  lowest = 0
  highest = 0
  #bits = new Uint8Array(1024)

  add(seq: number): void {
    this.added++
    const byte = seq >> 3
    const bit = 1 << (seq & 7)
    if (byte >= this.#bits.length) this.#grow(byte)
    if (this.#bits[byte]! & bit) return
    this.#bits[byte]! |= bit
    this.distinct++
    if (seq > this.highest) this.highest = seq
    if (this.lowest === 0 || seq < this.lowest) this.lowest = seq
  }

  has(seq: number): boolean {
    return ((this.#bits[seq >> 3] ?? 0) & (1 << (seq & 7))) !== 0
  }

  /** The numbers from `first` to `last` that were seen neither here nor in `explained`, as ranges. */
  missing(last: number, explained?: SequenceSet, first = 1): Range[] {
    const ranges: Range[] = []
    let from = 0
    for (let seq = first; seq <= last + 1; seq++) {
      const absent = seq <= last && !this.has(seq) && !explained?.has(seq)
      if (absent && from === 0) from = seq
      if (!absent && from !== 0) {
        ranges.push([from, seq - 1])
        from = 0
      }
    }
    return ranges
  }

  /** The numbers that were seen, in order. */
  *values(): Generator<number> {
    for (let seq = 0; seq <= this.highest; seq++) if (this.has(seq)) yield seq
  }

  #grow(byte: number): void {
    const larger = new Uint8Array(Math.max(this.#bits.length * 2, byte + 1))
    larger.set(this.#bits)
    this.#bits = larger
  }
}
