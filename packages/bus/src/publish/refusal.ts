import { BusError, type BusErrorCode, isTopicFault, reasonOf, translate } from '../errors.ts'
import type { BatchLimits, Message, PartitionBatch } from '../wire/batches.ts'
import { partitionAnswersOf } from '../wire/partition-answers.ts'

/** How long a topic may go on refusing before it is given up, in ms: while it does not exist, or in another way that may pass by itself. */
export interface RefusalTimeouts {
  readonly missingMs: number
  readonly refusingMs: number
}

/**
 * What that comes to for an error: for ever where it is not about a topic. Replicas that do not answer are not: once Kafka has a quorum they answer, or leave the
 * in-sync set, and then the topic takes what it is sent or refuses it.
 */
export function refusalTimeoutMs(error: unknown, { missingMs, refusingMs }: RefusalTimeouts): number {
  const reason = reasonOf(error)
  if (reason === 'REQUEST_TIMED_OUT') return Number.POSITIVE_INFINITY
  if (partitionAnswersOf(error) === undefined && !isTopicFault(error)) return Number.POSITIVE_INFINITY
  return reason === 'UNKNOWN_TOPIC_OR_PARTITION' ? missingMs : refusingMs
}

/** Topics refuse what is published to them: `details.topics` names them. */
export function refusal(error: unknown, topics: readonly string[], open: readonly PartitionBatch[]): Error {
  const ours = translate(error, 'Publishing')
  if (!(ours instanceof BusError) || topics.length === 0) return ours
  const { retriable, code, message, details } = ours
  return refused(code, `${message} (${[...new Set(topics)].join(', ')})`, { ...details, retriable, cause: error }, topics, open)
}

/** A message that is larger than its topic takes, by itself. */
export function tooLargeForTopic(error: unknown, batches: readonly PartitionBatch[]): BusError {
  const topics = batches.map(({ topic }) => topic)
  const message = `A message of ${batches[0]!.bytes} bytes is more than the topic ${topics[0]} takes (max.message.bytes)`
  return refused('BUS_MESSAGE_TOO_LARGE', message, { cause: error, reason: reasonOf(error) }, topics, batches)
}

/** Kafka refuses even the time of now. */
export function clockDiffers(error: unknown, batches: readonly PartitionBatch[]): BusError {
  const message = `Kafka refuses records of now: the clock of this machine is ahead of Kafka's and must be set right, or message.timestamp.*.max.ms of the topic is too small`
  const topics = batches.map(({ topic }) => topic)
  return refused('BUS_CLOCK_DIFFERS', message, { retriable: true, cause: error, reason: reasonOf(error) }, topics, batches)
}

/** Throws for a message that is larger than a batch of ours may be. */
export function refuseTooLarge(batch: PartitionBatch, { partitionBytes }: BatchLimits): void {
  const { topic, partition, messages, bytes } = batch
  if (bytes <= partitionBytes) return
  const message = `A message of ${bytes} bytes is more than the ${partitionBytes} that a batch may have`
  throw refused('BUS_MESSAGE_TOO_LARGE', message, { topic, partition, key: messages[0]?.key, bytes }, [topic], [batch])
}

/** The first message that a topic refused, where an error tells it. */
export function refusedMessageOf(error: unknown, topic: string): Message | undefined {
  return error instanceof BusError ? firstMessages.get(error)?.get(topic) : undefined
}

/** Kept beside the error: the text of a record does not belong into a log. */
const firstMessages = new WeakMap<BusError, ReadonlyMap<string, Message>>()

function refused(
  code: BusErrorCode,
  message: string,
  options: ConstructorParameters<typeof BusError>[2],
  topics: readonly string[],
  open: readonly PartitionBatch[],
): BusError {
  const error = new BusError(code, message, { ...options, topics: [...new Set(topics)] })
  const first = new Map<string, Message>()
  for (const { topic, messages } of open) {
    const { key, value, timestampMs } = messages[0]!
    if (topics.includes(topic) && !first.has(topic)) first.set(topic, { topic, key, value, timestampMs })
  }
  firstMessages.set(error, first)
  return error
}
