import { RowBuffer } from '@tickhouse/store'

/** A buffer that is larger than this is kept only while all kept ones together take less than `maxBytes`. */
const smallBytes = 1 << 20

/** Buffers for rows, used again and again. What a busy time needed is given back after it. */
export class RowBuffers {
  readonly #maxBytes: number
  readonly #free: RowBuffer[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The smallest free one that has room for so many bytes, else any: it grows. */
  take(bytes: number): RowBuffer {
    const index = this.#free.findIndex(({ capacity }) => capacity >= bytes)
    return this.#free.splice(index < 0 ? -1 : index, 1)[0] ?? new RowBuffer()
  }

  /** It is not used any more. */
  give(buffer: RowBuffer): void {
    const kept = this.#free.reduce((sum, { capacity }) => sum + capacity, buffer.capacity)
    if (buffer.capacity > smallBytes && kept > this.#maxBytes) return
    this.#free.push(buffer)
    this.#free.sort((a, b) => a.capacity - b.capacity)
  }
}
