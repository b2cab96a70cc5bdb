import { Turn } from '@tickhouse/runtime'
import type { Cluster } from 'kafkajs'
import { outOfRange } from './errors.ts'
import { type FetchLimits, fetchOnce, type Position } from './fetch.ts'
import { type Moment, type Offsets, offsetsAt } from './offsets.ts'
import { type PersistOptions, persist } from './persist.ts'
import { type KafkaRecord, type OnRecord, type OnRound, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'

const limits: FetchLimits = { minBytes: 1, maxWaitMs: 250, maxBytes: 16 << 20, maxBytesPerPartition: 2 << 20 }

/**
 * Reads partitions from a moment to the end they have now, then ends; the order within each partition is kept.
 * Needs no consumer group: nothing is joined, committed or left behind. Waits for Kafka as long as it is away.
 */
export async function readToEnd(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: Moment,
  onRecord: OnRecord,
  options: PersistOptions,
): Promise<void> {
  const starts = await persist(cluster, () => offsetsAt(cluster, partitions, from), options)
  const ends = await persist(cluster, () => offsetsAt(cluster, partitions, 'latest'), options)
  const reading = new Reading(partitions, starts, ends)
  while (!reading.isDone) {
    const round = await persist(cluster, () => fetchOrSkip(cluster, reading), options)
    for (const part of round) await reading.take(part, onRecord)
    reading.finishIfEmpty(round)
  }
}

/** Reads the one record that stands at a position; undefined when it has expired, or nothing stands there yet. */
export async function readAt(cluster: Cluster, position: Position, options: PersistOptions): Promise<KafkaRecord | undefined> {
  try {
    const parts = await persist(cluster, () => fetchOnce(cluster, [position], limits), options)
    return parts.flatMap(({ records }) => records).find(({ offset }) => offset === position.offset)
  } catch (error) {
    if (outOfRange(error) === undefined) throw error
    return undefined
  }
}

/**
 * Reads partitions from a moment on and goes on with what comes, until the signal aborts; hands over everything that one fetch brought.
 * Joins no group either.
 */
export async function follow(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: Moment,
  onRound: OnRound,
  options: PersistOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const starts = await persist(cluster, () => offsetsAt(cluster, partitions, from), options)
  const reading = new Reading(partitions, starts, new Map(partitions.map(partition => [partitionKey(partition), Number.POSITIVE_INFINITY])))
  while (!options.signal.aborted) {
    const round = await persist(cluster, () => fetchOrSkip(cluster, reading), options)
    for (const part of round) reading.moveTo(part, part.nextOffset)
    const records = round.flatMap(({ topic, partition, records: own }) => own.map(record => ({ topic, partition, ...record })))
    if (records.length > 0) await onRound(records)
  }
}

/** How far a read has come: from which offset to which, per partition. */
class Reading {
  readonly #next = new Map<string, Position>()
  readonly #ends: Offsets
  readonly #turn = new Turn()

  constructor(partitions: readonly TopicPartition[], starts: Offsets, ends: Offsets) {
    this.#ends = ends
    for (const partition of partitions) this.moveTo(partition, starts.get(partitionKey(partition))!)
  }

  get isDone(): boolean {
    return this.#next.size === 0
  }

  get positions(): Position[] {
    return [...this.#next.values()]
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
  finishIfEmpty(round: readonly PartitionRecords[]): void {
    const isEmpty = round.every(part => part.records.length === 0 && part.highWatermark >= this.#ends.get(partitionKey(part))!)
    if (isEmpty && round.length === this.#next.size) this.#next.clear()
  }
}

/** Reads on; a partition whose records have expired meanwhile goes on with what is left. */
async function fetchOrSkip(cluster: Cluster, reading: Reading): Promise<PartitionRecords[]> {
  try {
    return await fetchOnce(cluster, reading.positions, limits)
  } catch (error) {
    const expired = outOfRange(error)
    if (expired === undefined) throw error
    const earliest = await offsetsAt(cluster, [expired], 'earliest')
    reading.moveTo(expired, earliest.get(partitionKey(expired))!)
    return []
  }
}
