import type { Broker, Cluster } from 'kafkajs'
import { byTopic } from './cluster.ts'
import type { FetchAnswer } from './fetch-answer.ts'
import { withOwnDecoder } from './fetch-hook.ts'
import { type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'
import { inTime } from './until-aborted.ts'

/** Where to read next in a partition. */
export interface Position extends TopicPartition {
  readonly offset: number
}

/** How much one fetch brings, and how long Kafka may wait for it. */
export interface FetchLimits {
  /** Kafka answers as soon as this much is there … */
  readonly minBytes: number
  /** … or this long has passed. */
  readonly maxWaitMs: number
  /** At most this much per broker, and per partition; a single larger record still comes. */
  readonly maxBytes: number
  readonly maxBytesPerPartition: number
}

const readUncommitted = 0

/**
 * Reads once from every position, all leaders at the same time. Partitions come back even when they gave nothing, with their
 * high watermark. Isolation is `read_uncommitted`: nothing of ours writes in transactions.
 */
export function fetchOnce(cluster: Cluster, positions: readonly Position[], limits: FetchLimits): Promise<PartitionRecords[]> {
  return inTime(fetchFromLeaders(cluster, positions, limits))
}

async function fetchFromLeaders(cluster: Cluster, positions: readonly Position[], limits: FetchLimits): Promise<PartitionRecords[]> {
  await cluster.refreshMetadataIfNecessary()
  const answers = await Promise.allSettled(
    [...byLeader(cluster, positions)].map(([nodeId, wanted]) => fetchFrom(cluster, nodeId, wanted, limits)),
  )
  return answers.flatMap(answer => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}

async function fetchFrom(cluster: Cluster, nodeId: string, wanted: readonly Position[], limits: FetchLimits): Promise<PartitionRecords[]> {
  const broker = withOwnDecoder(await cluster.findBroker({ nodeId }))
  const answer: FetchAnswer = await broker.fetch(requestFor(wanted, limits))
  const offsets = new Map(wanted.map(position => [partitionKey(position), position.offset]))
  return answer.responses.flatMap(({ topicName: topic, partitions }) =>
    partitions.map(({ partition, highWatermark, records, bytes, nextOffset }) => {
      const from = offsets.get(partitionKey({ topic, partition }))!
      return { topic, partition, highWatermark, bytes, records: recordsFrom(records, from), nextOffset: Math.max(from, nextOffset ?? from) }
    }),
  )
}

function requestFor(wanted: readonly Position[], limits: FetchLimits): Parameters<Broker['fetch']>[0] {
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
        maxBytes: limits.maxBytesPerPartition,
      })),
    })),
  }
}

/** Kafka answers in whole record batches: what lies before the wanted offset is left out. */
function recordsFrom(records: readonly KafkaRecord[], from: number): readonly KafkaRecord[] {
  const first = records.findIndex(({ offset }) => offset >= from)
  return first === 0 ? records : first < 0 ? [] : records.slice(first)
}

function byLeader(cluster: Cluster, positions: readonly Position[]): Map<string, Position[]> {
  const leaders = new Map<string, Position[]>()
  for (const { topic, partitions } of byTopic(positions)) {
    const wanted = new Map(partitions.map(position => [position.partition, position]))
    for (const [nodeId, ids] of Object.entries(cluster.findLeaderForPartitions(topic, [...wanted.keys()]))) {
      const group = leaders.get(nodeId) ?? []
      leaders.set(nodeId, [...group, ...ids.map(id => wanted.get(id)!)])
    }
  }
  return leaders
}
