import { probeEntry } from './entry.ts'
import type { JournalFile } from './file-system.ts'
import { readPiece } from './read-piece.ts'

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
