import type { PartitionRecords, Progress, Round, TopicPartition } from '@tickhouse/bus'
import { type NumberedPart, Sequences } from './sequences.ts'
import { releaseLimits, type TimeOrderLimits } from './time-order.ts'
import { numberedIn, timeOf } from './timestamp.ts'

/** Records that stay in memory together, because they are parts of one buffer: those of a fetch, of one partition that came packed, or a copy of some. */
export interface Parcel {
  bytes: number
  /** How many chunks are left of it. */
  chunks: number
}

/** Records of one partition that were read and are not stored. */
interface Chunk {
  readonly part: PartitionRecords
  /** What the records take in memory. */
  readonly bytes: number
  readonly round: Round
  readonly parcel: Parcel
  readonly readAtMs: number
  /** The count of rounds of this table, to tell whether another one came later. */
  readonly turn: number
  /** True when the numbers of its records tell whether something older is still to come. */
  readonly isNumbered: boolean
  /** True when it is held no longer, although something older may come. */
  readonly isGivenUp: boolean
  /** How many of the records are taken. */
  taken: number
}

/** How far a partition has come. */
interface Place {
  readonly partition: number
  /** Time of the last record that was read, µs. */
  passedUs: number
  isAtEnd: boolean
  /** Records that Kafka has and that were not read. */
  behind: number
  /** When something was last heard of it: records, or that there are none. */
  heardAtMs: number
  readonly chunks: Chunk[]
}

/** The next records of a chunk, so many of them. */
interface Piece {
  readonly place: Place
  readonly chunk: Chunk
  readonly count: number
}

/** What of a table may be stored now. */
export interface Ready {
  readonly rows: number
  readonly bytes: number
  /** When the first of them was read, ms. */
  readonly oldestReadAtMs: number
}

/** The first record of a partition that is not stored. */
export interface OldestRecord {
  /** Kafka's time of it, ms since the epoch. */
  readonly capturedMs: number
  /** When it was read, ms by the monotonic clock. */
  readonly readAtMs: number
}

/** Up to where a partition is done when what was taken is stored, and where that begins. */
export interface TakenPlace extends TopicPartition {
  readonly nextOffset: number
  readonly round: Round
  readonly oldest: OldestRecord
}

/** Records that are being stored. */
export interface Taken {
  readonly parts: readonly PartitionRecords[]
  readonly places: readonly TakenPlace[]
  /** What leaves the memory when they are stored. */
  readonly parcels: readonly Parcel[]
  /** What takes memory from now on: copies of records that are left of a large fetch. */
  readonly kept: readonly Parcel[]
}

const nothing = Buffer.alloc(0)
/** With more records than this still in Kafka a topic has a backlog. */
const mostBehind = 20_000
/** What is left of a fetch of this size is copied, so that it does not keep the whole in memory. */
const largeBytes = 1 << 20

/**
 * The records of one topic that were read and are not stored, and which of them may be: those that every partition has passed in time, so that nothing older
 * comes after them. The rest is held until then, for a bounded time. Of each partition records leave in their order.
 */
export class PendingRecords {
  readonly #topic: string
  readonly #limits: TimeOrderLimits
  readonly #places = new Map<number, Place>()
  readonly #sequences = new Sequences()
  /** The partitions of the topic that are read. */
  #whole = ''
  #turn = 0

  constructor(topic: string, limits: TimeOrderLimits) {
    this.#topic = topic
    this.#limits = limits
  }

