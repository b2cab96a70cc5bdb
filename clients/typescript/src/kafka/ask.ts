import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import { RecordError } from '../decode.ts'
import type { PartitionBegin, PartitionEnds } from '../reader/position.ts'
import { isMissing, isPassing } from './errors.ts'

const attempts = 10
const pauseMs = 500

/** Asks Kafka something over a connection of its own; again, for some seconds, where Kafka will be able to answer later, as while a leader moves. */
export async function asking<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askingOnce(kafka, ask)
    } catch (error) {
      if (attempt === attempts || !isPassing(error)) throw error
      await sleep(pauseMs)
    }
  }
}

async function askingOnce<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T> {
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
    if (!isMissing(error)) throw error
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
