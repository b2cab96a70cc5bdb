import type { JournalFile } from './file-system.ts'
import { readPiece } from './read-piece.ts'

const windowBytes = 1024 * 1024

/**
 * The same file, read in windows of 1 MiB: many small reads in order cost one. Nothing behind the limit is read ahead: there the
 * file may still be written, and what was seen too early must not be remembered.
 */
export function readingAhead(file: JournalFile, limitNow: () => number): JournalFile {
  let offset = 0
  let window: Buffer = Buffer.alloc(0)
  const read: JournalFile['read'] = async (bytes, from, length, position) => {
    const isInside = position >= offset && position + length <= offset + window.length
    if (!isInside) {
      const limit = limitNow()
      if (length > windowBytes || position + length > limit) return file.read(bytes, from, length, position)
      window = await readPiece(file, position, Math.min(limit, position + windowBytes))
      offset = position
    }
    return window.copy(bytes, from, position - offset, position - offset + length)
  }
  return { ...file, read }
}
