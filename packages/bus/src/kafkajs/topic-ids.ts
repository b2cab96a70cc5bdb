import { createRequire } from 'node:module'
import type { Cluster } from 'kafkajs'
import { type Decoder, DecoderClass, EncoderClass } from './wire.ts'

interface MetadataOptions {
  readonly topics: readonly string[]
  readonly allowAutoTopicCreation?: boolean
}

interface MetadataProtocol {
  versions: string[]
  protocol(wanted: { version: number }): (options: MetadataOptions) => object
}

const require = createRequire(import.meta.url)
const { parse } = require('kafkajs/src/protocol/requests/metadata/v6/response') as { parse: (answer: object) => Promise<object> }

const metadataKey = 3
/** The first version of Metadata that tells topic ids. */
const versionWithIds = 10
const idBytes = 16
const noId = Buffer.alloc(idBytes)
const nothing = 0

/**
 * The id that Kafka gave a topic when it was made, as Kafka's tools print it: a topic that is deleted and made again has another one. Null
 * where it is not known: before Kafka 2.8, or for a topic whose metadata were not asked for.
 */
export function topicIdOf(cluster: Cluster, topic: string): string | null {
  const [partition] = cluster.findTopicPartitionMetadata(topic) as unknown as { topicId?: string | null }[]
  return partition?.topicId ?? null
}

/** Teaches kafkajs, whose Metadata ends at version 6, the version that tells topic ids. They stand at every partition, which is where they are asked for. */
export function mendMetadata(metadata: MetadataProtocol): void {
  const { protocol, versions } = metadata
  const newest = Math.max(...versions.map(Number))
  metadata.versions = [...versions, String(versionWithIds)]
  metadata.protocol = ({ version }) =>
    version < versionWithIds
      ? protocol({ version: Math.min(version, newest) })
      : options => ({ request: requestFor(options), response: { decode: async (bytes: Buffer) => decodeMetadata(bytes), parse } })
}

function requestFor({ topics, allowAutoTopicCreation = true }: MetadataOptions): object {
  return {
    apiKey: metadataKey,
    apiVersion: versionWithIds,
    apiName: 'Metadata',
    encode: async () => {
      // The first byte closes the header, which has a place for tagged fields since requests are compact. No topics mean all of them.
      const encoder = new EncoderClass().writeUVarInt(nothing).writeUVarInt(topics.length === 0 ? nothing : topics.length + 1)
      for (const topic of topics) encoder.writeBuffer(noId).writeUVarIntString(topic).writeUVarInt(nothing)
      return encoder.writeBoolean(allowAutoTopicCreation).writeBoolean(false).writeBoolean(false).writeUVarInt(nothing)
    },
  }
}

/** An answer to Metadata version 10, behind its correlation id, in the shape of kafkajs' version 6. */
export function decodeMetadata(bytes: Buffer): object {
  const decoder = new DecoderClass(bytes)
  decoder.readTaggedFields()
  const clientSideThrottleTime = decoder.readInt32()
  const brokers = decoder.readUVarIntArray(readBroker) ?? []
  const clusterId = decoder.readUVarIntString()
  const controllerId = decoder.readInt32()
  const topicMetadata = decoder.readUVarIntArray(readTopic) ?? []
  return { throttleTime: 0, clientSideThrottleTime, brokers, clusterId, controllerId, topicMetadata }
}

function readBroker(decoder: Decoder): object {
  const broker = {
    nodeId: decoder.readInt32(),
    host: decoder.readUVarIntString(),
    port: decoder.readInt32(),
    rack: decoder.readUVarIntString(),
  }
  decoder.readTaggedFields()
  return broker
}

function readTopic(decoder: Decoder): object {
  const topicErrorCode = decoder.readInt16()
  const topic = decoder.readUVarIntString()
  const id = decoder.readBytes(idBytes)
  const topicId = id.equals(noId) ? null : id.toString('base64url')
  const isInternal = decoder.readBoolean()
  const partitionMetadata = decoder.readUVarIntArray(each => readPartition(each, topicId)) ?? []
  decoder.readInt32() // what the user may do with it
  decoder.readTaggedFields()
  return { topicErrorCode, topic, isInternal, partitionMetadata }
}

function readPartition(decoder: Decoder, topicId: string | null): object {
  const partitionErrorCode = decoder.readInt16()
  const partitionId = decoder.readInt32()
  const leader = decoder.readInt32()
  decoder.readInt32() // the leader's epoch
  const nodes = () => decoder.readUVarIntArray(each => each.readInt32()) ?? []
  const partition = { partitionErrorCode, partitionId, leader, replicas: nodes(), isr: nodes(), offlineReplicas: nodes(), topicId }
  decoder.readTaggedFields()
  return partition
}
