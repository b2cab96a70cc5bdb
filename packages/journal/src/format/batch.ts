import { type Entry, isHeader, probeEntry, viewEntry } from './entry.ts'
import type { Position } from './position.ts'
import type { SessionHeader } from './segment-start.ts'

/** A stretch of a segment that holds no readable entry: what it was is lost, and readers must say so. */
export interface Damage {
  readonly bytes: number
  readonly reason: string
}

/**
 * Entries in order, all of one session and one segment. `start.offset` is 0 where the segment begins, even when it holds no entry yet.
 * With `damage` nothing can be read from `start` to `end`; in place of what was there stands one `gap` entry that says so (none
 * when not even the session is known: its id is then empty). Reading goes on at `end`.
 */
export interface EntryBatch {
  readonly header: SessionHeader
  readonly entries: readonly Entry[]
  readonly start: Position
  readonly end: Position
  readonly damage?: Damage
}

/** Whole entries found in a piece of a segment: how far they reach, and what stands behind them. */
export interface FoundEntries {
  readonly entries: Entry[]
  readonly end: number
  /** `short`: the next entry is not all here, `needed` bytes would hold it; `damaged`: no entry begins there. */
  readonly behind: 'end' | 'short' | 'damaged'
  readonly needed: number
}

/** Collects the whole entries of `bytes`, which begin at `origin` in their segment; a segment's header is passed over. */
export function findEntries(bytes: Buffer, origin: number): FoundEntries {
  const limit = bytes.length
  const entries: Entry[] = []
  for (let at = 0; ; ) {
    if (at === limit) return { entries, end: at, behind: 'end', needed: 0 }
    const probe = probeEntry(bytes, at, limit)
    if (probe === 'damaged') return { entries, end: at, behind: 'damaged', needed: 0 }
    if (probe.state === 'short') return { entries, end: at, behind: 'short', needed: probe.needed }
    if (!isHeader(bytes, at)) entries.push(viewEntry(bytes, at, probe.end, origin))
    at = probe.end
  }
}
