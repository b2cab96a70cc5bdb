import { type Position, type SessionHeader, segmentBeginnings } from '@tickhouse/journal'
import { clockSlack, UsageError } from '@tickhouse/runtime'

/** A session of a journal, and where it stands there. */
export interface JournalSession {
  readonly header: SessionHeader
  readonly from: Position
  /** Behind its last segment; undefined for the last session, which may still grow. */
  readonly to: Position | undefined
  /** The last segment that is its own. */
  readonly lastSegment: number
}

/** The sessions of a journal in order; looks at the beginning of each segment only. Throws UsageError where there is no folder. */
export async function journalSessions(directory: string): Promise<JournalSession[]> {
  const sessions: JournalSession[] = []
  try {
    for await (const { header, start } of segmentBeginnings(directory)) {
      const last = sessions.at(-1)
      if (last !== undefined && header.session === last.header.session)
        sessions[sessions.length - 1] = { ...last, lastSegment: start.segment }
      else if (header.session !== '') {
        if (last) sessions[sessions.length - 1] = { ...last, to: start }
        sessions.push({ header, from: start, to: undefined, lastSegment: start.segment })
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new UsageError(`Expected a journal in ${directory}, there is no such folder`)
  }
  return sessions
}

/** A journal and its sessions in order. */
export interface StoredJournal {
  readonly directory: string
  readonly sessions: readonly JournalSession[]
}

/** The same of several journals. */
export function storedJournals(directories: readonly string[]): Promise<StoredJournal[]> {
  return Promise.all(directories.map(async directory => ({ directory, sessions: await journalSessions(directory) })))
}

/** The journal that holds a session; the only one where there is no choice, undefined where none of several does. */
export async function journalWith(session: string, directories: readonly string[]): Promise<string | undefined> {
  if (directories.length === 1) return directories[0]
  for (const directory of directories)
    if ((await journalSessions(directory)).some(({ header }) => header.session === session)) return directory
  return undefined
}

/** The same, where there must be one. Throws UsageError. */
export async function requireJournalWith(session: string, directories: readonly string[]): Promise<string> {
  const directory = await journalWith(session, directories)
  if (directory !== undefined) return directory
  throw new UsageError(`Expected session ${session} in one of the journals ${directories.join(', ')}, none holds it`)
}

/** A session by its times, µs. */
interface SessionTimes {
  readonly openedAtUs: number
  readonly endedAtUs?: number
}

/**
 * Since when Kafka may have records that were captured from `fromUs` on, ms, with a margin for a clock that was stepped. Records from a clock that was ahead have an earlier time in Kafka, that of when they
 * were published, as Kafka takes no time that is far ahead of its own: where sessions of a journal do not follow each other in time, or are not over, all is read.
 */
export function kafkaSinceMs(fromUs: number, sessions: readonly SessionTimes[], nowMs = Date.now()): number {
  let latestUs = 0
  for (const { openedAtUs, endedAtUs = openedAtUs } of sessions) {
    if (openedAtUs < latestUs - clockSlack.stepMs * 1000) return 0
    latestUs = Math.max(latestUs, endedAtUs)
  }
  return latestUs > (nowMs + clockSlack.stepMs) * 1000 ? 0 : Math.floor(fromUs / 1000) - clockSlack.stepMs
}
