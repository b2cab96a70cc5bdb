import { Turn } from '@tickhouse/runtime'
import { isMoved, isOutOfRange } from '../errors.ts'
import { type Cluster, type Fetched, type FetchLimits, type FetchPosition, fetchOnce, offsetsAt } from '../kafkajs/index.ts'
import { type Offsets, type OnRecord, type PartitionRecords, partitionKey, type TopicPartition } from '../records.ts'

const limits: FetchLimits = { minBytes: 1, maxWaitMs: 250, maxBytes: 8 << 20, maxBytesPerPartition: 2 << 20 }

/** How soon a follower looks again at a partition that cannot be read. */
export const againMs = 5_000

/** How far a read has come: from which offset to which, per partition. */
export class ReadProgress {
  readonly #next = new Map<string, FetchPosition>()
  readonly #ends: Offsets
  readonly #paused = new Map<string, { readonly offset: number; readonly untilMs: number }>()
  readonly #turn = new Turn()

  constructor(partitions: readonly TopicPartition[], starts: Offsets, ends: Offsets) {
    this.#ends = ends
    for (const partition of partitions) this.moveTo(partition, starts.get(partitionKey(partition))!)
  }

  get isDone(): boolean {
    return this.#next.size === 0
  }

  get hasPositions(): boolean {
    return this.positions.length > 0
  }

  get positions(): FetchPosition[] {
    const now = performance.now()
    return [...this.#next].filter(([key]) => (this.#paused.get(key)?.untilMs ?? 0) <= now).map(([, position]) => position)
  }

  /** Leaves a partition as it is. */
  giveUp(partition: TopicPartition): void {
    this.#next.delete(partitionKey(partition))
  }

  /** Leaves a partition alone for a while; true when it was not known to stand still at this offset. */
  pause({ topic, partition, offset }: FetchPosition): boolean {
    const key = partitionKey({ topic, partition })
    const isNew = this.#paused.get(key)?.offset !== offset
    this.#paused.set(key, { offset, untilMs: performance.now() + againMs })
    return isNew
  }

  moveTo({ topic, partition }: TopicPartition, offset: number): void {
    const key = partitionKey({ topic, partition })
    if (offset >= this.#ends.get(key)!) this.#next.delete(key)
    else this.#next.set(key, { topic, partition, offset })
  }

  /** Hands over the records before the end; what came after the read began is left out. */
  async take({ topic, partition, records, nextOffset }: PartitionRecords, onRecord: OnRecord): Promise<void> {
    const end = this.#ends.get(partitionKey({ topic, partition }))!
    for (const record of records) {
      if (record.offset >= end) break
      const waits = onRecord({ topic, partition, ...record })
      if (waits !== undefined) await waits
      if (this.#turn.isOver) await this.#turn.next()
    }
    this.moveTo({ topic, partition }, nextOffset)
  }

  /** Compaction may leave a partition's end without records: when nothing at all came, although all is visible, nothing will. */
  finishIfEmpty(parts: readonly PartitionRecords[]): void {
    const isEmpty = parts.every(part => part.records.length === 0 && part.highWatermark >= this.#ends.get(partitionKey(part))!)
    if (isEmpty && parts.length === this.#next.size) this.#next.clear()
  }
}

/**
 * Reads on; a partition whose records have expired meanwhile goes on with what is left. What is left of the failures is no matter of
 * waiting.
 */
export async function fetchOrMove(cluster: Cluster, reading: ReadProgress): Promise<Fetched> {
  const { parts, failures } = await fetchUnlessMoved(cluster, reading.positions)
  const { expired = [], others = [] } = Object.groupBy(failures, ({ error }) => (isOutOfRange(error) ? 'expired' : 'others'))
  const earliest = expired.length === 0 ? new Map<string, number>() : await offsetsAt(cluster, expired, 'earliest')
  for (const failure of expired) reading.moveTo(failure, earliest.get(partitionKey(failure))!)
  return { parts, failures: others }
}

/** Throws when a partition has moved. The caller then fetches all partitions again. */
export async function fetchUnlessMoved(cluster: Cluster, positions: readonly FetchPosition[]): Promise<Fetched> {
  const fetched = await fetchOnce(cluster, positions, limits)
  const moved = fetched.failures.find(({ error }) => isMoved(error))
  if (moved !== undefined) throw moved.error
  return fetched
}
