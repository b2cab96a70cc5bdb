import { inflate } from '../compression/inflate.ts'
import { CorruptData } from '../compression/inflating.ts'
import type { KafkaRecord } from '../records.ts'
import { at, compressionMask, currentMagic, headerBytes, uncountedBytes } from './batch-layout.ts'
import { crc32c } from './crc32c.ts'

/** A record batch that cannot be read: its offsets, and why. */
export interface UnreadableBatch {
  readonly offset: number
  readonly lastOffset: number
  readonly reason: string
}

/** How many bytes may still be inflated. It is asked between batches, so the last one may go beyond it. */
export interface InflatingRoom {
  bytes: number
}

/** A batch that was read: where to read on, what its records take, and whether they are views on the answer. */
export interface ReadBatch {
  readonly nextOffset: number
  readonly bytes: number
  readonly isShared: boolean
}

/** What came of a batch: it was read, there is no room to inflate it, or it cannot be read. */
export type BatchOutcome = ReadBatch | 'no_room' | UnreadableBatch

/** So much of a batch tells its size and its format. */
export const minBatchBytes = 17
const logAppendTimeFlag = 0x08
const controlFlag = 0x20

/** No batch is inflated beyond this: it would be a bomb, or the work of a producer that is not ours. */
export const maxInflatedBytes = 32 << 20

/** The size of the batch that begins there. */
export function batchSize(bytes: Buffer, start: number): number {
  return uncountedBytes + bytes.readInt32BE(start + at.length)
}

/** Decodes the batch that begins at `start` and is whole; its records are added to `records`, all of them or none. */
export function decodeBatch(bytes: Buffer, start: number, room: InflatingRoom, records: KafkaRecord[]): BatchOutcome {
  const offset = int64(bytes, start)
  const end = start + batchSize(bytes, start)
  const magic = bytes[start + at.magic]!
  if (magic !== currentMagic)
    return { offset, lastOffset: offset, reason: `of message format ${magic}, which only old versions of Kafka write` }
  if (end - start < headerBytes) return { offset, lastOffset: offset, reason: 'shorter than its header' }
  const lastOffset = offset + bytes.readInt32BE(start + at.lastOffsetDelta)
  if (crc32c(bytes.subarray(start + at.attributes, end)) !== bytes.readInt32BE(start + at.checksum))
    return { offset, lastOffset, reason: 'its checksum is wrong' }
  const attributes = bytes.readInt16BE(start + at.attributes)
  if ((attributes & controlFlag) !== 0) return { nextOffset: lastOffset + 1, bytes: 0, isShared: false }
  const payload = payloadOf(bytes.subarray(start + headerBytes, end), attributes & compressionMask, room)
  if (payload === 'no_room') return payload
  if (typeof payload === 'string') return { offset, lastOffset, reason: payload }
  const times = {
    baseMs: int64(bytes, start + at.baseTime),
    fixedMs: (attributes & logAppendTimeFlag) === 0 ? null : int64(bytes, start + at.maxTime),
  }
  const before = records.length
  try {
    new RecordReader(payload, offset, times).read(bytes.readInt32BE(start + at.count), records)
    return { nextOffset: lastOffset + 1, bytes: payload.length, isShared: (attributes & compressionMask) === 0 }
  } catch (error) {
    if (!(error instanceof CorruptData)) throw error
    records.length = before
    return { offset, lastOffset, reason: error.message }
  }
}

/** The records' bytes; a text says why there are none. */
function payloadOf(bytes: Buffer, codec: number, room: InflatingRoom): Buffer | string {
  if (codec === 0 || bytes.length === 0) return bytes
  if (room.bytes <= 0) return 'no_room'
  const payload = inflate(codec, bytes, maxInflatedBytes)
  if (typeof payload !== 'string') room.bytes -= payload.length
  return payload
}

/** Reads records one after the other; keys and values are views on the bytes. */
class RecordReader {
  readonly #bytes: Buffer
  readonly #baseOffset: number
  readonly #baseMs: number
  readonly #fixedMs: number | null
  #at = 0

  constructor(bytes: Buffer, baseOffset: number, times: { readonly baseMs: number; readonly fixedMs: number | null }) {
    this.#bytes = bytes
    this.#baseOffset = baseOffset
    this.#baseMs = times.baseMs
    this.#fixedMs = times.fixedMs
  }

  read(count: number, records: KafkaRecord[]): void {
    for (let index = 0; index < count; index++) records.push(this.#record())
    if (this.#at !== this.#bytes.length) throw new CorruptData(`its ${count} records do not fill it`)
  }

  #record(): KafkaRecord {
    const length = this.#varint()
    const end = this.#at + length
    if (length <= 0 || end > this.#bytes.length) throw new CorruptData('a record is longer than its batch')
    this.#at++ // attributes, unused by Kafka
    const timestampMs = this.#baseMs + this.#varint()
    const offset = this.#baseOffset + this.#varint()
    const key = this.#slice()
    const value = this.#slice()
    if (this.#at > end) throw new CorruptData('a value is longer than its record')
    this.#at = end // headers
    return { offset, timestampMs: this.#fixedMs ?? timestampMs, key, value }
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
}

function int64(bytes: Buffer, start: number): number {
  return bytes.readInt32BE(start) * 2 ** 32 + bytes.readUInt32BE(start + 4)
}
