import { probeEntry } from './entry.ts'
import type { JournalFile } from './file-system.ts'
import { readPiece } from './read-piece.ts'
import { decodeStart, type SegmentStart } from './session-header.ts'

/** The start of a segment; undefined when it cannot be read. */
export async function readStart(file: JournalFile, size: number): Promise<SegmentStart | undefined> {
  const first = await readFirstEntry(file, size)
  return first === undefined ? undefined : decodeStart(first, first.length)
}

/** The bytes of the first entry; undefined when there is no whole one. */
export async function readFirstEntry(file: JournalFile, size: number): Promise<Buffer | undefined> {
  let bytes = await readPiece(file, 0, Math.min(size, 4096))
  let probe = probeEntry(bytes, 0, bytes.length)
  if (probe !== 'damaged' && probe.state === 'short' && probe.needed <= size) {
    bytes = await readPiece(file, 0, probe.needed)
    probe = probeEntry(bytes, 0, bytes.length)
  }
  return probe !== 'damaged' && probe.state === 'whole' ? bytes.subarray(0, probe.end) : undefined
}
