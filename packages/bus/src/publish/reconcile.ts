import type { Logger } from '@tickhouse/runtime'
import { type Kafka, openCluster } from '../kafkajs/index.ts'
import { readToEnd } from '../read/without-group.ts'
import { type OnRecord, partitionKey } from '../records.ts'
import type { PartitionBatch } from '../wire/batches.ts'

/**
 * Reads the ends of the partitions, from the earliest time that a message in doubt was sent with, and returns the batches without the records that Kafka already has.
 * Two messages of a partition are the same when their values are: a record names its session and number.
 */
export async function withoutPresent(
  kafka: Kafka,
  batches: readonly PartitionBatch[],
  options: { log: Logger; signal?: AbortSignal | undefined },
): Promise<PartitionBatch[]> {
  const present = await presentIn(kafka, batches, options)
  return batches.map(batch => withoutThose(batch, present.get(partitionKey(batch)))).filter(({ messages }) => messages.length > 0)
}

/** How often each value stands in a partition. */
type Values = Map<string, number>

async function presentIn(
  kafka: Kafka,
  batches: readonly PartitionBatch[],
  options: { log: Logger; signal?: AbortSignal | undefined },
): Promise<Map<string, Values>> {
  const present = new Map(batches.map(batch => [partitionKey(batch), new Map<string, number>()]))
  const countIt: OnRecord = record => count(present.get(partitionKey(record))!, record.value)
  await using open = await openCluster(kafka, [...new Set(batches.map(({ topic }) => topic))])
  await readToEnd(open.cluster, batches, { sinceMs: oldestMs(batches) }, countIt, options)
  return present
}

function oldestMs(batches: readonly PartitionBatch[]): number {
  let oldest = Number.POSITIVE_INFINITY
  for (const { messages, sinceMs = oldest } of batches) {
    oldest = Math.min(oldest, sinceMs)
    for (const { timestampMs } of messages) oldest = Math.min(oldest, timestampMs)
  }
  return oldest
}

function count(values: Values, value: Buffer | null): void {
  if (value === null) return
  const text = value.toString('latin1')
  values.set(text, (values.get(text) ?? 0) + 1)
}

function withoutThose(batch: PartitionBatch, present: Values = new Map()): PartitionBatch {
  const messages = batch.messages.filter(({ value }) => {
    const text = value.toString('latin1')
    const times = present.get(text) ?? 0
    if (times > 0) present.set(text, times - 1)
    return times === 0
  })
  return { ...batch, messages }
}
