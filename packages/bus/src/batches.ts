/** One message for Kafka. `timestampMs` is the record's time in Kafka. */
export interface Message {
  readonly topic: string
  readonly key: string
  readonly value: string | Buffer
  readonly timestampMs: number
}

/** A message as it goes on the wire: which partition has been decided. */
export interface WireMessage {
  readonly key: string
  readonly value: Buffer
  readonly partition: number
  readonly timestamp: string
}

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
  let request = new Map<string, PartitionBatch>()
  let requestBytes = 0
  for (const message of messages) {
    const wire = wireMessage(message, partitionFor(message))
    const bytes = sizeOf(wire)
    const batch = request.get(batchKey(message.topic, wire.partition))
    if (requestBytes > 0 && (requestBytes + bytes > limits.requestBytes || (batch?.bytes ?? 0) + bytes > partitionBytesOf(message.topic))) {
      yield [...request.values()]
      request = new Map()
      requestBytes = 0
    }
    add(request, message.topic, wire, bytes)
    requestBytes += bytes
  }
  if (requestBytes > 0) yield [...request.values()]
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

function wireMessage({ key, value, timestampMs }: Message, partition: number): WireMessage {
  return { key, value: typeof value === 'string' ? Buffer.from(value) : value, partition, timestamp: String(timestampMs) }
}

function add(request: Map<string, PartitionBatch>, topic: string, wire: WireMessage, bytes: number): void {
  const key = batchKey(topic, wire.partition)
  const batch = request.get(key)
  if (batch === undefined) {
    request.set(key, { topic, partition: wire.partition, messages: [wire], bytes })
    return
  }
  batch.messages.push(wire)
  batch.bytes += bytes
}

function batchKey(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
