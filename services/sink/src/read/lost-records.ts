import type { Message, PartitionState } from '@tickhouse/bus'
import { entityOf, entityOfTopic } from '@tickhouse/catalogue'
import type { Lost } from './assignment.ts'
import type { LastRow } from './commit-metadata.ts'

/**
 * The gap that says which records of a partition can no longer be read. It begins at the last row that was stored. Session and seq name the place, so that
 * saying it twice leaves one row. Where no row is known `nowUs` stands in, and each time that it is said leaves a row.
 */
export function lostRecordsMessage(
  { topic, partition, committed }: PartitionState,
  lost: Lost,
  last: LastRow | undefined,
  nowUs: number,
): Message {
  const timestamp = last?.timestamp ?? nowUs
  const type = entityOfTopic(topic)?.venue?.type
  const record = {
    timestamp,
    symbol: '*',
    venue: '*',
    session: `${topic}/${partition}`,
    seq: lost.from,
    from_time: last?.timestamp,
    reason: lost.reason,
    types: type,
    missing: lost.to === null ? undefined : lost.to - lost.from,
    evidence: evidenceOf(lost, `${topic}/${partition}`, committed === null),
    type_list: type && [type],
  }
  return { topic: entityOf('feed_gap').topic.name, key: '*', value: JSON.stringify(record), timestampMs: Math.floor(timestamp / 1_000) }
}

function evidenceOf({ from, to }: Lost, place: string, isForgotten: boolean): string {
  if (to === null)
    return `${place} was read up to offset ${from}; what stands there now is another topic, made anew, or one that lost its end`
  const evidence = `offsets ${from} to ${to - 1} of ${place} are not in Kafka any more`
  return isForgotten ? `${evidence}, and not in the table; nothing is committed that tells whether they were ever read` : evidence
}
