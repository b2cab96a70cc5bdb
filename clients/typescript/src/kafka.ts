import { createRequire } from 'node:module'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import kafkajs, { type Admin, type Kafka, type KafkaConfig } from 'kafkajs'
import { RecordError } from './decode.ts'
import type { PartitionBegin, PartitionEnds } from './position.ts'

const { CompressionCodecs, CompressionTypes, Kafka: Client, logLevel } = kafkajs
const require = createRequire(import.meta.url)

/** A client that reads what tickhouse writes: zstd, or LZ4 where the operator chose it. */
export function clientFor(config: KafkaConfig): Kafka {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer),
    decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => {
    const { compressFrameSync, decompressFrameSync } = lz4()
    return {
      compress: async ({ buffer }: { buffer: Buffer }) => compressFrameSync(buffer),
      decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
    }
  }
  return new Client({ clientId: 'tickhouse-records', logLevel: logLevel.NOTHING, ...config })
}

interface Lz4 {
  compressFrameSync(bytes: Buffer): Buffer
  decompressFrameSync(bytes: Buffer): Buffer
}

function lz4(): Lz4 {
  try {
    return require('lz4-napi') as Lz4
  } catch (cause) {
    throw new RecordError('CODEC_MISSING', 'The topics are packed with LZ4, which the package lz4-napi unpacks: npm install lz4-napi', {
      cause,
    })
  }
}

/** Asks Kafka something over a connection of its own. */
export async function asking<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** What Kafka has of each partition of a topic. */
export async function endsOf(admin: Admin, topic: string): Promise<PartitionEnds[]> {
  try {
    const ends = await admin.fetchTopicOffsets(topic)
    return ends.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
  } catch (error) {
    if (typeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    throw new RecordError(
      'TOPIC_MISSING',
      `Kafka has no topic ${topic}: run tickhouse topics apply, or look whether this is the right Kafka`,
      {
        cause: error,
      },
    )
  }
}

/** Lets a group that nobody is in begin there, wherever it has committed nothing. A group at work has begun: its first member did this. */
export async function beginGroup(
  kafka: Kafka,
  admin: Admin,
  groupId: string,
  begins: ReadonlyMap<string, readonly PartitionBegin[]>,
): Promise<void> {
  const topics = [...begins.keys()]
  const { groups } = await admin.describeGroups([groupId])
  if (groups.some(({ members }) => members.length > 0)) return
  const committed = await admin.fetchOffsets({ groupId, topics })
  const open = committed.flatMap(({ topic, partitions }) =>
    partitions.flatMap(({ partition, offset }) =>
      Number(offset) < 0 ? [{ topic, partition, offset: beginOf(begins, topic, partition) }] : [],
    ),
  )
  if (open.length === 0) return
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics })
    await consumer.run({ autoCommit: false, eachBatch: async () => {} })
    await consumer.commitOffsets(open)
  } finally {
    await consumer.disconnect()
  }
}

function beginOf(begins: ReadonlyMap<string, readonly PartitionBegin[]>, topic: string, partition: number): string {
  return String(begins.get(topic)?.find(begin => begin.partition === partition)?.tellAt ?? 0)
}

/** Whether the login may not do that, in which case repeating is of no use. */
export function isForbidden(error: unknown): boolean {
  return /AUTHORIZATION_FAILED/.test(typeOf(error) ?? '')
}

/** Whether repeating cannot mend it: no right, no login, a codec that is not there. */
export function isHopeless(error: unknown): boolean {
  const root = rootOf(error)
  return (
    isForbidden(error) || root instanceof RecordError || ['KafkaJSSASLAuthenticationError', 'KafkaJSNotImplemented'].includes(root.name)
  )
}

function typeOf(error: unknown): string | undefined {
  return (rootOf(error) as { type?: string }).type
}

function rootOf(error: unknown): Error {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error && !(error instanceof RecordError) ? rootOf(cause) : (error as Error)
}
