import type { Packer } from '../compression/packing.ts'
import { byTopic } from '../records.ts'
import type { PartitionBatch } from './batches.ts'
import type { WireWriter } from './wire-writer.ts'
import { type BatchNumbering, writeBatch } from './write-batch.ts'

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
