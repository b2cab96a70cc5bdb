import { beginning, type EntryBatch, type Position, readJournal, type SessionHeader } from '@tickhouse/journal'
import { UsageError } from '../usage-error.ts'

/** A session of a journal, and where it stands there. */
export interface JournalSession {
  readonly header: SessionHeader
  readonly from: Position
  /** Behind its last segment; undefined for the last session, which may still grow. */
  readonly to: Position | undefined
  /** The last segment that is its own. */
  readonly lastSegment: number
}

/** The sessions of a journal in order; looks at the beginning of each segment only. */
export async function journalSessions(directory: string): Promise<JournalSession[]> {
  const sessions: JournalSession[] = []
  for (let at = beginning; ; ) {
    const first = await firstBatch(directory, at)
    if (first === undefined) return sessions
    const { header, start } = first
    const last = sessions.at(-1)
    if (last !== undefined && header.session === last.header.session)
      sessions[sessions.length - 1] = { ...last, lastSegment: start.segment }
    else if (header.session !== '') {
      if (last) sessions[sessions.length - 1] = { ...last, to: start }
      sessions.push({ header, from: start, to: undefined, lastSegment: start.segment })
    }
    at = { segment: start.segment + 1, offset: 0 }
  }
}

async function firstBatch(directory: string, from: Position): Promise<EntryBatch | undefined> {
  try {
    for await (const batch of readJournal(directory, { from, maxBytes: 1 })) return batch
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new UsageError(`Expected a journal in ${directory}, there is no such folder`)
  }
  return undefined
}
