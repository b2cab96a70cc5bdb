import type { Message, PartitionState } from '@tickhouse/bus'
import { entityOf, entityOfTopic } from '@tickhouse/catalogue'
import type { Lost } from './assignment.ts'
import type { LastRow } from './rows.ts'

/**
 * The gap that says which records of a partition can no longer be read. It begins at the last row that was stored; `nowUs` stands in
 * only where none is known. Session and seq name the place, so that saying it twice leaves one row.
 */
export function lostRecordsMessage({ topic, partition }: PartitionState, lost: Lost, last: LastRow | undefined, nowUs: number): Message {
  const timestamp = last?.timestamp ?? nowUs
  const record = {
    timestamp,
    symbol: '*',
    venue: '*',
    session: `${topic}/${partition}`,
    seq: lost.from,
    from_time: last?.timestamp,
    reason: lost.reason,
    types: entityOfTopic(topic)?.venue?.type,
    missing: lost.to === null ? undefined : lost.to - lost.from,
    evidence: evidenceOf(lost, `${topic}/${partition}`),
  }
  return { topic: entityOf('feed_gap').topic.name, key: '*', value: JSON.stringify(record), timestampMs: Math.floor(timestamp / 1_000) }
}

function evidenceOf({ from, to }: Lost, place: string): string {
  if (to === null) return `offset ${from} was committed, but ${place} does not reach it: the topic was made anew`
  return `offsets ${from} to ${to - 1} of ${place} are not in Kafka any more`
}
