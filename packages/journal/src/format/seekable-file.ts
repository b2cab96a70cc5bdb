import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import type { JournalFile } from '../disk/file-system.ts'
import { readPiece } from '../disk/pieces.ts'
import { type FrameSizes, readFrameSizes } from './seekable-format.ts'

const decompress = promisify(zstdDecompress)
/** Of zlib; a chunk for all of a frame costs half as much as the many that it takes by itself. */
const minChunkBytes = 64

/** A frame with its place in the file, and the place of its content among all content. */
interface Frame extends FrameSizes {
  readonly from: number
  readonly start: number
}

/**
 * A compressed segment as if it were the plain one: sizes and positions are those of its content, one frame at a time is held decompressed.
 * What cannot be decompressed reads as zeros, which no entry begins with, so a reader treats it like any other damage.
 */
export async function openSeekable(file: JournalFile): Promise<JournalFile> {
  try {
    const sizes = await readFrameSizes(file)
    return sizes === undefined ? unreadable(file, Math.max(1, await file.size())) : readingFrames(file, placed(sizes))
  } catch (error) {
    await file.close()
    throw error
  }
}

function placed(sizes: readonly FrameSizes[]): Frame[] {
  let [from, start] = [0, 0]
  return sizes.map(({ compressed, content }) => {
    const frame = { compressed, content, from, start }
    from += compressed
    start += content
    return frame
  })
}

function readingFrames(file: JournalFile, frames: readonly Frame[]): JournalFile {
  const last = frames.at(-1)
  const size = last === undefined ? 0 : last.start + last.content
  let held: { frame: Frame; content: Buffer } | undefined
  const read: JournalFile['read'] = async (bytes, from, length, position) => {
    if (position >= size) return 0
    if (held === undefined || !holds(held.frame, position)) {
      const frame = frames.find(each => holds(each, position)) as Frame
      held = { frame, content: await contentOf(file, frame) }
    }
    const at = position - held.frame.start
    return held.content.copy(bytes, from, at, at + length)
  }
  return { ...readOnly, read, size: async () => size, close: () => file.close() }
}

function holds({ start, content }: Frame, position: number): boolean {
  return position >= start && position < start + content
}

async function contentOf(file: JournalFile, { from, compressed, content }: Frame): Promise<Buffer> {
  const bytes = await readPiece(file, from, from + compressed)
  const found = await decompress(bytes, { maxOutputLength: content, chunkSize: Math.max(minChunkBytes, content) }).catch(() => undefined)
  return found?.length === content ? found : Buffer.alloc(content)
}

function unreadable(file: JournalFile, size: number): JournalFile {
  const read: JournalFile['read'] = async (bytes, from, length, position) => {
    const count = Math.max(0, Math.min(length, size - position))
    bytes.fill(0, from, from + count)
    return count
  }
  return { ...readOnly, read, size: async () => size, close: () => file.close() }
}

function refuse(): never {
  throw new Error('A compressed segment is never written to')
}

const readOnly = { write: async () => refuse(), truncate: async () => refuse(), sync: async () => refuse() }
