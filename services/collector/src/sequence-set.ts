/** A set of sequence numbers 1, 2, 3 …: one bit each, so that a whole day of records fits into a few MiB. */
export class SequenceSet {
  #bits = new Uint8Array(64)

  add(seq: number): void {
    const byte = seq >>> 3
    if (byte >= this.#bits.length) this.#grow(byte)
    this.#bits[byte] = (this.#bits[byte] as number) | (1 << (seq & 7))
  }

  has(seq: number): boolean {
    return ((this.#bits[seq >>> 3] ?? 0) & (1 << (seq & 7))) !== 0
  }

  #grow(byte: number): void {
    const grown = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2))
    grown.set(this.#bits)
    this.#bits = grown
  }
}
