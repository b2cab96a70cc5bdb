import { CorruptData, copyWithin, roomFor } from './inflating.ts'

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const xerialHeaderBytes = 16

/** Inflates Snappy, plain or in the framing of the Java library (xerial), which Kafka's own clients write. */
export function inflateSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return inflateBlock(bytes, maxBytes)
  const blocks: Buffer[] = []
  let room = maxBytes
  for (let at = xerialHeaderBytes; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new CorruptData('it ends within a block')
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new CorruptData('it ends within a block')
    const block = inflateBlock(bytes.subarray(at + 4, end), room)
    blocks.push(block)
    room -= block.length
    at = end
  }
  return Buffer.concat(blocks)
}

/** One block: its size when inflated, then literals and copies of what came before. */
function inflateBlock(bytes: Buffer, maxBytes: number): Buffer {
  const { size, begin } = sizeOf(bytes)
  const out = roomFor(size, maxBytes)
  let at = begin
  let to = 0
  while (at < bytes.length) {
    const tag = bytes[at++]!
    const kind = tag & 3
    let length = (tag >>> 2) + 1
    if (kind === 0) {
      const extra = Math.max(0, length - 60)
      if (extra > 0) length = littleEndian(bytes, at, extra) + 1
      at += extra
      if (at + length > bytes.length || to + length > size) throw new CorruptData('a literal ends after the data')
      bytes.copy(out, to, at, at + length)
      at += length
    } else {
      const offsetBytes = kind === 3 ? 4 : kind
      let distance = littleEndian(bytes, at, offsetBytes)
      at += offsetBytes
      if (kind === 1) {
        distance |= (tag >>> 5) << 8
        length = ((tag >>> 2) & 7) + 4
      }
      if (to + length > size) throw new CorruptData('a copy ends after the data')
      copyWithin(out, to, distance, length)
    }
    to += length
  }
  if (to !== size) throw new CorruptData(`it gives ${to} bytes instead of ${size}`)
  return out
}

function sizeOf(bytes: Buffer): { size: number; begin: number } {
  let size = 0
  for (let at = 0; at < Math.min(5, bytes.length); at++) {
    size += (bytes[at]! & 0x7f) * 128 ** at
    if (bytes[at]! < 0x80) return { size, begin: at + 1 }
  }
  throw new CorruptData('its size cannot be read')
}

function littleEndian(bytes: Buffer, at: number, length: number): number {
  if (at + length > bytes.length) throw new CorruptData('it ends within a number')
  return bytes.readUIntLE(at, length)
}
