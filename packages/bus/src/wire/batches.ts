/** One message for Kafka. `timestampMs` is the record's time in Kafka. */
export interface Message {
  readonly topic: string
  readonly key: string
  readonly value: string | Buffer
  readonly timestampMs: number
}

/** A message as it is written into a record batch. */
export type WireMessage = Omit<Message, 'topic' | 'value'> & { readonly value: Buffer }

/** The messages of one partition that Kafka appends as one record batch: all of them or none. */
export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly messages: WireMessage[]
  bytes: number
  /** The earliest time that its messages were ever sent with, ms, where it is not one that they have now: Kafka finds records by their time. */
  readonly sinceMs?: number
  /** What was done about times that Kafka refused: none is later than now, or all are now. */
  readonly times?: 'not after now' | 'now'
}

/** How large one request may get, in bytes of keys and values. Kafka refuses a record batch of more than 1 MiB by default. */
export interface BatchLimits {
  readonly partitionBytes: number
  readonly requestBytes: number
}

/** What a record costs beside its key and value: lengths, deltas, attributes; an upper bound. */
const recordOverheadBytes = 32

/** Cuts messages into requests that stay within the limits; the order within each partition is kept. */
export function* requestsOf(
  messages: Iterable<Message>,
  partitionFor: (message: Message) => number,
  limits: BatchLimits,
  partitionBytesOf: (topic: string) => number = () => limits.partitionBytes,
): Generator<PartitionBatch[]> {
  let request = new GatheredRequest()
  for (const message of messages) {
    const wire = wireMessage(message)
    const bytes = sizeOf(wire)
    const batch = request.batchOf(message.topic, partitionFor(message))
    const isFull = request.bytes + bytes > limits.requestBytes || batch.bytes + bytes > partitionBytesOf(message.topic)
    if (request.bytes > 0 && isFull) {
      yield request.batches
      request = new GatheredRequest()
    }
    request.add(isFull ? request.batchOf(message.topic, batch.partition) : batch, wire, bytes)
  }
  if (request.bytes > 0) yield request.batches
}

/** One batch for each partition that has messages. */
class GatheredRequest {
  readonly batches: PartitionBatch[] = []
  bytes = 0
  readonly #byTopic = new Map<string, PartitionBatch[]>()

  /** The batch of a partition; a new one is in the request once it has a message. */
  batchOf(topic: string, partition: number): PartitionBatch {
    const own = this.#byTopic.get(topic) ?? []
    this.#byTopic.set(topic, own)
    own[partition] ??= { topic, partition, messages: [], bytes: 0 }
    return own[partition]
  }

  add(batch: PartitionBatch, message: WireMessage, bytes: number): void {
    if (batch.messages.length === 0) this.batches.push(batch)
    batch.messages.push(message)
    batch.bytes += bytes
    this.bytes += bytes
  }
}

/** The first and the second half of a batch of several messages. */
export function halvesOf(batch: PartitionBatch): [PartitionBatch, PartitionBatch] {
  const half = Math.ceil(batch.messages.length / 2)
  return [withMessages(batch, batch.messages.slice(0, half)), withMessages(batch, batch.messages.slice(half))]
}

function withMessages(batch: PartitionBatch, messages: WireMessage[]): PartitionBatch {
  return { ...batch, messages, bytes: messages.reduce((sum, message) => sum + sizeOf(message), 0) }
}

/** Bytes that a message takes in its record batch; an upper bound. */
export function sizeOf({ key, value }: Pick<WireMessage, 'key' | 'value'>): number {
  return Buffer.byteLength(key) + value.length + recordOverheadBytes
}

function wireMessage(message: Message): WireMessage {
  const { key, value, timestampMs } = message
  return typeof value === 'string' ? { key, value: Buffer.from(value), timestampMs } : (message as WireMessage)
}
