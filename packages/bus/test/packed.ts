import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'

/** One step of unpacking: bytes as they are, or a copy of what came before. */
export type Step = { readonly literal: Buffer } | { readonly distance: number; readonly length: number }

/** Steps as a compressor may choose them: literals short and long, copies that reach far, and copies that overlap themselves. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 400 }).map(bytes => ({ literal: Buffer.from(bytes) })),
      fc.record({ back: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.integer({ min: 4, max: 700 }) }),
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map(choices => {
    let size = 0
    return choices.flatMap((choice): Step[] => {
      if ('back' in choice && size === 0) return []
      const step = 'back' in choice ? { distance: 1 + Math.floor(choice.back * (size - 1)), length: choice.length } : choice
      size += 'literal' in step ? step.literal.length : step.length
      return [step]
    })
  })

/** What the steps give, byte by byte. */
export function unpacked(list: readonly Step[]): Buffer {
  const bytes: number[] = []
  for (const step of list)
    if ('literal' in step) bytes.push(...step.literal)
    else for (let index = 0; index < step.length; index++) bytes.push(bytes[bytes.length - step.distance]!)
  return Buffer.from(bytes)
}

/** Snappy without framing, as librdkafka writes it. */
export function plainSnappy(list: readonly Step[]): Buffer {
  const parts = [varint(unpacked(list).length)]
  for (const step of list)
    if ('literal' in step) parts.push(snappyLiteral(step.literal))
    else for (let left = step.length; left > 0; left -= 64) parts.push(snappyCopy(step.distance, Math.min(64, left)))
  return Buffer.concat(parts)
}

function snappyLiteral(bytes: Buffer): Buffer {
  const length = bytes.length - 1
  if (length < 60) return Buffer.concat([Buffer.of(length << 2), bytes])
  const head = length < 256 ? Buffer.of(60 << 2, length) : Buffer.of(61 << 2, length & 0xff, length >> 8)
  return Buffer.concat([head, bytes])
}

/** All three widths of the distance occur. */
function snappyCopy(distance: number, length: number): Buffer {
  if (distance < 2_048 && length >= 4 && length < 12) return Buffer.of(1 | ((length - 4) << 2) | ((distance >> 8) << 5), distance & 0xff)
  const wide = distance % 3 === 0 || distance > 0xffff
  const bytes = Buffer.alloc(wide ? 5 : 3)
  bytes[0] = (wide ? 3 : 2) | ((length - 1) << 2)
  bytes.writeUIntLE(distance, 1, wide ? 4 : 2)
  return bytes
}

/** Snappy in the framing of the Java library; each list of steps is a block of its own. */
export function framedSnappy(blocks: readonly (readonly Step[])[]): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
  const framed = blocks.map(plainSnappy).flatMap(block => [uint32(block.length, 'BE'), block])
  return Buffer.concat([header, ...framed])
}

/** What a frame of LZ4 may carry. */
export interface Lz4Options {
  readonly contentSize?: boolean
  readonly blockChecksum?: boolean
  readonly contentChecksum?: boolean
  readonly stored?: boolean
}

/** An LZ4 frame; steps of a later block may reach back into those before it. Checksums are zeros. */
export function lz4Frame(blocks: readonly (readonly Step[])[], options: Lz4Options = {}): Buffer {
  const { contentSize = false, blockChecksum = false, contentChecksum = false, stored = false } = options
  const flags = 0x40 | (contentSize ? 8 : 0) | (blockChecksum ? 16 : 0) | (contentChecksum ? 4 : 0)
  const whole = unpacked(blocks.flat())
  const parts = [uint32(0x184d2204), Buffer.of(flags, 0x40), ...(contentSize ? [uint32(whole.length), uint32(0)] : []), Buffer.of(0)]
  let from = 0
  for (const block of blocks) {
    const size = block.reduce((sum, step) => sum + ('literal' in step ? step.literal.length : step.length), 0)
    const body = stored ? whole.subarray(from, from + size) : lz4Block(block)
    from += size
    parts.push(uint32(stored ? body.length + 0x80000000 : body.length), body, Buffer.alloc(blockChecksum ? 4 : 0))
  }
  return Buffer.concat([...parts, uint32(0), Buffer.alloc(contentChecksum ? 4 : 0)])
}

function lz4Block(list: readonly Step[]): Buffer {
  const parts: Buffer[] = []
  let literal: Buffer[] = []
  for (const step of list)
    if ('literal' in step) literal.push(step.literal)
    else {
      parts.push(lz4Sequence(Buffer.concat(literal), step))
      literal = []
    }
  return Buffer.concat([...parts, lz4Sequence(Buffer.concat(literal))])
}

function lz4Sequence(literal: Buffer, copy?: { readonly distance: number; readonly length: number }): Buffer {
  const matched = copy === undefined ? 0 : copy.length - 4
  const token = Buffer.of((Math.min(15, literal.length) << 4) | Math.min(15, matched))
  const distance = copy === undefined ? [] : [Buffer.of(copy.distance & 0xff, copy.distance >> 8), rest(matched)]
  return Buffer.concat([token, rest(literal.length), literal, ...distance])
}

function rest(length: number): Buffer {
  if (length < 15) return Buffer.alloc(0)
  return Buffer.from([...Array.from({ length: Math.floor((length - 15) / 255) }, () => 255), (length - 15) % 255])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push(left < 128 ? left : (left % 128) + 128)
    if (left < 128) return Buffer.from(bytes)
  }
}

function uint32(value: number, order: 'LE' | 'BE' = 'LE'): Buffer {
  const bytes = Buffer.alloc(4)
  if (order === 'LE') bytes.writeUInt32LE(value)
  else bytes.writeUInt32BE(value)
  return bytes
}

/** Every codec's number, and a way to pack bytes with it. */
export const packers: readonly { readonly codec: number; readonly name: string; readonly pack: (bytes: Buffer) => Buffer }[] = [
  { codec: 1, name: 'gzip', pack: bytes => gzipSync(bytes) },
  { codec: 2, name: 'snappy, plain', pack: bytes => plainSnappy([{ literal: bytes.subarray(0, 60_000) }]) },
  { codec: 2, name: 'snappy, framed', pack: bytes => framedSnappy([[{ literal: bytes.subarray(0, 60_000) }]]) },
  { codec: 3, name: 'lz4', pack: bytes => lz4Frame([[{ literal: bytes }]], { contentSize: true }) },
  { codec: 4, name: 'zstd', pack: bytes => zstdCompressSync(bytes) },
]
