import type { JournalFile } from '../disk/file-system.ts'
import { readPiece } from '../disk/pieces.ts'
import { type FoundEntries, findEntries } from '../format/batch.ts'
import { type Entry, probeEntry } from '../format/entry.ts'

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
async function readAtLeastOne(file: JournalFile, from: number, limit: number, maxBytes: number): Promise<FoundEntries> {
  let to = Math.min(limit, from + maxBytes)
  for (;;) {
    const bytes = await readPiece(file, from, to)
    const found = findEntries(bytes, from)
    if (found.end > 0 || found.behind !== 'short' || from + found.needed > limit || from + found.needed <= to) return found
    to = from + found.needed
  }
}

const windowBytes = 1024 * 1024

/** Where the first whole entry behind `from` begins, or undefined when there is none before `limit`. */
export async function findNextEntry(file: JournalFile, from: number, limit: number): Promise<number | undefined> {
  for (let at = from; at < limit; at += windowBytes) {
    // The window overlaps the next one by an entry's fixed part, so that no candidate falls between two.
    const bytes = await readPiece(file, at, Math.min(limit, at + windowBytes + 64))
    const found = await findInWindow(file, bytes, at, limit)
    if (found !== undefined) return found
  }
  return undefined
}

async function findInWindow(file: JournalFile, bytes: Buffer, offset: number, limit: number): Promise<number | undefined> {
  for (let at = 0; at < Math.min(bytes.length, windowBytes); at++) {
    const probe = probeEntry(bytes, at, bytes.length)
    if (probe === 'damaged') continue
    if (probe.state === 'whole') return offset + at
    if (await isWhole(file, offset + at, probe.needed, limit)) return offset + at
  }
  return undefined
}

/** Checks a candidate that reaches beyond its window. */
async function isWhole(file: JournalFile, at: number, needed: number, limit: number): Promise<boolean> {
  if (at + needed > limit) return false
  const probe = probeEntry(await readPiece(file, at, at + needed), 0, needed)
  return probe !== 'damaged' && probe.state === 'whole'
}
