import type { KafkaRecord, PartitionState, RecordAt } from '@tickhouse/bus'
import { isAbort, type Logger, messageOf } from '@tickhouse/runtime'
import type { LastRow } from './commit-metadata.ts'

/** What is known of the topic that was read before. */
export interface Remembered {
  /** Its id; undefined for commits of older builds, and where Kafka tells none. */
  readonly topicId: string | undefined
  /** The last row that came from it. */
  readonly last: LastRow | undefined
}

/**
 * Whether a partition is of the topic that was read before, and not of another one by the same name: by the topics' ids, else by the record that
 * stands where the last row came from. True where neither can tell.
 */
export async function isOfSameTopic(
  { topic, partition, topicId, earliest, latest }: PartitionState,
  { topicId: former, last }: Remembered,
  recordAt: RecordAt,
  log: Logger,
): Promise<boolean> {
  if (former !== undefined && topicId !== null) return former === topicId
  if (last === undefined || last.offset < earliest || last.offset >= latest) return true
  try {
    const record = await recordAt({ topic, partition, offset: last.offset })
    return record !== undefined && timeOf(record) === last.timestamp
  } catch (error) {
    if (isAbort(error)) throw error
    log.warn({ topic, partition, offset: last.offset, reason: messageOf(error) }, 'The record of the last row cannot be read to compare it')
    return true
  }
}

/** The time that a record's row has, µs; undefined when it can have none. */
function timeOf({ value }: KafkaRecord): unknown {
  try {
    return (JSON.parse(value!.toString()) as { timestamp?: unknown } | null)?.timestamp
  } catch {
    return undefined
  }
}
