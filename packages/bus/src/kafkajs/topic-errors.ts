import type { Broker, Cluster } from 'kafkajs'
import { isRefused } from '../errors.ts'
import { errorOfCode } from './protocol-errors.ts'
import { hookRequest, type Protocol } from './request-hooks.ts'

interface MetadataAnswer {
  readonly topicMetadata: readonly {
    readonly topic: string
    readonly topicErrorCode: number
    readonly partitionMetadata: readonly { readonly partitionErrorCode: number }[]
  }[]
}

interface ClusterInside {
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> }
}

const metadataKey = 3

/** What Kafka says against a topic instead of where its partitions are, by topic. */
export type TopicErrors = ReadonlyMap<string, Error>

/**
 * Lets a cluster know all topics but those that Kafka refuses to tell of: missing ones, forbidden ones. Such a topic has no partitions,
 * until it has; the errors of the last answer stand in the map. kafkajs alone fails for all topics when one is missing, or when one
 * partition of any has no leader.
 */
export function toleratingTopicErrors(cluster: Cluster): TopicErrors {
  const errors = new Map<string, Error>()
  const pool = (cluster as unknown as ClusterInside).brokerPool
  const find = pool.findConnectedBroker
  const change = (protocol: Protocol<MetadataAnswer>) => tolerant(protocol, errors)
  pool.findConnectedBroker = async () => hookRequest(await find.call(pool), metadataKey, change)
  return errors
}

/** Loads the metadata of topics. Throws when Kafka forbids every one of them. */
export async function learnAvailable(cluster: Cluster, topics: readonly string[], errors: TopicErrors): Promise<void> {
  await cluster.addMultipleTargetTopics([...topics])
  const against = topics.map(topic => errors.get(topic))
  const [first] = against
  if (first !== undefined && against.every(error => error !== undefined && isRefused(error))) throw first
}

function tolerant(protocol: Protocol<MetadataAnswer>, errors: Map<string, Error>): Protocol<MetadataAnswer> {
  return options => {
    const given = protocol(options)
    return { ...given, response: { decode: bytes => given.response.decode(bytes), parse: async answer => withoutErrors(answer, errors) } }
  }
}

function withoutErrors(answer: MetadataAnswer, errors: Map<string, Error>): MetadataAnswer {
  const topicMetadata = answer.topicMetadata.map(({ topicErrorCode, partitionMetadata, ...topic }) => {
    if (topicErrorCode === 0) errors.delete(topic.topic)
    else errors.set(topic.topic, errorOfCode(topicErrorCode))
    const partitions = partitionMetadata.map(partition => ({ ...partition, partitionErrorCode: 0 }))
    return { ...topic, topicErrorCode: 0, partitionMetadata: topicErrorCode === 0 ? partitions : [] }
  })
  return { ...answer, topicMetadata }
}
