import { crc32 } from 'node:zlib'
import type { JournalFile } from '../disk/file-system.ts'
import { readPiece } from '../disk/pieces.ts'

/**
 * A compressed segment is a file in the Zstandard Seekable Format, version 0.1.0
 * (https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md), little endian:
 *
 *     index       skippable frame: magic 0x184D2A50 u32 | length u32 | crc32 u32 | per frame: compressed size u32, content size u32
 *     frames      independent Zstandard frames, with checksums
 *     seek table  skippable frame: magic 0x184D2A5E u32 | length u32 | per frame: compressed size u32, content size u32 |
 *                 number of frames u32 | descriptor u8, 0 | magic 0x8F92EAB1 u32
 *
 * `zstd -d` reads it. The index in front is ours: the seek table has no checksum of its own, and without a table nothing else could be read. To others it
 * is a frame without content, and stands as such in the seek table.
 */
export interface FrameSizes {
  readonly compressed: number
  readonly content: number
}

const indexMagic = 0x184d2a50
const tableMagic = 0x184d2a5e
const footerMagic = 0x8f92eab1
const skippableBytes = 8
const entryBytes = 8
const footerBytes = 9
/** No frame that we make holds more: one entry, or a piece of them. */
const maxFrameBytes = 32 * 1024 * 1024

/** Length of the index for a number of frames; the first frame begins after it. */
export function indexBytes(frames: number): number {
  return skippableBytes + 4 + frames * entryBytes
}

export function encodeIndex(frames: readonly FrameSizes[]): Buffer {
  const bytes = Buffer.alloc(indexBytes(frames.length))
  bytes.writeUInt32LE(indexMagic, 0)
  bytes.writeUInt32LE(bytes.length - skippableBytes, 4)
  encodeEntries(bytes, skippableBytes + 4, frames)
  bytes.writeUInt32LE(crc32(bytes.subarray(skippableBytes + 4)), skippableBytes)
  return bytes
}

/** The seek table of the frames and of the index before them. */
export function encodeSeekTable(frames: readonly FrameSizes[]): Buffer {
  const all = [{ compressed: indexBytes(frames.length), content: 0 }, ...frames]
  const bytes = Buffer.alloc(skippableBytes + all.length * entryBytes + footerBytes)
  bytes.writeUInt32LE(tableMagic, 0)
  bytes.writeUInt32LE(bytes.length - skippableBytes, 4)
  const footer = encodeEntries(bytes, skippableBytes, all)
  bytes.writeUInt32LE(all.length, footer)
  bytes.writeUInt32LE(footerMagic, footer + 5)
  return bytes
}

/** The frames of a compressed segment, the index included; undefined when neither index nor seek table can be read. */
export async function readFrameSizes(file: JournalFile): Promise<readonly FrameSizes[] | undefined> {
  const size = await file.size()
  return (await readIndex(file, size)) ?? (await readSeekTable(file, size))
}

async function readIndex(file: JournalFile, size: number): Promise<FrameSizes[] | undefined> {
  const start = await readPiece(file, 0, skippableBytes + 4)
  if (start.length < skippableBytes + 4 || start.readUInt32LE(0) !== indexMagic) return undefined
  const end = skippableBytes + start.readUInt32LE(4)
  if (end > size || end < indexBytes(0)) return undefined
  const entries = await readPiece(file, indexBytes(0), end)
  if (crc32(entries) !== start.readUInt32LE(skippableBytes)) return undefined
  return [{ compressed: end, content: 0 }, ...decodeEntries(entries)]
}

/** Without a checksum, the table counts when its frames fill the file before it. */
async function readSeekTable(file: JournalFile, size: number): Promise<FrameSizes[] | undefined> {
  if (size < skippableBytes + footerBytes) return undefined
  const footer = await readPiece(file, size - footerBytes, size)
  const start = size - footerBytes - footer.readUInt32LE(0) * entryBytes
  if (footer.readUInt32LE(5) !== footerMagic || footer[4] !== 0 || start < skippableBytes) return undefined
  const frames = decodeEntries(await readPiece(file, start, size - footerBytes))
  const sum = frames.reduce((total, { compressed }) => total + compressed, 0)
  const isSound = sum === start - skippableBytes && frames.every(({ content }) => content <= maxFrameBytes)
  return isSound ? frames : undefined
}

/** Returns the offset behind the entries. */
function encodeEntries(bytes: Buffer, from: number, frames: readonly FrameSizes[]): number {
  let at = from
  for (const { compressed, content } of frames) {
    bytes.writeUInt32LE(compressed, at)
    bytes.writeUInt32LE(content, at + 4)
    at += entryBytes
  }
  return at
}

function decodeEntries(bytes: Buffer): FrameSizes[] {
  return Array.from({ length: Math.floor(bytes.length / entryBytes) }, (_, index) => ({
    compressed: bytes.readUInt32LE(index * entryBytes),
    content: bytes.readUInt32LE(index * entryBytes + 4),
  }))
}
