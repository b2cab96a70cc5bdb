import { type Entry, endOfEntry, isHeader, viewEntry } from '../format/entry.ts'
import type { Position } from '../format/position.ts'
import type { SessionHeader } from '../format/segment-start.ts'

/** A piece of a segment in memory, byte for byte as it is or will be in the file. Invariant: `written <= used <= bytes.length`. */
export interface SegmentChunk {
  readonly header: SessionHeader
  readonly segment: number
  /** Where the chunk begins in its segment. */
  readonly offset: number
  readonly bytes: Buffer
  used: number
  written: number
}

/** Bytes that go to one place of a file with one write. */
export interface Group {
  readonly segment: number
  readonly offset: number
  readonly parts: readonly GroupPart[]
}

export interface GroupPart {
  readonly chunk: SegmentChunk
  readonly bytes: Buffer
  /** What `written` of the chunk will be. */
  readonly until: number
}

/** Whole entries of a chunk between two of their ends: about `maxBytes`, at least one. They never left memory, so no checksum is verified. */
export function entriesIn(
  { bytes, offset }: SegmentChunk,
  from: number,
  limit: number,
  maxBytes: number,
): { entries: Entry[]; end: number } {
  const entries: Entry[] = []
  let at = from
  while (at < limit && (at === from || endOfEntry(bytes, at) - from <= maxBytes)) {
    const end = endOfEntry(bytes, at)
    if (!isHeader(bytes, at)) entries.push(viewEntry(bytes, at, end, offset))
    at = end
  }
  return { entries, end: at }
}

/** Behind what is written of a chunk. */
export function behind({ segment, offset, written }: SegmentChunk): Position {
  return { segment, offset: offset + written }
}

export function isDone(chunk: SegmentChunk): boolean {
  return chunk.written === chunk.used
}
