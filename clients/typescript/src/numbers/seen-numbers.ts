const pageBits = 1 << 15

/** An inclusive range of numbers. */
export type NumberRange = readonly [from: number, to: number]

/** Which of the numbers 1, 2, 3 … were seen: one bit each, in pages, so that a single large number costs one page. */
export class SeenNumbers {
  highest = 0
  readonly #pages = new Map<number, Uint8Array>()

  /** False where it was seen before. */
  add(number: number): boolean {
    const index = Math.floor(number / pageBits)
    const page = this.#pages.get(index) ?? new Uint8Array(pageBits >> 3)
    this.#pages.set(index, page)
    const bit = number % pageBits
    const mask = 1 << (bit & 7)
    if (page[bit >> 3]! & mask) return false
    page[bit >> 3]! |= mask
    if (number > this.highest) this.highest = number
    return true
  }

  has(number: number): boolean {
    const bit = number % pageBits
    return ((this.#pages.get(Math.floor(number / pageBits))?.[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  }

  /** What of `first` to `last` was not seen. Pages without any number are passed over at once. */
  missing(first: number, last: number): NumberRange[] {
    const ranges: NumberRange[] = []
    let from = first
    const seen = (number: number) => {
      if (number > from) ranges.push([from, number - 1])
      from = number + 1
    }
    for (const index of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const begin = Math.max(first, index * pageBits)
      const end = Math.min(last, (index + 1) * pageBits - 1)
      for (let number = begin; number <= end; number++) if (this.has(number)) seen(number)
    }
    if (from <= last) ranges.push([from, last])
    return ranges
  }
}
