import kafkajs, { type Cluster, type Kafka } from 'kafkajs'
import { BusError, reasonOf } from './errors.ts'
import type { TopicPartition } from './records.ts'
import { forMoment } from './until-aborted.ts'

/**
 * kafkajs' view of the brokers: metadata, leaders, and requests of our own choice.
 * kafkajs gives it to whoever assigns partitions, so a consumer that never runs is the public way to have one.
 */
export interface OpenCluster extends AsyncDisposable {
  readonly cluster: Cluster
}

/** Connects and learns where the topics are. Throws BUS_TOPIC_MISSING when one does not exist. */
export async function openCluster(kafka: Kafka, topics: readonly string[]): Promise<OpenCluster> {
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
  })
  try {
    await consumer.connect()
    await learnTopics(cluster!, topics)
  } catch (error) {
    await forMoment(consumer.disconnect())
    throw error
  }
  return { cluster: cluster!, [Symbol.asyncDispose]: () => forMoment(consumer.disconnect()) }
}

/** Closes the connections. */
export function disconnect(open: OpenCluster): PromiseLike<void> {
  return open[Symbol.asyncDispose]()
}

/** Loads the metadata of topics. Throws BUS_TOPIC_MISSING when one of them does not exist. */
export async function learnTopics(cluster: Cluster, topics: readonly string[]): Promise<void> {
  try {
    await cluster.addMultipleTargetTopics([...topics])
  } catch (error) {
    if (reasonOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    throw new BusError('BUS_TOPIC_MISSING', `Not all of these topics exist: ${topics.join(', ')}`, {
      retriable: true,
      cause: error,
      topics,
    })
  }
}

/** All partitions of the topics. */
export function partitionsOf(cluster: Cluster, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap(topic => cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId })))
}

/** The same partitions grouped by topic, as Kafka's requests want them. */
export function byTopic<P extends TopicPartition>(partitions: readonly P[]): { topic: string; partitions: P[] }[] {
  const groups = new Map<string, P[]>()
  for (const partition of partitions) {
    const group = groups.get(partition.topic)
    if (group === undefined) groups.set(partition.topic, [partition])
    else group.push(partition)
  }
  return [...groups].map(([topic, group]) => ({ topic, partitions: group }))
}
