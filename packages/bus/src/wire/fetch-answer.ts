import type { KafkaRecord } from '../records.ts'
import { batchSize, decodeBatch, type InflatingRoom, minBatchBytes, type UnreadableBatch } from './record-batch.ts'

/** What one partition's part of a Fetch answer holds. */
export interface AnsweredPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: number
  readonly records: readonly KafkaRecord[]
  /** What the records that were read take, inflated … */
  readonly bytes: number
  /** … and what they took in the answer. */
  readonly packedBytes: number
  /** True when some of them are views on the answer. */
  readonly isShared: boolean
  /** The offset behind everything that was read of the answer, control records included; null when nothing was. */
  readonly nextOffset: number | null
  /** The first batch of the answer when it cannot be read; what comes before such a batch is read first. */
  readonly unreadable: UnreadableBatch | null
}

/** A Fetch answer; the names are those that kafkajs looks at for throttling. */
export interface FetchAnswer {
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly AnsweredPartition[] }[]
}

/**
 * Decodes an answer to Fetch version 11 (behind its correlation id) straight into records: offsets and times are numbers from the
 * start, and nothing is made that nobody reads. Compressed batches are inflated up to `maxInflatedBytes` in all; what goes beyond that
 * is left for the next fetch, as if Kafka had cut it off.
 */
export function decodeFetchAnswer(bytes: Buffer, maxInflatedBytes: number): FetchAnswer {
  return new AnswerReader(bytes, maxInflatedBytes).answer()
}

class AnswerReader {
  readonly #bytes: Buffer
  readonly #room: InflatingRoom
  #at = 0

  constructor(bytes: Buffer, maxInflatedBytes: number) {
    this.#bytes = bytes
    this.#room = { bytes: maxInflatedBytes }
  }

  answer(): FetchAnswer {
    const clientSideThrottleTime = this.#int32()
    const errorCode = this.#int16()
    this.#at += 4 // session id
    const responses = this.#array(() => ({ topicName: this.#text(), partitions: this.#array(() => this.#partition()) }))
    return { clientSideThrottleTime, errorCode, responses }
  }

  #partition(): AnsweredPartition {
    const partition = this.#int32()
    const errorCode = this.#int16()
    const highWatermark = this.#int64()
    this.#at += 16 // last stable offset, log start offset
    const abortedTransactions = Math.max(0, this.#int32())
    this.#at += abortedTransactions * 16 + 4 // and the preferred read replica
    const bytes = Math.max(0, this.#int32())
    const end = this.#at + bytes
    const read = this.#batches(end)
    this.#at = end
    return { partition, errorCode, highWatermark, ...read }
  }

  /** The batches up to `end`; the last one may have been cut off. */
  #batches(end: number): Pick<AnsweredPartition, 'records' | 'bytes' | 'packedBytes' | 'isShared' | 'nextOffset' | 'unreadable'> {
    const records: KafkaRecord[] = []
    let [bytes, packedBytes, isShared] = [0, 0, false]
    let nextOffset: number | null = null
    for (let start = this.#at; start + minBatchBytes <= end; ) {
      const size = batchSize(this.#bytes, start)
      if (size < minBatchBytes || start + size > end) break
      const outcome = decodeBatch(this.#bytes, start, this.#room, records)
      if (outcome === 'no_room') break
      if ('reason' in outcome)
        return { records, bytes, packedBytes, isShared, nextOffset, unreadable: nextOffset === null ? outcome : null }
      nextOffset = outcome.nextOffset
      bytes += outcome.bytes
      packedBytes += size
      isShared ||= outcome.isShared
      start += size
    }
    return { records, bytes, packedBytes, isShared, nextOffset, unreadable: null }
  }

  #array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.#int32()) }, read)
  }

  #text(): string {
    const length = this.#int16()
    this.#at += length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  #int16(): number {
    this.#at += 2
    return this.#bytes.readInt16BE(this.#at - 2)
  }

  #int32(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  #int64(): number {
    this.#at += 8
    return this.#bytes.readInt32BE(this.#at - 8) * 2 ** 32 + this.#bytes.readUInt32BE(this.#at - 4)
  }
}
