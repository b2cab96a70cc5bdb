import type { KafkaRecord } from './records.ts'

/** What one partition's part of a Fetch answer holds. */
export interface AnsweredPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: number
  readonly records: readonly KafkaRecord[]
  /** What the records took in the answer. */
  readonly bytes: number
  /** The offset behind everything in the answer, control records included; null when nothing came. */
  readonly nextOffset: number | null
}

/** A Fetch answer; the names are those that kafkajs looks at for throttling and errors. */
export interface FetchAnswer {
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly AnsweredPartition[] }[]
}

const compressionMask = 0x07
const logAppendTimeFlag = 0x08
const controlFlag = 0x20
const batchHeaderBytes = 61
const currentMagic = 2

/**
 * Decodes an answer to Fetch version 11 (behind its correlation id) straight into records: offsets and times are numbers from the
 * start, and nothing is made that nobody reads. Null when a batch is compressed or of an old format: then kafkajs decodes it.
 */
export function decodeFetchAnswer(bytes: Buffer): FetchAnswer | null {
  return new AnswerReader(bytes).answer()
}

class AnswerReader {
  readonly #bytes: Buffer
  #at = 0
  #isForeign = false

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  answer(): FetchAnswer | null {
    const clientSideThrottleTime = this.#int32()
    const errorCode = this.#int16()
    this.#at += 4 // session id
    const responses = this.#array(() => ({ topicName: this.#text(), partitions: this.#array(() => this.#partition()) }))
    return this.#isForeign ? null : { clientSideThrottleTime, errorCode, responses }
  }

  #partition(): AnsweredPartition {
    const partition = this.#int32()
    const errorCode = this.#int16()
    const highWatermark = this.#int64()
    this.#at += 16 // last stable offset, log start offset
    const abortedTransactions = Math.max(0, this.#int32())
    this.#at += abortedTransactions * 16 + 4 // and the preferred read replica
    const size = Math.max(0, this.#int32())
    const end = this.#at + size
    const records: KafkaRecord[] = []
    let nextOffset: number | null = null
    while (this.#at + batchHeaderBytes <= end) {
      const next = this.#batch(end, records)
      if (next === null) break
      nextOffset = next
    }
    this.#at = end
    return { partition, errorCode, highWatermark, records, bytes: size, nextOffset }
  }

  /** One record batch; gives the offset behind it, or null when the answer was cut off within it. */
  #batch(end: number, records: KafkaRecord[]): number | null {
    const start = this.#at
    const baseOffset = this.#int64()
    const batchEnd = start + 12 + this.#int32()
    if (batchEnd > end) return null
    const attributes = this.#bytes.readInt16BE(start + 21)
    if (this.#bytes[start + 16] !== currentMagic || (attributes & compressionMask) !== 0) {
      this.#isForeign = true
      return null
    }
    this.#at = start + 23
    const nextOffset = baseOffset + this.#int32() + 1
    const baseTimeMs = this.#int64()
    const maxTimeMs = this.#int64()
    const fixedTimeMs = (attributes & logAppendTimeFlag) !== 0 ? maxTimeMs : null
    this.#at = start + 57
    const count = this.#int32()
    if ((attributes & controlFlag) === 0)
      for (let index = 0; index < count; index++) records.push(this.#record(baseOffset, baseTimeMs, fixedTimeMs))
    this.#at = batchEnd
    return nextOffset
  }

  #record(baseOffset: number, baseTimeMs: number, fixedTimeMs: number | null): KafkaRecord {
    const length = this.#varint()
    const end = this.#at + length
    this.#at++ // attributes, unused by Kafka
    const timestampMs = baseTimeMs + this.#varint()
    const offset = baseOffset + this.#varint()
    const key = this.#slice()
    const value = this.#slice()
    this.#at = end // headers
    return { offset, timestampMs: fixedTimeMs ?? timestampMs, key, value }
  }

  #slice(): Buffer | null {
    const length = this.#varint()
    if (length < 0) return null
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** A zigzag number of up to 53 bits. */
  #varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]!
    let value = byte & 0x7f
    for (let factor = 128; byte > 0x7f; factor *= 128) {
      byte = bytes[this.#at++]!
      value += (byte & 0x7f) * factor
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
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
