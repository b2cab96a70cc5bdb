import { type Found, findEntries } from './batch.ts'
import type { Entry } from './entry.ts'
import type { JournalFile } from './file-system.ts'
import { readPiece } from './read-piece.ts'
import { findNextEntry } from './resync.ts'

/** What stands in a segment from an offset to `end`: whole entries, or bytes that hold none. `isTorn`: no entry follows them either. */
export type Stretch =
  | { readonly state: 'whole'; readonly entries: readonly Entry[]; readonly end: number }
  | { readonly state: 'damaged'; readonly isTorn: boolean; readonly end: number }

/** Reads on from an offset before `limit`: about `maxBytes` of entries, at least one, or all of a damaged stretch. */
export async function readStretch(file: JournalFile, from: number, limit: number, maxBytes: number): Promise<Stretch> {
  const found = await readAtLeastOne(file, from, limit, maxBytes)
  if (found.end > 0) return { state: 'whole', entries: found.entries, end: from + found.end }
  const next = await findNextEntry(file, from + 1, limit)
  return { state: 'damaged', isTorn: next === undefined, end: next ?? limit }
}

/** Reads a piece, and once more if its first entry is longer than that. */
async function readAtLeastOne(file: JournalFile, from: number, limit: number, maxBytes: number): Promise<Found> {
  let to = Math.min(limit, from + maxBytes)
  for (;;) {
    const bytes = await readPiece(file, from, to)
    const found = findEntries(bytes, from)
    if (found.end > 0 || found.behind !== 'short' || from + found.needed > limit || from + found.needed <= to) return found
    to = from + found.needed
  }
}
