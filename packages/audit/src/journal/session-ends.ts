import type { Interval } from '@tickhouse/calendar'
import { type Entry, readJournal } from '@tickhouse/journal'
import type { JournalSession } from './sessions.ts'

/** How a session ends: the time of its last entry, and whether it was closed; a gap may follow the close. */
export interface End {
  readonly timeUs: number
  /** Time of the last frame among the entries that were looked at; 0 when there was none. */
  readonly heardAtUs: number
  readonly closed: boolean
  /** It was closed by the process after the one that captured it: the last entries may have gone with a power loss. */
  readonly crashed: boolean
}

/** Those that may have captured something in a stretch of time: begun before its end, and followed by no other before its beginning. The last one may go on. */
export async function sessionsIn(
  directory: string,
  sessions: readonly JournalSession[],
  { fromUs, toUs }: Interval,
): Promise<JournalSession[]> {
  const candidates = sessions.filter(
    ({ header }, index) => header.openedAtUs < toUs && (sessions[index + 1]?.header.openedAtUs ?? Number.POSITIVE_INFINITY) > fromUs,
  )
  const first = candidates[0]
  if (first === undefined || first.header.openedAtUs >= fromUs) return candidates
  const end = await endOf(directory, first)
  const isOver = first.to !== undefined || end?.closed
  return isOver && (end === undefined || end.timeUs < fromUs) ? candidates.slice(1) : candidates
}

/** The end of a session so far, with these entries behind it. */
export function furtherEnd(end: End | undefined, entries: readonly Entry[]): End | undefined {
  const last = entries.at(-1)
  if (last === undefined) return end
  const closes = entries.filter(({ kind }) => kind === 'close')
  return {
    timeUs: last.timeUs,
    heardAtUs: entries.findLast(({ kind }) => kind === 'frame')?.timeUs ?? end?.heardAtUs ?? 0,
    closed: end?.closed === true || closes.length > 0,
    crashed: end?.crashed === true || closes.some(({ bytes }) => bytes.includes('"crashed"')),
  }
}

/** The end of a session, from its last segments back to one that has entries; undefined when none has. */
export async function endOf(directory: string, { from, lastSegment }: JournalSession): Promise<End | undefined> {
  for (let segment = lastSegment; segment >= from.segment; segment--) {
    const range = { from: { segment, offset: 0 }, to: { segment: segment + 1, offset: 0 } }
    let end: End | undefined
    for await (const { entries } of readJournal(directory, range)) end = furtherEnd(end, entries)
    if (end !== undefined) return end
  }
  return undefined
}

/** Whether records may still be added: the last session goes on, or nobody has closed it. */
export async function isStillOpen(directory: string, sessions: readonly JournalSession[]): Promise<boolean> {
  const last = sessions.at(-1)
  return last !== undefined && (await endOf(directory, last))?.closed !== true
}
