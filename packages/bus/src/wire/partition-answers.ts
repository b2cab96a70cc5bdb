import { isTopicFault, rootOf } from '../errors.ts'
import { type Offsets, partitionKey, type TopicPartition } from '../records.ts'
import type { PartitionBatch } from './batches.ts'

/** What Kafka says of one partition of a request to write. */
export interface PartitionAnswer extends TopicPartition {
  /** The offset of the first message; negative where Kafka does not say it. */
  readonly baseOffset: number
  /** Kafka's name of the error; undefined when the messages were appended. */
  readonly reason?: string | undefined
}

/** The answer that came with an error; undefined when there was none, so that everything sent is in doubt. */
export function partitionAnswersOf(error: unknown): readonly PartitionAnswer[] | undefined {
  return (rootOf(error) as { answers?: readonly PartitionAnswer[] }).answers
}

/** Errors of a partition that has appended what it was sent, or may have. */
const mayHaveAppended: ReadonlySet<string | undefined> = new Set(['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'REQUEST_TIMED_OUT'])

/** Whether something may have been appended without an acknowledgement. */
export function mayBeAppended(error: unknown): boolean {
  const answers = partitionAnswersOf(error)
  if (answers === undefined) return !isTopicFault(error)
  return answers.some(({ reason }) => mayHaveAppended.has(reason))
}

/** The batches whose partitions were answered in a way that `isMeant` says. */
export function answeredBatches(
  batches: readonly PartitionBatch[],
  answers: readonly PartitionAnswer[],
  isMeant: (reason: string | undefined) => boolean,
): PartitionBatch[] {
  const meant = new Set(answers.filter(({ reason }) => isMeant(reason)).map(partitionKey))
  return batches.filter(batch => meant.has(partitionKey(batch)))
}

/** The offset behind what was appended, per partition as far as Kafka has said it. */
export function endsAfter(batches: readonly PartitionBatch[], answers: readonly PartitionAnswer[]): Offsets {
  const counts = new Map(batches.map(batch => [partitionKey(batch), batch.messages.length]))
  return new Map(
    answers
      .filter(({ baseOffset, reason }) => reason === undefined && baseOffset >= 0)
      .map(answer => [partitionKey(answer), answer.baseOffset + (counts.get(partitionKey(answer)) ?? 0)]),
  )
}
