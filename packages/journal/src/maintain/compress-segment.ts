import { promisify } from 'node:util'
import { constants, crc32, zstdCompress } from 'node:zlib'
import { delay } from '@tickhouse/runtime'
import { JournalError } from '../disk/errors.ts'
import type { FileSystem, JournalFile } from '../disk/file-system.ts'
import { readPiece, writeAll } from '../disk/pieces.ts'
import { openSeekable } from '../format/seekable-file.ts'
import { encodeIndex, encodeSeekTable, type FrameSizes, indexBytes } from '../format/seekable-format.ts'
import { compressedPath, segmentPath } from '../format/segment-files.ts'
import { readFirstEntry } from '../format/segment-start.ts'

/** Which segment to compress, and until when it may go on. */
export interface SegmentToCompress {
  readonly directory: string
  readonly files: FileSystem
  readonly segment: number
  readonly signal: AbortSignal
  /** How much content a frame holds; default 1 MiB. */
  readonly frameBytes?: number
}

const mebibyte = 1024 * 1024
const compress = promisify(zstdCompress)
const options = { chunkSize: mebibyte / 4, params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 } }

/**
 * Rewrites a sealed segment as a compressed one and returns its new size: written beside, forced to disk, read back, and only then is the plain one removed.
 * A crash at any point leaves the plain one, which then counts, or the compressed one alone.
 */
export async function compressSegment(parts: SegmentToCompress): Promise<number> {
  const { directory, files, segment } = parts
  const plain = segmentPath(directory, segment)
  const bytes = await writeBeside(parts, plain, compressedPath(directory, segment))
  await files.remove(plain)
  return bytes
}

async function writeBeside(parts: SegmentToCompress, plain: string, compressed: string): Promise<number> {
  const { directory, files } = parts
  await files.remove(compressed)
  try {
    const bytes = await writeCompressed(parts, plain, compressed)
    await files.touch(compressed, await files.modifiedAtMs(plain))
    await files.syncDirectory(directory)
    return bytes
  } catch (error) {
    await files.remove(compressed).catch(() => {})
    throw error
  }
}

async function writeCompressed(
  { files, signal, frameBytes = mebibyte }: SegmentToCompress,
  plain: string,
  compressed: string,
): Promise<number> {
  const source = await files.open(plain, 'read')
  try {
    const target = await files.open(compressed, 'append')
    try {
      const checksum = await copyFrames(source, target, frameBytes, signal)
      await target.sync()
      if ((await checksumOf(await openSeekable(target))) !== checksum) throw notReadBack(compressed)
      return await target.size()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Compresses piece by piece; returns the checksum of the content. */
async function copyFrames(source: JournalFile, target: JournalFile, frameBytes: number, signal: AbortSignal): Promise<number> {
  const ends = await frameEnds(source, frameBytes)
  const frames: FrameSizes[] = []
  // One for all pieces: buffers of a MiB for each would make the garbage collector stop everything more often.
  const piece = Buffer.allocUnsafeSlow(frameBytes)
  let [from, to, checksum] = [0, indexBytes(ends.length), 0]
  for (const end of ends) {
    signal.throwIfAborted()
    const begunMs = performance.now()
    const content = await readPiece(source, from, end, piece)
    const frame = await compress(content, options)
    await writeAll(target, [frame], to)
    frames.push({ compressed: frame.length, content: content.length })
    checksum = crc32(content, checksum)
    from = end
    to += frame.length
    await breathe(performance.now() - begunMs, signal)
  }
  await writeAll(target, [encodeSeekTable(frames)], to)
  await writeAll(target, [encodeIndex(frames)], 0)
  return checksum
}

/** Rests for as long as was worked, so that capture has the machine to itself half of the time. */
async function breathe(workedMs: number, signal: AbortSignal): Promise<void> {
  if (workedMs >= 1) await delay(workedMs, signal)
}

/** Where frames end: the segment's header has one of its own, since without it nothing in the segment can be read. */
async function frameEnds(source: JournalFile, frameBytes: number): Promise<number[]> {
  const size = await source.size()
  const header = (await readFirstEntry(source, size))?.length ?? 0
  const ends = header > 0 ? [header] : []
  for (let at = header; at < size; ) {
    at = Math.min(size, at + frameBytes)
    ends.push(at)
  }
  return ends
}

async function checksumOf(file: JournalFile): Promise<number> {
  const size = await file.size()
  const piece = Buffer.allocUnsafeSlow(mebibyte)
  let checksum = 0
  for (let at = 0; at < size; at += mebibyte) checksum = crc32(await readPiece(file, at, Math.min(size, at + mebibyte), piece), checksum)
  return checksum
}

function notReadBack(path: string): JournalError {
  return new JournalError('JOURNAL_NOT_READ_BACK', 'A compressed segment reads differently from the plain one, which stays', { path })
}
