import { delay } from '@tickhouse/runtime'
import { BusError, isOutOfRange } from '../errors.ts'
import {
  type Cluster,
  type FetchPosition,
  offsetsAt,
  type PartitionFailure,
  type PersistOptions,
  persist,
  type StartPoint,
} from '../kafkajs/index.ts'
import { type KafkaRecord, type Offsets, type OnRecord, type OnRecords, partitionKey, type TopicPartition } from '../records.ts'
import { againMs, fetchOrMove, fetchUnlessMoved, ReadProgress } from './read-progress.ts'

/**
 * Reads partitions from a moment to the end they have now, then ends; the order within each partition is kept.
 * Needs no consumer group: nothing is joined, committed or left behind. Waits for Kafka as long as it is away.
 * A partition that cannot be read does not keep the others from being read to their end; then its error is thrown.
 */
export async function readToEnd(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: StartPoint,
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
  readonly otherwise: StartPoint
}

/** Reads partitions from where each is to begin to the end it has now; tells where that was. */
export async function readFrom(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: ReadStart,
  onRecord: OnRecord,
  options: PersistOptions,
): Promise<OffsetRange> {
  const at = (moment: StartPoint) => persist(cluster, () => offsetsAt(cluster, partitions, moment), options)
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
export interface OffsetRange {
  readonly starts: Offsets
  readonly ends: Offsets
}

async function readStretch(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { starts, ends }: OffsetRange,
  onRecord: OnRecord,
  options: PersistOptions,
): Promise<void> {
  const reading = new ReadProgress(partitions, starts, ends)
  const failures: PartitionFailure[] = []
  while (!reading.isDone) {
    const fetched = await persist(cluster, () => fetchOrMove(cluster, reading), options)
    for (const part of fetched.parts) await reading.take(part, onRecord)
    for (const failure of fetched.failures) reading.giveUp(failure)
    failures.push(...fetched.failures)
    if (fetched.failures.length === 0) reading.finishIfEmpty(fetched.parts)
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
export async function readAt(cluster: Cluster, position: FetchPosition, options: PersistOptions): Promise<KafkaRecord | undefined> {
  const { parts, failures } = await persist(cluster, () => fetchUnlessMoved(cluster, [position]), options)
  for (const { error } of failures) if (!isOutOfRange(error)) throw error
  return parts.flatMap(({ records }) => records).find(({ offset }) => offset === position.offset)
}

/** What a follower may be told while it goes on. */
export interface FollowOptions extends PersistOptions {
  readonly signal: AbortSignal
  /** Called once for each place that cannot be read. The follower retries it every few seconds. */
  readonly onUnreadable?: ((error: Error) => void) | undefined
}

/**
 * Reads partitions from a moment on and goes on with what comes, until the signal aborts; hands over everything that one fetch brought.
 * Joins no group either. A partition that cannot be read waits, and the others go on.
 */
export async function follow(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  from: StartPoint,
  onRecords: OnRecords,
  options: FollowOptions,
): Promise<void> {
  const starts = await persist(cluster, () => offsetsAt(cluster, partitions, from), options)
  const reading = new ReadProgress(
    partitions,
    starts,
    new Map(partitions.map(partition => [partitionKey(partition), Number.POSITIVE_INFINITY])),
  )
  while (!options.signal.aborted) {
    if (!reading.hasPositions) await delay(againMs / 10, options.signal)
    const fetched = await persist(cluster, () => fetchOrMove(cluster, reading), options)
    for (const failure of fetched.failures) if (reading.pause(failure)) tell(failure, options)
    for (const part of fetched.parts) reading.moveTo(part, part.nextOffset)
    const records = fetched.parts.flatMap(({ topic, partition, records: own }) => own.map(record => ({ topic, partition, ...record })))
    if (records.length > 0) await onRecords(records)
  }
}

function tell({ topic, partition, offset, error }: PartitionFailure, { log, onUnreadable }: FollowOptions): void {
  log.warn({ topic, partition, offset, reason: error.message }, 'A partition cannot be read from here on, looking again and again')
  onUnreadable?.(error)
}
