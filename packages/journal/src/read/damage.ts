import type { JournalFile } from '../disk/file-system.ts'
import { readPiece } from '../disk/pieces.ts'
import type { Damage, EntryBatch } from '../format/batch.ts'
import { type Entry, entryOverheadBytes, viewEntry } from '../format/entry.ts'
import type { Position } from '../format/position.ts'
import type { SegmentStart, SessionHeader } from '../format/segment-start.ts'
import { readStretch, type Stretch } from './stretch.ts'

/** Stands in for the header of a segment whose own cannot be read: nothing tells which session the damage belongs to. */
const unknownHeader: SessionHeader = { session: '', openedAtUs: 0, environment: '', collector: '', version: 0 }

const pieceBytes = 1024 * 1024

/** A whole segment that cannot be read because its header cannot. */
export function headless(start: Position, end: number): EntryBatch {
  const damage = { bytes: end - start.offset, reason: 'header unreadable' }
  return { header: unknownHeader, entries: [], start, end: { ...start, offset: end }, damage }
}

/**
 * A damaged stretch as a batch, with one `gap` entry that says so to whoever reads it as part of the session: from the time of the entry before it
 * to that of the entry behind it, as far as the segment knows them. It follows from the file alone, so every reader gets the same.
 */
export async function damagedBatch(
  file: JournalFile,
  { header, begunAtUs }: SegmentStart,
  start: Position,
  { end, isTorn }: Extract<Stretch, { state: 'damaged' }>,
): Promise<EntryBatch> {
  const damage = { bytes: end - start.offset, reason: isTorn ? 'torn end' : 'checksum or length wrong' }
  const from = (await lastTimeBefore(file, start.offset)) ?? begunAtUs
  const to = isTorn ? from : Math.max(from, await timeAt(file, end))
  return { header, entries: [gapOf(damage, start, from, to)], start, end: { ...start, offset: end }, damage }
}

function gapOf({ bytes, reason }: Damage, start: Position, from: number, to: number): Entry {
  const evidence = `${bytes} bytes of the journal at segment ${start.segment}, offset ${start.offset} cannot be read: ${reason}`
  return {
    kind: 'gap',
    timeUs: to,
    offset: start.offset,
    bytes: Buffer.from(JSON.stringify({ from, to, reason: 'journal_damaged', evidence })),
  }
}

async function lastTimeBefore(file: JournalFile, offset: number): Promise<number | undefined> {
  let timeUs: number | undefined
  for (let at = 0; at < offset; ) {
    const stretch = await readStretch(file, at, offset, pieceBytes)
    if (stretch.state === 'whole') timeUs = stretch.entries.at(-1)?.timeUs ?? timeUs
    at = stretch.end
  }
  return timeUs
}

/** The time of the whole entry that begins at an offset. */
async function timeAt(file: JournalFile, offset: number): Promise<number> {
  const bytes = await readPiece(file, offset, offset + entryOverheadBytes)
  return viewEntry(bytes, 0, bytes.length).timeUs
}
