import { clockSlack } from '@tickhouse/runtime'
import type { PartitionBatch, WireMessage } from '../wire/batches.ts'

/** The same messages, none with a time after `nowMs`: a record that was captured by a clock that was ahead. */
export function notAfter(batch: PartitionBatch, nowMs: number): PartitionBatch {
  return { ...withTimes(batch, timestamp => Math.min(timestamp, nowMs)), times: 'not after now' }
}

/** The same messages, each with that time. */
export function allAt(batch: PartitionBatch, nowMs: number): PartitionBatch {
  return { ...withTimes(batch, () => nowMs), times: 'now' }
}

/** Whether some message is so far ahead that a clock is wrong. Kafka itself refuses, by default, what is an hour ahead of it. */
export function isAhead({ messages }: PartitionBatch, nowMs: number): boolean {
  return messages.some(({ timestampMs }) => timestampMs > nowMs + clockSlack.wrongMs)
}

/** Whether all that can be done about the times of these batches has been done. */
export function isAtNow(batches: readonly PartitionBatch[]): boolean {
  return batches.every(({ times }) => times === 'now')
}

/** How many messages of a batch have another time in the other one. */
export function countRetimed(before: PartitionBatch, after: PartitionBatch): number {
  return before.messages.filter(({ timestampMs }, index) => timestampMs !== after.messages[index]!.timestampMs).length
}

function withTimes(batch: PartitionBatch, timeOf: (timestamp: number) => number): PartitionBatch {
  let sinceMs = batch.sinceMs ?? Number.POSITIVE_INFINITY
  const messages = batch.messages.map((message): WireMessage => {
    const [before, after] = [message.timestampMs, timeOf(message.timestampMs)]
    sinceMs = Math.min(sinceMs, before, after)
    return after === before ? message : { ...message, timestampMs: after }
  })
  return { ...batch, messages, sinceMs }
}
