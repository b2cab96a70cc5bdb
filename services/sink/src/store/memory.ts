import { RowBuffer } from '@tickhouse/store'
import type { BufferUse } from '../order/chunk.ts'

/** How much of Kafka may be in memory. */
export interface MemoryLimits {
  /** While so much is in memory nothing is read but what the rest waits for. */
  readonly maxBytes: number
  /** A fetch brings so much of a partition at most; nothing is read of one of which a quarter of that waits. */
  readonly maxBytesPerPartition: number
}

/** What a partition may have waiting to be read on, as a part of what it may have. */
const aheadPart = 0.25
/** What may be read when there is no room, as a part of what may be in memory. */
const reserve = 0.5

/** Counts the bytes of records that were read and are not stored. A buffer leaves the memory once nothing that came with it is needed. */
export class Memory {
  readonly #limits: MemoryLimits
  #bytes = 0

  constructor(limits: MemoryLimits) {
    this.#limits = limits
  }

  get isFull(): boolean {
    return this.#bytes >= this.#limits.maxBytes
  }

  /** Of a partition of which less than this waits more is read, bytes. */
  get aheadBytes(): number {
    return this.#limits.maxBytesPerPartition * aheadPart
  }

  /** Whether so many partitions, all that are waited for, fit into what is left for them. */
  hasRoomFor(partitions: number): boolean {
    const { maxBytes, maxBytesPerPartition } = this.#limits
    return partitions > 0 && this.#bytes + partitions * maxBytesPerPartition <= maxBytes * (1 + reserve)
  }

  add(bytes: number): void {
    this.#bytes += bytes
  }

  keep(buffers: readonly BufferUse[]): void {
    for (const { bytes } of buffers) this.#bytes += bytes
  }

  /** One chunk of each of these buffers is stored, or comes again. */
  forget(buffers: readonly BufferUse[]): void {
    for (const buffer of buffers) if (--buffer.chunks === 0) this.#bytes -= buffer.bytes
  }
}

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
