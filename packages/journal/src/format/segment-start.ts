import type { JournalFile } from '../disk/file-system.ts'
import { readPiece } from '../disk/pieces.ts'
import { encodeEntry, entryOverheadBytes, headerKind, isHeader, probeEntry, viewEntry } from './entry.ts'

/** Who captured what follows; every segment begins with it. */
export interface SessionHeader {
  /** Short id; ids of later sessions sort after those of earlier ones. */
  readonly session: string
  readonly openedAtUs: number
  readonly environment: string
  readonly collector: string
  readonly version: number
  /** The pending gaps of the collector when the segment began; the journal only carries them. */
  readonly owed?: unknown
}

/** The first bytes of a segment, as one entry; `timeUs` is when the segment was begun. */
export function encodeHeader(header: SessionHeader, timeUs: number): Buffer {
  const content = Buffer.from(JSON.stringify(header))
  const bytes = Buffer.allocUnsafeSlow(entryOverheadBytes + content.length)
  encodeEntry(bytes, 0, headerKind, timeUs, content)
  return bytes
}

/** The first entry of a segment. */
export interface SegmentStart {
  readonly header: SessionHeader
  /** When the segment was begun. */
  readonly begunAtUs: number
}

/** Reads the start of a segment back from its first whole entry, which ends at `end`; undefined when it is no header. */
function decodeStart(bytes: Buffer, end: number): SegmentStart | undefined {
  if (!isHeader(bytes, 0)) return undefined
  const { timeUs, bytes: content } = viewEntry(bytes, 0, end)
  try {
    return { header: JSON.parse(content.toString('utf8')) as SessionHeader, begunAtUs: timeUs }
  } catch {
    return undefined
  }
}

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
