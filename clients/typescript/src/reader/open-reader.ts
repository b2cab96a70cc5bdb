import type { Admin } from 'kafkajs'
import { type DatasetName, datasetNamed } from '../decode.ts'
import { schemas } from '../generated/records.ts'
import { topicsFor } from '../interpreter.ts'
import { asking, beginGroup, endsOf } from '../kafka/ask.ts'
import { clientFor } from '../kafka/client.ts'
import { isForbidden } from '../kafka/errors.ts'
import type { ReaderOptions } from './options.ts'
import { beginsOf, checkedPosition, type PartitionBegin } from './position.ts'
import { RecordReader } from './reader.ts'

const defaultLookBack = 10_000

/**
 * Begins to read. Rejects when Kafka cannot be reached, refuses the login, or has no such topic; whatever breaks later is mended by itself, and told to
 * `onTrouble`.
 */
export async function openReader<const D extends DatasetName>(options: ReaderOptions<D>): Promise<RecordReader<D>> {
  options.datasets.forEach(datasetNamed)
  const kafka = clientFor(options.kafka)
  const begins = await asking(kafka, async admin => {
    const found = new Map<string, PartitionBegin[]>()
    for (const topic of topicsFor(options.datasets)) {
      const ofTopic = await beginsIn(admin, topic, options).catch(error => withoutDeadLetters(topic, error))
      if (ofTopic !== undefined) found.set(topic, ofTopic)
    }
    if (options.group !== undefined) await beginGroup(kafka, admin, options.group, found)
    return found
  })
  return new RecordReader(kafka, begins, options)
}

async function beginsIn(admin: Admin, topic: string, options: ReaderOptions): Promise<PartitionBegin[]> {
  const { from = 'latest', group, lookBack = defaultLookBack } = options
  const begin = typeof from === 'string' || from instanceof Date ? from : checkedPosition(from)
  const ends = await endsOf(admin, topic)
  const atTime = begin instanceof Date ? await admin.fetchTopicOffsetsByTimestamp(topic, begin.getTime()) : []
  const byPartition = new Map(atTime.map(({ partition, offset }) => [partition, Number(offset)]))
  return beginsOf(topic, ends, begin, byPartition, group === undefined ? lookBack : 0)
}

/** Dead letters are for operators. Without them a jump cannot be explained, and says so. */
function withoutDeadLetters(topic: string, error: unknown): undefined {
  if (topic !== schemas.dead_letter.topic || !isForbidden(error)) throw error
}
