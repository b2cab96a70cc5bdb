import { type Entry, type EntryBatch, type Position, readJournal, type SessionHeader } from '@tickhouse/journal'
import type { Interval } from '../korean-time.ts'

/** A session of a journal and the segments that it takes. */
export interface StoredSession {
  readonly header: SessionHeader
  readonly firstSegment: number
  lastSegment: number
}

/** How a session ends: the time of its last entry, and whether it was closed; a gap may follow the close. */
export interface End {
  readonly timeUs: number
  readonly closed: boolean
}

/** Every session of a journal, oldest first: from the head of each segment, so that a week of them takes a moment. */
export async function storedSessions(directory: string): Promise<StoredSession[]> {
  const sessions: StoredSession[] = []
  for (let next = 0; ; ) {
    const head = await firstBatch(directory, { segment: next, offset: 0 })
    if (head === undefined) return sessions
    const { header, start } = head
    const last = sessions.at(-1)
    if (last?.header.session === header.session) last.lastSegment = start.segment
    else if (header.session !== '') sessions.push({ header, firstSegment: start.segment, lastSegment: start.segment })
    next = start.segment + 1
  }
}

/** Those that may have captured something in a stretch of time: begun before its end, and followed by no other before its beginning. The last one may go on. */
export async function sessionsIn(
  directory: string,
  sessions: readonly StoredSession[],
  { fromUs, toUs }: Interval,
): Promise<StoredSession[]> {
  const candidates = sessions.filter(
    ({ header }, index) => header.openedAtUs < toUs && (sessions[index + 1]?.header.openedAtUs ?? Number.POSITIVE_INFINITY) > fromUs,
  )
  const first = candidates[0]
  if (first === undefined || first.header.openedAtUs >= fromUs) return candidates
  const end = await endOf(directory, first)
  const isOver = first !== sessions.at(-1) || end?.closed
  return isOver && (end === undefined || end.timeUs < fromUs) ? candidates.slice(1) : candidates
}

/** The end of a session so far, with these entries behind it. */
export function furtherEnd(end: End | undefined, entries: readonly Entry[]): End | undefined {
  const last = entries.at(-1)
  return last === undefined ? end : { timeUs: last.timeUs, closed: end?.closed === true || entries.some(({ kind }) => kind === 'close') }
}

/** The end of a session, from its last segments back to one that has entries; undefined when none has. */
export async function endOf(directory: string, { firstSegment, lastSegment }: StoredSession): Promise<End | undefined> {
  for (let segment = lastSegment; segment >= firstSegment; segment--) {
    const range = { from: { segment, offset: 0 }, to: { segment: segment + 1, offset: 0 } }
    let end: End | undefined
    for await (const { entries } of readJournal(directory, range)) end = furtherEnd(end, entries)
    if (end !== undefined) return end
  }
  return undefined
}

async function firstBatch(directory: string, from: Position): Promise<EntryBatch | undefined> {
  for await (const batch of readJournal(directory, { from, maxBytes: 1 })) return batch
  return undefined
}
