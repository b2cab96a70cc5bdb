import type { PartitionProgress, PartitionRecords, Poll, TopicPartition } from '@tickhouse/bus'
import { type BufferUse, copyOf, leftIn, type OldestRecord, oldestIn, shareOf } from './chunk.ts'
import { type PartitionPlace, Partitions } from './partitions.ts'
import { numberedIn } from './record-head.ts'
import { type NumberedPart, Sequences } from './sequences.ts'
import { cutFor, type Piece, releasable, type TimeOrderLimits } from './time-order.ts'

/** What of a table may be stored now. */
export interface Ready {
  readonly rows: number
  readonly bytes: number
  /** When the first of them was read, ms. */
  readonly oldestReadAtMs: number
}

/** Up to where a partition is done when what was taken is stored, and where that begins. */
export interface TakenPlace extends TopicPartition {
  readonly nextOffset: number
  readonly poll: Poll
  readonly oldest: OldestRecord
}

/** Records that are being stored. */
export interface Taken {
  readonly parts: readonly PartitionRecords[]
  readonly places: readonly TakenPlace[]
  /** What leaves the memory when they are stored. */
  readonly buffers: readonly BufferUse[]
  /** What takes memory from now on: copies of records that are left of a large fetch. */
  readonly copies: readonly BufferUse[]
}

/** With more records than this still in Kafka a topic has a backlog. */
const maxBehind = 20_000
/** What is left of a fetch of this size is copied, so that it does not keep the whole in memory. */
const largeBytes = 1 << 20

/**
 * The records of one topic that were read and are not stored, and which of them may be: those that every partition has passed in time, so that nothing older
 * comes after them. The rest is held until then, for a bounded time. The numbers of a session
 * tell at once what time alone makes likely: that nothing older is on its way. Of each partition records leave in their order.
 */
export class PendingRecords {
  readonly partitions: Partitions
  readonly #topic: string
  readonly #limits: TimeOrderLimits
  readonly #sequences = new Sequences()
  /** The partitions of the topic that are read. */
  #whole = ''
  #turn = 0

  constructor(topic: string, limits: TimeOrderLimits) {
    this.partitions = new Partitions(topic, limits.orderWaitMs)
    this.#topic = topic
    this.#limits = limits
  }

  /** Takes over the records that a poll returned of this topic, and how far its partitions have come. The records may be views on one buffer. */
  read(parts: readonly PartitionRecords[], progress: readonly PartitionProgress[], poll: Poll, shared: BufferUse, nowMs: number): void {
    if (parts.length > 0) this.#turn++
    const isNumbered = this.#follow(parts, progress, nowMs)
    for (const part of parts) {
      const buffer = part.isShared ? shared : { bytes: 0, chunks: 0 }
      buffer.bytes += part.bytes
      buffer.chunks++
      this.partitions.add(part, { poll, buffer, readAtMs: nowMs, turn: this.#turn, isNumbered })
    }
    this.partitions.note(progress, nowMs)
  }

  /** What may be stored now. */
  ready(nowMs: number): Ready {
    let [rows, bytes, oldestReadAtMs] = [0, 0, Number.POSITIVE_INFINITY]
    for (const { chunk, count } of this.#releasable(nowMs)) {
      rows += count
      bytes += shareOf(chunk, count)
      oldestReadAtMs = Math.min(oldestReadAtMs, chunk.readAtMs)
    }
    return { rows, bytes, oldestReadAtMs }
  }

  /** When something that is held now may be stored because its time is over, ms by the monotonic clock; Infinity when nothing is held. */
  nextReleaseMs(nowMs: number): number {
    const { settleMs, orderWaitMs } = this.#limits
    let next = Number.POSITIVE_INFINITY
    for (const { chunks } of this.partitions.all)
      for (const { readAtMs } of chunks)
        for (const at of [readAtMs + settleMs, readAtMs + orderWaitMs]) if (at > nowMs) next = Math.min(next, at)
    return next
  }

  /** Takes what may be stored now out, about `maxBytes` of it at most: the oldest. */
  take(nowMs: number, maxBytes: number): Taken {
    const pieces = this.#releasable(nowMs, cutFor(this.#releasable(nowMs), maxBytes))
    const parts: PartitionRecords[] = []
    const places: TakenPlace[] = []
    const buffers: BufferUse[] = []
    for (const [place, own] of Map.groupBy(pieces, piece => piece.place)) {
      const { part, oldest, poll } = this.#takeOut(place, own)
      parts.push(part)
      places.push({ topic: this.#topic, partition: place.partition, nextOffset: part.nextOffset, poll, oldest })
      while (place.chunks[0] !== undefined && leftIn(place.chunks[0]) === 0) buffers.push(place.chunks.shift()!.buffer)
    }
    return { parts, places, buffers, copies: this.#copyRests(buffers) }
  }

  /**
   * Follows the numbers of what was read; true when they tell what is missing. Of a backlog they are not looked at: there every partition passes the others, and
   * what is missing is far away.
   */
  #follow(parts: readonly PartitionRecords[], progress: readonly PartitionProgress[], nowMs: number): boolean {
    if (progress.length === 1) return true
    const whole = progress.map(({ partition }) => partition).join()
    if (whole !== this.#whole) this.#sequences.forget()
    this.#whole = whole
    const behind = progress.reduce((sum, { offset, highWatermark }) => sum + Math.max(0, highWatermark - offset), 0)
    if (behind <= maxBehind) return this.#sequences.read(parts.map(numbersOf), nowMs) && parts.every(isOfUs)
    this.#sequences.forget()
    return false
  }

  #releasable(nowMs: number, cutUs?: number): Piece<PartitionPlace>[] {
    const aheadUs = this.#sequences.aheadUs(nowMs, this.#limits.orderWaitMs)
    return releasable(this.partitions.all, { nowMs, turn: this.#turn, aheadUs }, this.#limits, cutUs)
  }

  /** The records of a partition's pieces, which count as taken from now on. */
  #takeOut({ partition }: PartitionPlace, pieces: readonly Piece[]) {
    const oldest = oldestIn(pieces[0]!.chunk)
    const records = pieces.flatMap(({ chunk, count }) => chunk.part.records.slice(chunk.taken, chunk.taken + count))
    for (const { chunk, count } of pieces) chunk.taken += count
    const { part: whole, taken, poll } = pieces.at(-1)!.chunk
    const nextOffset = whole.records[taken]?.offset ?? whole.nextOffset
    const bytes = pieces.reduce((sum, { chunk, count }) => sum + shareOf(chunk, count), 0)
    const { highWatermark, isShared } = whole
    const part = { topic: this.#topic, partition, records, bytes, isShared, nextOffset, highWatermark }
    return { part, oldest, poll }
  }

  /** Copies what is left of large buffers, which then leave the memory; gives the copies. */
  #copyRests(leaving: BufferUse[]): BufferUse[] {
    const copies: BufferUse[] = []
    for (const { chunks } of this.partitions.all)
      for (const [index, chunk] of chunks.entries()) {
        if (chunk.buffer.bytes < largeBytes || chunk.buffer.bytes === chunk.bytes) continue
        const copy = copyOf(chunk)
        chunks[index] = copy
        leaving.push(chunk.buffer)
        copies.push(copy.buffer)
      }
    return copies
  }
}

function numbersOf({ partition, records }: PartitionRecords): NumberedPart {
  return { partition, records: records.flatMap(({ value }) => numberedIn(value) ?? []) }
}

/** One look is enough: records of others are not mixed with ours. */
function isOfUs({ records }: PartitionRecords): boolean {
  return numberedIn(records[0]!.value) !== undefined
}
