import type { RecordName } from './record-name.ts'

/** Where a record stands in its topic. */
export interface TopicPosition {
  readonly partition: number
  readonly offset: number
}

/** Places for consecutive numbers. */
interface Chunk {
  readonly partitions: Int32Array
  readonly offsets: Float64Array
}

const chunkSize = 4096

/** Positions of records in twelve bytes each, kept in chunks: what is asked for may be ten records of a day, or all of them. */
export class Positions {
  readonly #series = new Map<string, Map<number, Chunk>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  set({ series, seq }: RecordName, { partition, offset }: TopicPosition): void {
    const { partitions, offsets } = this.#chunkFor(series, Math.floor(seq / chunkSize))
    const at = seq % chunkSize
    if (partitions[at] === -1) this.#size++
    partitions[at] = partition
    offsets[at] = offset
  }

  get({ series, seq }: RecordName): TopicPosition | undefined {
    const chunk = this.#series.get(series)?.get(Math.floor(seq / chunkSize))
    const partition = chunk?.partitions[seq % chunkSize] ?? -1
    return partition === -1 ? undefined : { partition, offset: chunk!.offsets[seq % chunkSize]! }
  }

  has(name: RecordName): boolean {
    return this.get(name) !== undefined
  }

  #chunkFor(series: string, number: number): Chunk {
    const chunks = this.#series.get(series) ?? new Map<number, Chunk>()
    this.#series.set(series, chunks)
    const chunk = chunks.get(number) ?? { partitions: new Int32Array(chunkSize).fill(-1), offsets: new Float64Array(chunkSize) }
    chunks.set(number, chunk)
    return chunk
  }
}
