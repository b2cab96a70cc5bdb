import { CorruptData, copyWithin, TooLarge } from './inflating.ts'

const magic = 0x184d2204
const endOfFrame = 0
const storedFlag = 0x80000000
const flags = { blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 }
const shortestCopy = 4
const firstGuess = 4

/**
 * Inflates LZ4 in its frame format: one or more frames, blocks that lean on those before them, stored blocks. Checksums of the frame
 * are passed over: the record batch has one of its own.
 */
export function inflateLz4(bytes: Buffer, maxBytes: number): Buffer {
  const out = new Growing(Math.min(maxBytes, bytes.length * firstGuess), maxBytes)
  let at = 0
  while (at < bytes.length) at = inflateFrame(bytes, at, out)
  return out.bytes.subarray(0, out.length)
}

/** One frame; gives where it ends. */
function inflateFrame(bytes: Buffer, begin: number, out: Growing): number {
  if (uint32(bytes, begin) !== magic) throw new CorruptData('it is no LZ4 frame')
  const descriptor = bytes[begin + 4]!
  if (descriptor >>> 6 !== 1) throw new CorruptData('its LZ4 frame is of an unknown version')
  let at = begin + 6 + (descriptor & flags.contentSize ? 8 : 0) + (descriptor & flags.dictionary ? 4 : 0) + 1
  out.beginFrame()
  for (;;) {
    const head = uint32(bytes, at)
    at += 4
    if (head === endOfFrame) return at + (descriptor & flags.contentChecksum ? 4 : 0)
    const size = head & ~storedFlag
    if (at + size > bytes.length) throw new CorruptData('it ends within a block')
    if (head >= storedFlag) out.append(bytes, at, size)
    else inflateBlock(bytes, at, at + size, out)
    at += size + (descriptor & flags.blockChecksum ? 4 : 0)
  }
}

/** One block: literals and copies in turn, literals at the end. */
function inflateBlock(bytes: Buffer, begin: number, end: number, out: Growing): void {
  let at = begin
  const length = (short: number): number => {
    if (short < 15) return short
    let sum = short
    for (let more = 255; more === 255; sum += more) {
      if (at >= end) throw new CorruptData('it ends within a number')
      more = bytes[at++]!
    }
    return sum
  }
  while (at < end) {
    const token = bytes[at++]!
    const literals = length(token >>> 4)
    if (at + literals > end) throw new CorruptData('a literal ends after the data')
    out.append(bytes, at, literals)
    at += literals
    if (at === end) return
    if (at + 2 > end) throw new CorruptData('it ends within a number')
    const distance = bytes[at]! | (bytes[at + 1]! << 8)
    at += 2
    out.repeat(distance, length(token & 15) + shortestCopy)
  }
}

function uint32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw new CorruptData('it ends within a number')
  return bytes.readUInt32LE(at)
}

/** What was inflated so far; it grows up to its bound. */
class Growing {
  bytes: Buffer
  length = 0
  readonly #maxBytes: number
  #frameBegin = 0

  constructor(initialBytes: number, maxBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes)
    this.#maxBytes = maxBytes
  }

  beginFrame(): void {
    this.#frameBegin = this.length
  }

  append(from: Buffer, at: number, length: number): void {
    this.#makeRoom(length)
    if (length > 16) from.copy(this.bytes, this.length, at, at + length)
    else for (let index = 0; index < length; index++) this.bytes[this.length + index] = from[at + index]!
    this.length += length
  }

  /** Copies of this frame only: frames do not know of each other. */
  repeat(distance: number, length: number): void {
    if (distance > this.length - this.#frameBegin) throw new CorruptData('a copy begins before the data')
    this.#makeRoom(length)
    copyWithin(this.bytes, this.length, distance, length)
    this.length += length
  }

  #makeRoom(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    if (needed > this.#maxBytes) throw new TooLarge()
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(needed, this.bytes.length * 2)))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }
}
