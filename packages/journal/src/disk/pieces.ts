import { JournalError } from './errors.ts'
import type { JournalFile } from './file-system.ts'

/** The bytes of a file from `from` to `to`; fewer where the file is shorter. `into` is used for them if they fit. */
export async function readPiece(file: JournalFile, from: number, to: number, into?: Buffer): Promise<Buffer> {
  const wanted = Math.max(0, to - from)
  const bytes = into !== undefined && into.length >= wanted ? into.subarray(0, wanted) : Buffer.allocUnsafeSlow(wanted)
  let length = 0
  while (length < bytes.length) {
    const read = await file.read(bytes, length, bytes.length - length, from + length)
    if (read === 0) break
    length += read
  }
  return bytes.subarray(0, length)
}

/** Writes all of the pieces from a position on, however few bytes the disk takes at a time; the list is used up. */
export async function writeAll(file: JournalFile, pieces: Buffer[], position: number): Promise<void> {
  let at = position
  while (pieces.length > 0) {
    const written = await file.write(pieces, at)
    if (written === 0) throw new JournalError('JOURNAL_NOTHING_WRITTEN', 'The disk took none of the bytes', { retriable: true })
    at += written
    dropBytes(pieces, written)
  }
}

/** Takes bytes off the front. */
function dropBytes(pieces: Buffer[], count: number): void {
  let left = count
  while (left > 0) {
    const first = pieces[0] as Buffer
    if (first.length > left) pieces[0] = first.subarray(left)
    else pieces.shift()
    left -= Math.min(left, first.length)
  }
}
