import { minPackedBytes, type Packer } from '../compression/packing.ts'
import { byTopic } from '../records.ts'
import { at, currentMagic, headerBytes, uncountedBytes } from './batch-layout.ts'
import type { PartitionBatch, WireMessage } from './batches.ts'
import { crc32c } from './crc32c.ts'
import { varintBytes, type WireWriter } from './wire-writer.ts'

/** How a request is written, and answered. */
export interface ProduceOptions {
  /** How long the leader waits for its replicas. */
  readonly timeoutMs: number
  /** Undefined where records are sent as they are. */
  readonly packer?: Packer | undefined
}

const everyReplica = -1

/** Writes the body of a Produce request, versions 3 to 8: all batches, each behind its size. */
export function writeProduceRequest(
  out: WireWriter,
  batches: readonly PartitionBatch[],
  numberingOf: (batch: PartitionBatch) => BatchNumbering,
  { timeoutMs, packer }: ProduceOptions,
): Buffer {
  out.begin()
  out.text16(null) // no transaction
  out.int16(everyReplica)
  out.int32(timeoutMs)
  const topics = byTopic(batches)
  out.int32(topics.length)
  for (const { topic, partitions } of topics) {
    out.text16(topic)
    out.int32(partitions.length)
    for (const batch of partitions) {
      out.int32(batch.partition)
      const size = out.leave(4)
      writeBatch(out, batch.messages, numberingOf(batch), packer)
      out.int32(out.length - size - 4, size)
    }
  }
  return out.bytes()
}

/** By what Kafka knows a batch again that comes twice: who sent it, and which of its records of that partition it begins with. */
export interface BatchNumbering {
  readonly producerId: number
  readonly producerEpoch: number
  readonly sequence: number
}

/** Writes messages as one record batch; keys and values are written once, straight to where they are sent from or packed from. */
export function writeBatch(out: WireWriter, messages: readonly WireMessage[], numbering: BatchNumbering, packer?: Packer): void {
  const start = out.leave(headerBytes)
  const times = timesOf(messages)
  for (let index = 0; index < messages.length; index++) writeRecord(out, messages[index]!, index, times.firstMs)
  const codec = packer === undefined ? plain : pack(out, start + headerBytes, packer)
  writeHeader(out, start, { codec, count: messages.length, ...times }, numbering)
}

const plain = 0

/** Packs what is written from there on, where that is worth it; gives the codec. */
function pack(out: WireWriter, from: number, packer: Packer): number {
  if (out.length - from < minPackedBytes) return plain
  const packed = packer.pack(out.bytes(from))
  if (packed === undefined) return plain
  out.backTo(from)
  out.raw(packed)
  return packer.codec
}

function writeRecord(out: WireWriter, { key, value, timestampMs }: WireMessage, index: number, firstMs: number): void {
  const sinceMs = timestampMs - firstMs
  const keyBytes = Buffer.byteLength(key)
  const length = 2 + varintBytes(sinceMs) + varintBytes(index) + varintBytes(keyBytes) + keyBytes + varintBytes(value.length) + value.length
  out.varint(length)
  out.int8(0) // attributes, which Kafka does not use
  out.varint(sinceMs)
  out.varint(index)
  out.varint(keyBytes)
  out.text(key, keyBytes)
  out.varint(value.length)
  out.raw(value)
  out.varint(0) // headers
}

function writeHeader(
  out: WireWriter,
  start: number,
  { codec, count, firstMs, lastMs }: Times & { readonly codec: number; readonly count: number },
  { producerId, producerEpoch, sequence }: BatchNumbering,
): void {
  out.int64(0, start) // the base offset, which is Kafka's to give
  out.int32(out.length - start - uncountedBytes, start + at.length)
  out.int32(0, start + at.leaderEpoch)
  out.int8(currentMagic, start + at.magic)
  out.int16(codec, start + at.attributes)
  out.int32(count - 1, start + at.lastOffsetDelta)
  out.int64(firstMs, start + at.baseTime)
  out.int64(lastMs, start + at.maxTime)
  out.int64(producerId, start + at.producerId)
  out.int16(producerEpoch, start + at.producerEpoch)
  out.int32(sequence, start + at.sequence)
  out.int32(count, start + at.count)
  out.int32(crc32c(out.bytes(start + at.attributes)), start + at.checksum)
}

interface Times {
  readonly firstMs: number
  readonly lastMs: number
}

function timesOf(messages: readonly WireMessage[]): Times {
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { timestampMs } of messages) {
    if (timestampMs < firstMs) firstMs = timestampMs
    if (timestampMs > lastMs) lastMs = timestampMs
  }
  return { firstMs, lastMs }
}
