import type { Broker, Cluster } from 'kafkajs'
import { inTime } from '../in-time.ts'
import { errorOfCode } from './protocol-errors.ts'
import { type Decoder, DecoderClass, EncoderClass } from './wire.ts'

/** The disk of a folder in which a broker keeps partitions. */
export interface BrokerDisk {
  readonly broker: number
  readonly folder: string
  readonly freeBytes: number
  readonly totalBytes: number
}

interface BrokerInside {
  /** What the broker understands, by the number of the request. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null
  readonly connectionPool: { send(call: object): Promise<LogDirs> }
}

interface LogDirs {
  readonly errorCode: number
  readonly folders: readonly (Omit<BrokerDisk, 'broker'> & { readonly errorCode: number })[]
}

const describeLogDirsKey = 35
/** The first version that tells the room on the disk: Kafka 3.3. */
const versionWithRoom = 4
const [nothing, noTopics] = [0, 1]

/**
 * The disks of all brokers that answer; kafkajs has no such request. A broker that does not answer, one before Kafka 3.3 and a folder that is offline tell no room and are left out.
 * Throws where none answers, or the user may not describe the cluster.
 */
export async function brokerDisks(cluster: Cluster): Promise<BrokerDisk[]> {
  await inTime(cluster.refreshMetadata())
  // Their type says numbers; they are texts.
  const nodes: readonly (number | string)[] = cluster.getNodeIds()
  const asked = await Promise.allSettled(nodes.map(node => disksOf(cluster, String(node))))
  const [failed] = asked.filter(answer => answer.status === 'rejected')
  if (failed !== undefined && asked.every(answer => answer.status === 'rejected')) throw failed.reason
  return asked.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
}

async function disksOf(cluster: Cluster, node: string): Promise<BrokerDisk[]> {
  const broker = (await inTime(cluster.findBroker({ nodeId: node }))) as Broker & BrokerInside
  if ((broker.versions?.[describeLogDirsKey]?.maxVersion ?? 0) < versionWithRoom) return []
  const { errorCode, folders } = await inTime(broker.connectionPool.send({ request, response }))
  if (errorCode !== 0) throw errorOfCode(errorCode)
  return folders
    .filter(folder => folder.errorCode === 0 && folder.freeBytes >= 0)
    .map(({ folder, freeBytes, totalBytes }) => ({ broker: Number(node), folder, freeBytes, totalBytes }))
}

/** Asks for the folders without the partitions in them. */
const request = {
  apiKey: describeLogDirsKey,
  apiVersion: versionWithRoom,
  apiName: 'DescribeLogDirs',
  // The first byte closes the header, which has a place for tagged fields since requests are compact.
  encode: async () => new EncoderClass().writeUVarInt(nothing).writeUVarInt(noTopics).writeUVarInt(nothing),
}

const response = { decode: async (bytes: Buffer) => decodeLogDirs(bytes), parse: async (answer: LogDirs) => answer }

/** An answer to DescribeLogDirs version 4, behind its correlation id. */
export function decodeLogDirs(bytes: Buffer): LogDirs & { readonly clientSideThrottleTime: number } {
  const decoder = new DecoderClass(bytes)
  decoder.readTaggedFields()
  const clientSideThrottleTime = decoder.readInt32()
  const errorCode = decoder.readInt16()
  return { clientSideThrottleTime, errorCode, folders: decoder.readUVarIntArray(readFolder) ?? [] }
}

function readFolder(decoder: Decoder): LogDirs['folders'][number] {
  const errorCode = decoder.readInt16()
  const folder = decoder.readUVarIntString() ?? ''
  decoder.readUVarIntArray(readTopic)
  const [totalBytes, freeBytes] = [readNumber(decoder), readNumber(decoder)]
  decoder.readTaggedFields()
  return { errorCode, folder, totalBytes, freeBytes }
}

/** No topics were requested; those that a broker lists anyway are skipped. */
function readTopic(decoder: Decoder): void {
  decoder.readUVarIntString()
  decoder.readUVarIntArray(partition => {
    partition.readInt32()
    partition.readInt64()
    partition.readInt64()
    partition.readBoolean()
    partition.readTaggedFields()
  })
  decoder.readTaggedFields()
}

function readNumber(decoder: Decoder): number {
  return Number(decoder.readInt64().toString())
}
