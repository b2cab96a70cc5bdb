import { delay, Turn } from '@tickhouse/runtime'
import { BusError, isMoved, isOutOfRange } from './errors.ts'
import {
  type Cluster,
  type Fetched,
  type FetchLimits,
  fetchOnce,
  type Moment,
  type Offsets,
  offsetsAt,
  type PartitionFailure,
  type PersistOptions,
  type Position,
  persist,
} from './kafkajs/index.ts'
import { type KafkaRecord, type OnRecord, type OnRound, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'

const limits: FetchLimits = { minBytes: 1, maxWaitMs: 250, maxBytes: 8 << 20, maxBytesPerPartition: 2 << 20 }

/** How soon a follower looks again at a partition that cannot be read. */
const againMs = 5_000

/**
 * Reads partitions from a moment to the end they have now, then ends; the order within each partition is kept.
 * Needs no consumer group: nothing is joined, committed or left behind. Waits for Kafka as long as it is away.
 * A partition that cannot be read does not keep the others from being read to their end; then its error is thrown.
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
  await readStretch(cluster, partitions, { starts, ends }, onRecord, options)
}

/** Where a read begins, per partition: at an offset that is known, or else at a moment. */
export interface ReadStart {
  /** By `partitionKey`. One that the partition does not have, no longer or not yet, counts as its oldest. */
  readonly offsets: Readonly<Record<string, number>>
  readonly otherwise: Moment
}

/** Reads partitions from where each is to begin to the end it has now; tells where that was. */
export async function readFrom(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: ReadStart,
  onRecord: OnRecord,
  options: PersistOptions,
): Promise<Stretch> {
  const at = (moment: Moment) => persist(cluster, () => offsetsAt(cluster, partitions, moment), options)
  const [oldest, otherwise] = [await at('earliest'), await at(from.otherwise)]
  const ends = await at('latest')
  const startOf = (key: string) => {
    const offset = from.offsets[key] ?? otherwise.get(key)!
    return offset < oldest.get(key)! || offset > ends.get(key)! ? oldest.get(key)! : offset
  }
  const starts = new Map(partitions.map(partition => [partitionKey(partition), startOf(partitionKey(partition))]))
  await readStretch(cluster, partitions, { starts, ends }, onRecord, options)
  return { starts, ends }
}

/** What is read of each partition; `ends` are not included. */
export interface Stretch {
  readonly starts: Offsets
  readonly ends: Offsets
}

async function readStretch(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { starts, ends }: Stretch,
  onRecord: OnRecord,
  options: PersistOptions,
): Promise<void> {
  const reading = new Reading(partitions, starts, ends)
  const failures: PartitionFailure[] = []
  while (!reading.isDone) {
    const round = await persist(cluster, () => fetchOrMove(cluster, reading), options)
    for (const part of round.parts) await reading.take(part, onRecord)
    for (const failure of round.failures) reading.giveUp(failure)
    failures.push(...round.failures)
    if (round.failures.length === 0) reading.finishIfEmpty(round.parts)
  }
  throwFirst(failures)
}

/** The first error stands for all; where several partitions cannot be read, its details tell of each. */
function throwFirst(failures: readonly PartitionFailure[]): void {
  const [first] = failures
  if (first === undefined) return
  const unreadable = failures.map(({ error }) => error).filter(error => error instanceof BusError)
  if (!(first.error instanceof BusError) || unreadable.length === 1) throw first.error
  throw new BusError('BUS_BATCH_UNREADABLE', unreadable.map(({ message }) => message).join('; '), {
    ...first.error.details,
    batches: unreadable.map(({ details }) => details),
  })
}

/**
 * Reads the one record that stands at a position; undefined when it has expired, or nothing stands there yet. Throws BUS_BATCH_UNREADABLE
 * when its record batch cannot be read.
 */
export async function readAt(cluster: Cluster, position: Position, options: PersistOptions): Promise<KafkaRecord | undefined> {
  const { parts, failures } = await persist(cluster, () => fetchUnlessMoved(cluster, [position]), options)
  for (const { error } of failures) if (!isOutOfRange(error)) throw error
  return parts.flatMap(({ records }) => records).find(({ offset }) => offset === position.offset)
}

/** What a follower may be told while it goes on. */
export interface FollowOptions extends PersistOptions {
  readonly signal: AbortSignal
  /** Hears once of each place that cannot be read; it is looked at again every few seconds. */
  readonly onUnreadable?: ((error: Error) => void) | undefined
}

/**
 * Reads partitions from a moment on and goes on with what comes, until the signal aborts; hands over everything that one fetch brought.
 * Joins no group either. A partition that cannot be read waits, and the others go on.
 */
export async function follow(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: Moment,
  onRound: OnRound,
  options: FollowOptions,
): Promise<void> {
  const starts = await persist(cluster, () => offsetsAt(cluster, partitions, from), options)
  const reading = new Reading(partitions, starts, new Map(partitions.map(partition => [partitionKey(partition), Number.POSITIVE_INFINITY])))
  while (!options.signal.aborted) {
    if (!reading.hasPositions) await delay(againMs / 10, options.signal)
    const round = await persist(cluster, () => fetchOrMove(cluster, reading), options)
    for (const failure of round.failures) if (reading.pause(failure)) tell(failure, options)
    for (const part of round.parts) reading.moveTo(part, part.nextOffset)
    const records = round.parts.flatMap(({ topic, partition, records: own }) => own.map(record => ({ topic, partition, ...record })))
    if (records.length > 0) await onRound(records)
  }
}

function tell({ topic, partition, offset, error }: PartitionFailure, { log, onUnreadable }: FollowOptions): void {
  log.warn({ topic, partition, offset, reason: error.message }, 'A partition cannot be read from here on, looking again and again')
  onUnreadable?.(error)
}

/** How far a read has come: from which offset to which, per partition. */
class Reading {
  readonly #next = new Map<string, Position>()
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

  get positions(): Position[] {
    const now = performance.now()
    return [...this.#next].filter(([key]) => (this.#paused.get(key)?.untilMs ?? 0) <= now).map(([, position]) => position)
  }

  /** Leaves a partition as it is. */
  giveUp(partition: TopicPartition): void {
    this.#next.delete(partitionKey(partition))
  }

  /** Leaves a partition alone for a while; true when it was not known to stand still at this offset. */
  pause({ topic, partition, offset }: Position): boolean {
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
  finishIfEmpty(round: readonly PartitionRecords[]): void {
    const isEmpty = round.every(part => part.records.length === 0 && part.highWatermark >= this.#ends.get(partitionKey(part))!)
    if (isEmpty && round.length === this.#next.size) this.#next.clear()
  }
}

/**
 * Reads on; a partition whose records have expired meanwhile goes on with what is left. What is left of the failures is no matter of
 * waiting.
 */
async function fetchOrMove(cluster: Cluster, reading: Reading): Promise<Fetched> {
  const { parts, failures } = await fetchUnlessMoved(cluster, reading.positions)
  const { expired = [], others = [] } = Object.groupBy(failures, ({ error }) => (isOutOfRange(error) ? 'expired' : 'others'))
  const earliest = expired.length === 0 ? new Map<string, number>() : await offsetsAt(cluster, expired, 'earliest')
  for (const failure of expired) reading.moveTo(failure, earliest.get(partitionKey(failure))!)
  return { parts, failures: others }
}

/** Throws, so that it is tried again, when a partition has moved; what the others gave is asked for once more. */
async function fetchUnlessMoved(cluster: Cluster, positions: readonly Position[]): Promise<Fetched> {
  const fetched = await fetchOnce(cluster, positions, limits)
  const moved = fetched.failures.find(({ error }) => isMoved(error))
  if (moved !== undefined) throw moved.error
  return fetched
}
