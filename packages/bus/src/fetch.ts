import type { Broker, Cluster } from 'kafkajs'
import { byTopic } from './cluster.ts'
import { type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'

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

interface WireRecord {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly isControlRecord: boolean
}

interface WireResponse {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly partition: number; readonly highWatermark: string; readonly messages: readonly WireRecord[] }[]
  }[]
}

const readUncommitted = 0

/**
 * Reads once from every position, all leaders at the same time. Partitions come back even when they gave nothing, with their
 * high watermark. Isolation is `read_uncommitted`: nothing of ours writes in transactions.
 */
export async function fetchOnce(cluster: Cluster, positions: readonly Position[], limits: FetchLimits): Promise<PartitionRecords[]> {
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
  const broker = await cluster.findBroker({ nodeId })
  const response: WireResponse = await broker.fetch(requestFor(wanted, limits))
  const offsets = new Map(wanted.map(position => [partitionKey(position), position.offset]))
  return response.responses.flatMap(({ topicName: topic, partitions }) =>
    partitions.map(({ partition, highWatermark, messages }) => {
      const from = offsets.get(partitionKey({ topic, partition }))!
      const last = messages.at(-1)
      return {
        topic,
        partition,
        highWatermark: Number(highWatermark),
        records: recordsFrom(messages, from),
        nextOffset: last === undefined ? from : Math.max(from, Number(last.offset) + 1),
      }
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

/** Kafka answers in whole record batches: what lies before the wanted offset, and its own control records, are left out. */
function recordsFrom(messages: readonly WireRecord[], from: number): KafkaRecord[] {
  const records: KafkaRecord[] = []
  for (const { offset, timestamp, key, value, isControlRecord } of messages) {
    const at = Number(offset)
    if (at >= from && !isControlRecord) records.push({ offset: at, timestampMs: Number(timestamp), key, value })
  }
  return records
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
