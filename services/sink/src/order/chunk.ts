import type { PartitionRecords, Poll } from '@tickhouse/bus'
import { timeOf } from './record-head.ts'

/** A buffer in memory, and how many chunks still use it: a whole fetch, one partition that came packed, or a copy of some records. */
export interface BufferUse {
  bytes: number
  chunks: number
}

/** Records of one partition that were read and are not stored. */
export interface Chunk {
  readonly part: PartitionRecords
  /** What the records take in memory. */
  readonly bytes: number
  readonly poll: Poll
  readonly buffer: BufferUse
  readonly readAtMs: number
  /** The number of the poll, counted per table: tells whether a later poll returned records of this table. */
  readonly turn: number
  /** True when the numbers of its records tell whether something older is still to come. */
  readonly isNumbered: boolean
  /** True when it is held no longer, although something older may come. */
  readonly isGivenUp: boolean
  /** How many of the records are taken. */
  taken: number
}

/** The first record of a partition that is not stored. */
export interface OldestRecord {
  /** Kafka's time of it, ms since the epoch. */
  readonly capturedMs: number
  /** When it was read, ms by the monotonic clock. */
  readonly readAtMs: number
}

const nothing = Buffer.alloc(0)

/** How many records are not taken. */
export function leftIn({ part, taken }: Chunk): number {
  return part.records.length - taken
}

/** What so many of its records take in memory, bytes. */
export function shareOf({ part, bytes }: Chunk, count: number): number {
  return Math.round((bytes * count) / part.records.length)
}

/** The time of its last record, µs. */
export function lastTimeOf({ part }: Chunk): number {
  return timeOf(part.records.at(-1)!)
}

/** The first record that is not taken. */
export function oldestIn({ part, taken, readAtMs }: Chunk): OldestRecord {
  return { capturedMs: part.records[taken]!.timestampMs, readAtMs }
}

/** How many of the records that are left are not later than that, µs; they stand in the order of their time, or nearly. */
export function countUpTo({ part: { records }, taken }: Chunk, limitUs: number): number {
  if (limitUs === Number.POSITIVE_INFINITY) return records.length - taken
  let [low, high] = [taken, records.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timeOf(records[middle]!) <= limitUs) low = middle + 1
    else high = middle
  }
  return low - taken
}

/** The records that are not taken, in a buffer of their own. */
export function copyOf(chunk: Chunk): Chunk {
  const rest = chunk.part.records.slice(chunk.taken)
  const buffer = Buffer.concat(rest.flatMap(({ key, value }) => [key ?? nothing, value ?? nothing]))
  let at = 0
  const copied = (source: Buffer | null) => {
    if (source === null) return null
    at += source.length
    return buffer.subarray(at - source.length, at)
  }
  const records = rest.map(({ offset, timestampMs, key, value }) => ({ offset, timestampMs, key: copied(key), value: copied(value) }))
  const part = { ...chunk.part, records, bytes: buffer.length }
  return { ...chunk, part, bytes: buffer.length, buffer: { bytes: buffer.length, chunks: 1 }, taken: 0 }
}
