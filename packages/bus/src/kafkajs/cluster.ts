import kafkajs, { type Cluster, type Kafka } from 'kafkajs'
import { isTopicFault, reasonOf, topicFault } from '../errors.ts'
import { forMoment, inTime } from '../in-time.ts'
import type { LedPartition } from '../leaders.ts'
import type { TopicPartition } from '../records.ts'

/**
 * kafkajs' view of the brokers: metadata, leaders, and requests of our own choice.
 * kafkajs gives it to its partition assigners, so a consumer that never runs is the public way to get one.
 */
export interface OpenCluster extends AsyncDisposable {
  readonly cluster: Cluster
}

/** The same for callers that connect by themselves. */
interface ClosableCluster {
  readonly cluster: Cluster
  readonly close: () => Promise<void>
}

/** Connects and learns where the topics are. Throws as `learnTopics` does when Kafka cannot say it of each. */
export async function openCluster(kafka: Kafka, topics: readonly string[]): Promise<OpenCluster> {
  const { cluster, close } = createCluster(kafka)
  try {
    await cluster.connect()
    await learnTopics(cluster, topics)
  } catch (error) {
    await close()
    throw error
  }
  return { cluster, [Symbol.asyncDispose]: close }
}

/** A view that is not connected yet. */
export function createCluster(kafka: Kafka, options: { readonly metadataMaxAge?: number } = {}): ClosableCluster {
  let cluster: Cluster | undefined
  const consumer = kafka.consumer({
    groupId: 'tickhouse-never-joined',
    allowAutoTopicCreation: false,
    readUncommitted: true,
    partitionAssigners: [
      given => {
        cluster = given.cluster
        return kafkajs.PartitionAssigners.roundRobin(given)
      },
    ],
    ...options,
  })
  return { cluster: cluster!, close: () => forMoment(consumer.disconnect()) }
}

/** Closes the connections. */
export function disconnect(open: OpenCluster): PromiseLike<void> {
  return open[Symbol.asyncDispose]()
}

/**
 * Loads the metadata of topics. Throws BUS_TOPIC_MISSING, BUS_NOT_ALLOWED or BUS_TOPIC_UNAVAILABLE when some of them do not exist, may not be seen or have no
 * leader; the message and `details.topics` name those alone.
 */
async function learnTopics(cluster: Cluster, topics: readonly string[]): Promise<void> {
  try {
    await cluster.addMultipleTargetTopics([...topics])
  } catch (error) {
    if (!isTopicFault(error)) throw error
    const named = await topicsLike(cluster, topics, error)
    throw named.length === 0 ? error : topicFault(error, named)
  }
}

/** Kafka answers for several topics with one error and no name: which of them it is about, asked one by one. */
async function topicsLike(cluster: Cluster, topics: readonly string[], error: unknown): Promise<string[]> {
  const reason = reasonOf(error)
  const found: string[] = []
  for (const topic of topics) {
    const answer = await inTime((cluster as TopicAsking).metadata({ topics: [topic] })).catch((reply: unknown) => reply as Error)
    if (answer === null || (answer instanceof Error && reasonOf(answer) === reason)) found.push(topic)
  }
  return found
}

/** Left out of kafkajs' types. Null when no broker gave an answer without an error. */
type TopicAsking = Cluster & { metadata(options: { topics: string[] }): Promise<object | null> }

/** All partitions of the topics. */
export function partitionsOf(cluster: Cluster, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap(topic => cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId })))
}

/** Who leads the partitions of a topic. */
export function ledPartitions(cluster: Cluster, topic: string): LedPartition[] {
  return cluster
    .findTopicPartitionMetadata(topic)
    .map(({ partitionId, leader, replicas }) => ({ partition: partitionId, leader, replicas: replicas.length }))
}
