import type { Broker, Cluster } from 'kafkajs'
import { BusError } from '../errors.ts'
import { inTime } from '../in-time.ts'
import { byTopic, type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from '../records.ts'
import type { AnsweredPartition, FetchAnswer } from '../wire/fetch-answer.ts'
import type { UnreadableBatch } from '../wire/record-batch.ts'
import { errorOfCode } from './protocol-errors.ts'
import { withOwnDecoder } from './request-hooks.ts'

/** Where to read next in a partition. */
export interface FetchPosition extends TopicPartition {
  readonly offset: number
}

/** How much one fetch brings, and how long Kafka may wait for it. */
export interface FetchLimits {
  /** Kafka answers as soon as this much is there … */
  readonly minBytes: number
  /** … or this long has passed. */
  readonly maxWaitMs: number
  /** At most this much per broker, and per partition; a single larger record still comes. Compressed records may take as much again. */
  readonly maxBytes: number
  readonly maxBytesPerPartition: number
  /** How much larger records of a topic are than Kafka sends them: so much less is asked for of a partition. Not at all by default. */
  readonly packingOf?: (topic: string) => number
}

/** A partition that could not be read at a position, and why: a Kafka error, or BUS_BATCH_UNREADABLE. */
export interface PartitionFailure extends FetchPosition {
  readonly error: Error
}

/** Records of a partition as a fetch brought them. */
export interface FetchedPart extends PartitionRecords {
  /** What they took in Kafka's answer. */
  readonly packedBytes: number
}

/** What one fetch brought, partition by partition. */
export interface Fetched {
  readonly parts: readonly FetchedPart[]
  readonly failures: readonly PartitionFailure[]
}

const readUncommitted = 0
const noLeader = '-1'
const leaderNotAvailable = 5
const unknownTopicOrPartition = 3

/**
 * Reads once from every position, all leaders at the same time. Partitions come back even when they gave nothing, with their
 * high watermark, or with why they cannot be read: none keeps the others from it. Throws when a broker does not answer.
 * Isolation is `read_uncommitted`: nothing of ours writes in transactions.
 */
export function fetchOnce(cluster: Cluster, positions: readonly FetchPosition[], limits: FetchLimits): Promise<Fetched> {
  return inTime(fetchFromLeaders(cluster, positions, limits))
}

async function fetchFromLeaders(cluster: Cluster, positions: readonly FetchPosition[], limits: FetchLimits): Promise<Fetched> {
  await cluster.refreshMetadataIfNecessary()
  const { leaders, failures } = byLeader(cluster, positions)
  const answers = await Promise.allSettled([...leaders].map(([nodeId, wanted]) => fetchFrom(cluster, nodeId, wanted, limits)))
  const fetched = answers.map(answer => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
  return { parts: fetched.flatMap(({ parts }) => parts), failures: [...failures, ...fetched.flatMap(each => each.failures)] }
}

async function fetchFrom(cluster: Cluster, nodeId: string, wanted: readonly FetchPosition[], limits: FetchLimits): Promise<Fetched> {
  const broker = withOwnDecoder(await cluster.findBroker({ nodeId }))
  const answer: FetchAnswer = await broker.fetch(requestFor(wanted, limits))
  if (answer.errorCode !== 0) throw errorOfCode(answer.errorCode)
  const offsets = new Map(wanted.map(position => [partitionKey(position), position.offset]))
  const parts: FetchedPart[] = []
  const failures: PartitionFailure[] = []
  for (const { topicName: topic, partitions } of answer.responses)
    for (const answered of partitions) {
      const position = {
        topic,
        partition: answered.partition,
        offset: offsets.get(partitionKey({ topic, partition: answered.partition }))!,
      }
      const error = errorIn(answered, position)
      if (error === undefined) parts.push(partOf(answered, position))
      else failures.push({ ...position, error })
    }
  return { parts, failures }
}

function partOf(
  { highWatermark, records, bytes, packedBytes, isShared, nextOffset }: AnsweredPartition,
  { topic, partition, offset }: FetchPosition,
): FetchedPart {
  return {
    topic,
    partition,
    highWatermark,
    bytes,
    packedBytes,
    isShared,
    records: recordsFrom(records, offset),
    nextOffset: Math.max(offset, nextOffset ?? offset),
  }
}

function errorIn({ errorCode, unreadable }: AnsweredPartition, position: FetchPosition): Error | undefined {
  if (errorCode !== 0) return errorOfCode(errorCode)
  return unreadable === null ? undefined : unreadableError(position, unreadable)
}

function unreadableError({ topic, partition }: FetchPosition, { offset, lastOffset, reason }: UnreadableBatch): BusError {
  const place = offset === lastOffset ? `offset ${offset}` : `offsets ${offset} to ${lastOffset}`
  const message = `The record batch at ${place} of ${topic}/${partition} cannot be read: ${reason}`
  return new BusError('BUS_BATCH_UNREADABLE', message, { topic, partition, offset, lastOffset, reason })
}

function requestFor(wanted: readonly FetchPosition[], limits: FetchLimits): Parameters<Broker['fetch']>[0] {
  const { packingOf = () => 1 } = limits
  return {
    isolationLevel: readUncommitted,
    maxWaitTime: limits.maxWaitMs,
    minBytes: limits.minBytes,
    maxBytes: limits.maxBytes,
    topics: byTopic(wanted).map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, offset }) => ({
        partition,
        fetchOffset: String(offset),
        maxBytes: Math.ceil(limits.maxBytesPerPartition / packingOf(topic)),
      })),
    })),
  }
}

/** Kafka answers in whole record batches: what lies before the wanted offset is left out. */
function recordsFrom(records: readonly KafkaRecord[], from: number): readonly KafkaRecord[] {
  const first = records.findIndex(({ offset }) => offset >= from)
  return first === 0 ? records : first < 0 ? [] : records.slice(first)
}

/** The positions by the broker that leads their partition; those that none leads are failures. */
function byLeader(
  cluster: Cluster,
  positions: readonly FetchPosition[],
): { leaders: Map<string, FetchPosition[]>; failures: PartitionFailure[] } {
  const leaders = new Map<string, FetchPosition[]>()
  const wanted = new Map(positions.map(position => [partitionKey(position), position]))
  for (const { topic, partitions } of byTopic(positions))
    for (const [nodeId, ids] of Object.entries(
      cluster.findLeaderForPartitions(
        topic,
        partitions.map(({ partition }) => partition),
      ),
    )) {
      const group = leaders.get(nodeId) ?? []
      leaders.set(nodeId, group)
      for (const partition of ids) group.push(take(wanted, partitionKey({ topic, partition })))
    }
  const leaderless = (leaders.get(noLeader) ?? []).map(position => ({ ...position, error: errorOfCode(leaderNotAvailable) }))
  leaders.delete(noLeader)
  const unknown = [...wanted.values()].map(position => ({ ...position, error: errorOfCode(unknownTopicOrPartition) }))
  return { leaders, failures: [...leaderless, ...unknown] }
}

function take<Value>(map: Map<string, Value>, key: string): Value {
  const value = map.get(key)!
  map.delete(key)
  return value
}
