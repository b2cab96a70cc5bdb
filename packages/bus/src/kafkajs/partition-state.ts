import type { Cluster } from 'kafkajs'
import { reasonOf } from '../errors.ts'
import { type KafkaRecord, partitionKey, type TopicPartition } from '../records.ts'
import type { FetchPosition } from './fetch.ts'
import { committedOffsets, offsetsAt } from './offsets.ts'
import { topicIdOf } from './topic-ids.ts'

/** A partition that is about to be read: what the group has committed, and what Kafka holds. */
export interface PartitionState extends TopicPartition {
  /** What Kafka calls this topic: one that is deleted and made again has another id. Null where Kafka does not tell. */
  readonly topicId: string | null
  readonly committed: { readonly offset: number; readonly metadata: string } | null
  /** Offset of the oldest record that is left. */
  readonly earliest: number
  /** Offset that the next record will get. */
  readonly latest: number
}

/** Reads the one record at a position; undefined when none stands there. */
export type RecordAt = (position: FetchPosition) => Promise<KafkaRecord | undefined>

/**
 * Decides where to begin to read partitions of one topic; may look at single records for that. One that it leaves out is not read. It may
 * take its time: other topics do not wait.
 */
export type StartAt = (partitions: readonly PartitionState[], recordAt: RecordAt) => Promise<readonly FetchPosition[]>

/** How far reading has come in a partition. */
export interface PartitionProgress extends FetchPosition {
  /** The offset that the next record will get. */
  readonly highWatermark: number
  readonly topicId: string | null
}

/** Where partitions stand now; those that nobody leads are left out. */
export async function partitionStates(cluster: Cluster, groupId: string, wanted: readonly TopicPartition[]): Promise<PartitionState[]> {
  await cluster.refreshMetadata()
  const partitions = wanted.filter(partition => hasLeader(cluster, partition))
  if (partitions.length === 0) return []
  const committed = await committedOffsets(cluster, groupId, partitions)
  const byKey = new Map(committed.map(offset => [partitionKey(offset), offset]))
  const earliest = await offsetsAt(cluster, partitions, 'earliest')
  const latest = await offsetsAt(cluster, partitions, 'latest')
  return partitions.map(({ topic, partition }) => {
    const key = partitionKey({ topic, partition })
    return {
      topic,
      partition,
      topicId: topicIdOf(cluster, topic),
      committed: byKey.get(key) ?? null,
      earliest: earliest.get(key)!,
      latest: latest.get(key)!,
    }
  })
}

/** True when some broker leads the partition, as far as is known. */
export function hasLeader(cluster: Cluster, { topic, partition }: TopicPartition): boolean {
  if (!knowsTopics(cluster)) return false
  return cluster.findTopicPartitionMetadata(topic).some(({ partitionId, leader }) => partitionId === partition && leader >= 0)
}

/** False from when the connections were dropped, and all that was known of topics with them, until it is looked up again. */
export function knowsTopics(cluster: Cluster): boolean {
  try {
    cluster.findTopicPartitionMetadata('')
    return true
  } catch (error) {
    if (reasonOf(error) === 'KafkaJSTopicMetadataNotLoaded') return false
    throw error
  }
}
