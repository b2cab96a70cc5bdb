import type { PartitionProgress, PartitionRecords, Poll, TopicPartition } from '@tickhouse/bus'
import { type BufferUse, type Chunk, leftIn, type OldestRecord, oldestIn, shareOf } from './chunk.ts'
import { timeOf } from './record-head.ts'
import type { Place } from './time-order.ts'

/** How far a partition has come, and what waits of it. */
export interface PartitionPlace extends Place {
  readonly partition: number
  passedUs: number
  isAtEnd: boolean
  /** Records that Kafka has and that were not read. */
  behind: number
  heardAtMs: number
  readonly chunks: Chunk[]
}

/** What was read of each partition of a topic and waits, in order, and how much more Kafka has of it. */
export class Partitions {
  readonly #topic: string
  readonly #orderWaitMs: number
  readonly #places = new Map<number, PartitionPlace>()

  /** A partition of which nothing was heard for `orderWaitMs` brings nothing. */
  constructor(topic: string, orderWaitMs: number) {
    this.#topic = topic
    this.#orderWaitMs = orderWaitMs
  }

  get all(): PartitionPlace[] {
    return [...this.#places.values()]
  }

  /** True when nothing waits. */
  get isEmpty(): boolean {
    return this.all.every(({ chunks }) => chunks.length === 0)
  }

  /** Adds what was read of a partition. */
  add(part: PartitionRecords, chunk: Omit<Chunk, 'part' | 'bytes' | 'isGivenUp' | 'taken'>): void {
    const place = this.#placeOf(part.partition, chunk.readAtMs)
    place.chunks.push({ ...chunk, part, bytes: part.bytes, isGivenUp: false, taken: 0 })
    place.passedUs = timeOf(part.records.at(-1)!)
    place.heardAtMs = chunk.readAtMs
  }

  /** Takes over how far the partitions have come; those that are read no more are forgotten once nothing of them waits. */
  note(progress: readonly PartitionProgress[], nowMs: number): void {
    const known = new Set(progress.map(({ partition }) => partition))
    for (const [partition, { chunks }] of this.#places) if (!known.has(partition) && chunks.length === 0) this.#places.delete(partition)
    for (const { partition, offset, highWatermark } of progress) {
      const place = this.#placeOf(partition, nowMs)
      place.behind = Math.max(0, highWatermark - offset)
      place.isAtEnd = place.behind === 0
      if (place.isAtEnd) place.heardAtMs = nowMs
    }
  }

  /** Records that are about to be read: those of partitions that bring something and of which less than that waits. */
  comingAt(nowMs: number, maxBytes: number): number {
    let sum = 0
    for (const { partition, behind, heardAtMs } of this.#places.values())
      if (nowMs - heardAtMs < this.#orderWaitMs && this.bytesOf(partition) < maxBytes) sum += behind
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

  /** Bytes of a partition that wait. */
  bytesOf(partition: number): number {
    return (this.#places.get(partition)?.chunks ?? []).reduce((sum, chunk) => sum + shareOf(chunk, leftIn(chunk)), 0)
  }

  /** The first record of a partition that waits, and when it was read. */
  oldestOf(partition: number): OldestRecord | undefined {
    const [first] = this.#places.get(partition)?.chunks ?? []
    return first === undefined ? undefined : oldestIn(first)
  }

  /** What waits now is held no longer for the sake of its order. */
  giveUpOrder(): void {
    for (const { chunks } of this.#places.values())
      for (const [index, chunk] of chunks.entries()) chunks[index] = { ...chunk, isGivenUp: true }
  }

  /** Forgets what has become stale; gives what leaves the memory with it. */
  dropStale(isStale: (place: TopicPartition, poll: Poll) => boolean): BufferUse[] {
    const dropped: BufferUse[] = []
    for (const { partition, chunks } of this.#places.values()) {
      const place = { topic: this.#topic, partition }
      for (let index = chunks.length - 1; index >= 0; index--)
        if (isStale(place, chunks[index]!.poll)) dropped.push(...chunks.splice(index, 1).map(({ buffer }) => buffer))
    }
    return dropped
  }

  #placeOf(partition: number, nowMs: number): PartitionPlace {
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
