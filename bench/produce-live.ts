import { entityOf } from '@tickhouse/catalogue'
import { type Compression, packerOf } from '../packages/bus/src/compression/packing.ts'
import { createPartitionOf } from '../packages/bus/src/kafkajs/index.ts'
import { type Message, requestsOf } from '../packages/bus/src/wire/batches.ts'
import { writeProduceRequest } from '../packages/bus/src/wire/produce-request.ts'
import { WireWriter } from '../packages/bus/src/wire/wire-writer.ts'

/** A stream as it is sent: frames per second, how many ms of them go together, and how many partitions a topic has. */
export interface Stream {
  readonly framesPerSecond: number
  readonly lingerMs: number
  readonly partitions: number
  readonly compression: Compression
}

/** What a stream puts on Kafka's disk; a segment is its batches one after the other. */
export interface OnDisk {
  readonly batchesPerSecond: number
  readonly recordsPerBatch: number
  readonly bytesPerRecord: number
}

const limits = { partitionBytes: 256 << 10, requestBytes: 2 << 20 }
const numbering = { producerId: 1, producerEpoch: 0, sequence: 0 }
/** What a request has beside its batches, for each of them: partition and size. */
const besideBatch = 8

/** Sends a market's records into the air; `frames` tells of each record after how many frames it came. */
export function onDisk(records: readonly { readonly message: Message; readonly frame: number }[], stream: Stream): OnDisk {
  const [out, packer, partitionOf] = [new WireWriter(), packerOf(stream.compression), createPartitionOf()]
  const framesPerSend = (stream.framesPerSecond * stream.lingerMs) / 1_000
  let [batches, bytes] = [0, 0]
  const sends = Map.groupBy(records, ({ frame }) => Math.floor(frame / framesPerSend))
  for (const sent of sends.values()) {
    const messages = sent.map(({ message }) => message)
    for (const request of requestsOf(messages, ({ topic, key }) => partitionOf(topic, key, stream.partitions), limits)) {
      const size = writeProduceRequest(out, request, () => numbering, { timeoutMs: 10_000, packer }).length
      const topics = [...new Set(request.map(({ topic }) => topic))]
      batches += request.length
      bytes += size - request.length * besideBatch - topics.reduce((sum, topic) => sum + topic.length + 6, 12)
    }
  }
  const seconds = (records.at(-1)!.frame + 1) / stream.framesPerSecond
  return { batchesPerSecond: batches / seconds, recordsPerBatch: records.length / batches, bytesPerRecord: bytes / records.length }
}

/** The topic of a dataset. */
export const topicOf = (dataset: string) => entityOf(dataset).topic.name