  get isEmpty(): boolean {
    return [...this.#places.values()].every(({ chunks }) => chunks.length === 0)
  }

  /** Records that are about to be read: those of partitions that bring something and of which less than that waits. */
  comingAt(nowMs: number, mostBytes: number): number {
    let sum = 0
    for (const { partition, behind, heardAtMs } of this.#places.values())
      if (nowMs - heardAtMs < this.#limits.holdMs && this.bytesOf(partition) < mostBytes) sum += behind
    return sum
  }

  /** True when the records of other partitions wait for this one, of which Kafka has more. */
  waitsFor(partition: number): boolean {
    const place = this.#places.get(partition)
    return place !== undefined && place.behind > 0 && place.chunks.length === 0 && !this.isEmpty
  }

  /** How many partitions are waited for. */
  get waitedFor(): number {
    return [...this.#places.keys()].filter(partition => this.waitsFor(partition)).length
  }

  /** What waits now is held no longer. */
  giveUpOrder(): void {
    for (const { chunks } of this.#places.values())
      for (const [index, chunk] of chunks.entries()) chunks[index] = { ...chunk, isGivenUp: true }
  }

  /** Bytes of a partition that wait. */
  bytesOf(partition: number): number {
    return (this.#places.get(partition)?.chunks ?? []).reduce(
      (sum, chunk) => sum + shareOf(chunk, chunk.part.records.length - chunk.taken),
      0,
    )
  }

  /** The first record of a partition that waits, and when it was read. */
  oldestOf(partition: number): OldestRecord | undefined {
    const [first] = this.#places.get(partition)?.chunks ?? []
    return first === undefined ? undefined : oldestIn(first)
  }

  /** Takes over what a round brought of this topic, whose shared records it adds to the parcel, and how far its partitions have come. */
  read(parts: readonly PartitionRecords[], progress: readonly Progress[], round: Round, shared: Parcel, nowMs: number): void {
    if (parts.length > 0) this.#turn++
    const isNumbered = this.#follow(parts, progress, nowMs)
    for (const part of parts) {
      const place = this.#placeOf(part.partition, nowMs)
      const parcel = part.isShared ? shared : { bytes: 0, chunks: 0 }
      parcel.bytes += part.bytes
      parcel.chunks++
      place.chunks.push({
        part,
        bytes: part.bytes,
        round,
        parcel,
        readAtMs: nowMs,
        turn: this.#turn,
        isNumbered,
        isGivenUp: false,
        taken: 0,
      })
      place.passedUs = timeOf(part.records.at(-1)!)
      place.heardAtMs = nowMs
    }
    const known = new Set(progress.map(({ partition }) => partition))
    for (const [partition, { chunks }] of this.#places) if (!known.has(partition) && chunks.length === 0) this.#places.delete(partition)
    for (const { partition, offset, highWatermark } of progress) {
      const place = this.#placeOf(partition, nowMs)
      place.behind = Math.max(0, highWatermark - offset)
      place.isAtEnd = place.behind === 0
      if (place.isAtEnd) place.heardAtMs = nowMs
    }
  }

  /**
   * Follows the numbers of what was read; true when they tell what is missing. Of a backlog they are not looked at: there every partition passes the others, and
   * what is missing is far away.
   */
  #follow(parts: readonly PartitionRecords[], progress: readonly Progress[], nowMs: number): boolean {
    if (progress.length === 1) return true
    const whole = progress.map(({ partition }) => partition).join()
    if (whole !== this.#whole) this.#sequences.forget()
    this.#whole = whole
    const behind = progress.reduce((sum, { offset, highWatermark }) => sum + Math.max(0, highWatermark - offset), 0)
    if (behind <= mostBehind) return this.#sequences.read(parts.map(numbersOf), nowMs) && parts.every(isOfUs)
    this.#sequences.forget()
    return false
  }

  /** Forgets what has become stale; gives what leaves the memory with it. */
  dropStale(isStale: (place: TopicPartition, round: Round) => boolean): Parcel[] {
    const dropped: Parcel[] = []
    for (const { partition, chunks } of this.#places.values()) {
      const place = { topic: this.#topic, partition }
      for (let index = chunks.length - 1; index >= 0; index--)
        if (isStale(place, chunks[index]!.round)) dropped.push(...chunks.splice(index, 1).map(({ parcel }) => parcel))
    }
    return dropped
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
    const { settleMs, holdMs } = this.#limits
    let next = Number.POSITIVE_INFINITY
    for (const { chunks } of this.#places.values())
      for (const { readAtMs } of chunks)
        for (const at of [readAtMs + settleMs, readAtMs + holdMs]) if (at > nowMs) next = Math.min(next, at)
    return next
  }

  /** Takes what may be stored now out, about `maxBytes` of it at most: the oldest. */
  take(nowMs: number, maxBytes: number): Taken {
    const pieces = this.#releasable(nowMs, this.#cutFor(nowMs, maxBytes))
    const taken = Map.groupBy(pieces, ({ place }) => place)
    const parts: PartitionRecords[] = []
    const places: TakenPlace[] = []
    const parcels: Parcel[] = []
    const kept: Parcel[] = []
    for (const [{ partition, chunks }, own] of taken) {
      const oldest = oldestIn(own[0]!.chunk)
      const records = own.flatMap(({ chunk, count }) => chunk.part.records.slice(chunk.taken, chunk.taken + count))
      for (const { chunk, count } of own) chunk.taken += count
      const last = own.at(-1)!.chunk
      const rest = last.part.records[last.taken]
      const nextOffset = rest === undefined ? last.part.nextOffset : rest.offset
      const { highWatermark, isShared } = last.part
      const bytes = own.reduce((sum, { chunk, count }) => sum + shareOf(chunk, count), 0)
      parts.push({ topic: this.#topic, partition, records, bytes, isShared, nextOffset, highWatermark })
      places.push({ topic: this.#topic, partition, nextOffset, round: last.round, oldest })
      while (chunks[0] !== undefined && chunks[0].taken === chunks[0].part.records.length) parcels.push(chunks.shift()!.parcel)
    }
    for (const { chunks } of this.#places.values())
      for (const [index, chunk] of chunks.entries()) {
        if (chunk.parcel.bytes < largeBytes || chunk.parcel.bytes === chunk.bytes) continue
        const copy = copyOf(chunk)
        chunks[index] = copy
        parcels.push(chunk.parcel)
        kept.push(copy.parcel)
      }
    return { parts, places, parcels, kept }
  }

  /**
   * The pieces that may be stored, in order for each partition; none later than `cutUs`. What has been held for too long goes, with all that is older. Nothing
   * else goes before an older record that stays.
   */
  #releasable(nowMs: number, cutUs = Number.POSITIVE_INFINITY): Piece[] {
    const places = [...this.#places.values()]
    const { passedUs, settledUs } = releaseLimits(places, nowMs, this.#limits)
    const aheadUs = this.#sequences.aheadUs(nowMs, this.#limits.holdMs)
    let overUs = Number.NEGATIVE_INFINITY
    for (const { chunks } of places)
      for (const chunk of chunks) if (this.#isOver(chunk, nowMs)) overUs = Math.max(overUs, timeOf(chunk.part.records.at(-1)!))
    const limitOf = (chunk: Chunk) => Math.max(overUs, this.#isSettled(chunk, nowMs) ? Math.min(settledUs, aheadUs - 1) : passedUs)
    const heldUs = firstBehind(places, limitOf)
    return piecesUpTo(places, chunk =>
      Math.min(cutUs, this.#isOver(chunk, nowMs) ? Number.POSITIVE_INFINITY : Math.min(limitOf(chunk), heldUs - 1)),
    )
  }

  #isOver({ readAtMs, isGivenUp }: Chunk, nowMs: number): boolean {
    return isGivenUp || nowMs - readAtMs >= this.#limits.holdMs
  }

  #isSettled({ turn, readAtMs, isNumbered }: Chunk, nowMs: number): boolean {
    return isNumbered || turn < this.#turn || nowMs - readAtMs >= this.#limits.settleMs
  }

  /** The time up to which the records that may be stored are about so many bytes. */
  #cutFor(nowMs: number, maxBytes: number): number {
    const pieces = this.#releasable(nowMs).map(({ chunk, count }) => ({
      lastUs: timeOf(chunk.part.records[chunk.taken + count - 1]!),
      bytes: shareOf(chunk, count),
    }))
    let bytes = 0
    for (const piece of pieces.sort((a, b) => a.lastUs - b.lastUs)) {
      bytes += piece.bytes
      if (bytes >= maxBytes) return piece.lastUs
    }
    return Number.POSITIVE_INFINITY
  }

  #placeOf(partition: number, nowMs: number): Place {
    const place = this.#places.get(partition) ?? {
      partition,
      passedUs: Number.NEGATIVE_INFINITY,
      isAtEnd: false,
      behind: 0,
      heardAtMs: nowMs,
      chunks: [],
    }
    this.#places.set(partition, place)
    return place
  }
}

function numbersOf({ partition, records }: PartitionRecords): NumberedPart {
  return { partition, records: records.flatMap(({ value }) => numberedIn(value) ?? []) }
}

/** One look is enough: records of others are not mixed with ours. */
function isOfUs({ records }: PartitionRecords): boolean {
  return numberedIn(records[0]!.value) !== undefined
}

function piecesUpTo(places: readonly Place[], limitOf: (chunk: Chunk) => number): Piece[] {
  const pieces: Piece[] = []
  for (const place of places)
    for (const chunk of place.chunks) {
      const count = countUpTo(chunk, limitOf(chunk))
      if (count > 0) pieces.push({ place, chunk, count })
      if (chunk.taken + count < chunk.part.records.length) break
    }
  return pieces
}

/** The time of the oldest record that is beyond its limit, µs; Infinity when none is. */
function firstBehind(places: readonly Place[], limitOf: (chunk: Chunk) => number): number {
  let first = Number.POSITIVE_INFINITY
  for (const { chunks } of places)
    for (const chunk of chunks) {
      const { records } = chunk.part
      const index = chunk.taken + countUpTo(chunk, limitOf(chunk))
      if (index === records.length) continue
      first = Math.min(first, timeOf(records[index]!))
      break
    }
  return first
}

function shareOf({ part, bytes }: Chunk, count: number): number {
  return Math.round((bytes * count) / part.records.length)
}

/** The records that are not taken, in a buffer of their own. */
function copyOf(chunk: Chunk): Chunk {
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
  return { ...chunk, part, bytes: buffer.length, parcel: { bytes: buffer.length, chunks: 1 }, taken: 0 }
}

function oldestIn({ part, taken, readAtMs }: Chunk): OldestRecord {
  return { capturedMs: part.records[taken]!.timestampMs, readAtMs }
}

/** How many of the records that are left are not later than that; they stand in the order of their time, or nearly. */
function countUpTo({ part: { records }, taken }: Chunk, limitUs: number): number {
  if (limitUs === Number.POSITIVE_INFINITY) return records.length - taken
  let [low, high] = [taken, records.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timeOf(records[middle]!) <= limitUs) low = middle + 1
    else high = middle
  }
  return low - taken
}
