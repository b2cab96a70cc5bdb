import { encodeEntry, entryOverheadBytes, headerKind, isHeader, viewEntry } from './entry.ts'

/** Who captured what follows; every segment begins with it. */
export interface SessionHeader {
  /** Short id; ids of later sessions sort after those of earlier ones. */
  readonly session: string
  readonly openedAtUs: number
  readonly environment: string
  readonly collector: string
  readonly version: number
  /** What whoever captures still had to write when the segment began; the journal only carries it. */
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
export function decodeStart(bytes: Buffer, end: number): SegmentStart | undefined {
  if (!isHeader(bytes, 0)) return undefined
  const { timeUs, bytes: content } = viewEntry(bytes, 0, end)
  try {
    return { header: JSON.parse(content.toString('utf8')) as SessionHeader, begunAtUs: timeUs }
  } catch {
    return undefined
  }
}
