import type { Cluster } from 'kafkajs'
import { inTime } from '../in-time.ts'
import { byTopic, type Offsets, partitionKey, type TopicPartition } from '../records.ts'

/** A moment in a partition: its oldest record, its end, or the first record that is not older than a time in ms. */
export type StartPoint = 'earliest' | 'latest' | { readonly sinceMs: number }

/** What a group has committed for a partition. */
export interface CommittedOffset extends TopicPartition {
  /** The offset of the first record that is not done. */
  readonly offset: number
  readonly metadata: string
}

/** Asks for the offset of that moment in every partition; a partition without a record since then gives its end. */
export async function offsetsAt(cluster: Cluster, partitions: readonly TopicPartition[], moment: StartPoint): Promise<Offsets> {
  const offsets = await listOffsets(cluster, partitions, moment)
  const open = partitions.filter(partition => (offsets.get(partitionKey(partition)) ?? -1) < 0)
  if (open.length === 0) return offsets
  const ends = await listOffsets(cluster, open, 'latest')
  return new Map([...offsets, ...ends])
}

/** Asks what a group has committed; partitions without a commit are left out. */
export async function committedOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<CommittedOffset[]> {
  const coordinator = await inTime(cluster.findGroupCoordinator({ groupId }))
  const topics = byTopic(partitions).map(group => ({
    topic: group.topic,
    partitions: group.partitions.map(({ partition }) => ({ partition, offset: '' })),
  }))
  const { responses } = await inTime(coordinator.offsetFetch({ groupId, topics }))
  return responses.flatMap(({ topic, partitions: answered }) =>
    answered
      .map(answer => ({ topic, partition: answer.partition, offset: Number(answer.offset), metadata: metadataOf(answer) }))
      .filter(({ offset }) => offset >= 0),
  )
}

function metadataOf(answer: object): string {
  return (answer as { metadata?: string | null }).metadata ?? ''
}

async function listOffsets(cluster: Cluster, partitions: readonly TopicPartition[], moment: StartPoint): Promise<Offsets> {
  const wanted = byTopic(partitions).map(({ topic, partitions: ids }) => ({
    topic,
    partitions: ids.map(({ partition }) => ({ partition })),
    ...at(moment),
  }))
  const answer = await inTime(cluster.fetchTopicsOffset(wanted))
  return new Map(
    answer.flatMap(({ topic, partitions: found }) =>
      found.map(({ partition, offset }) => [partitionKey({ topic, partition }), Number(offset)] as const),
    ),
  )
}

function at(moment: StartPoint): { fromBeginning: boolean } | { fromTimestamp: number } {
  return typeof moment === 'string' ? { fromBeginning: moment === 'earliest' } : { fromTimestamp: moment.sinceMs }
}
