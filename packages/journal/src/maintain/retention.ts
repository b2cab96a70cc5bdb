import type { FileSystem } from '../disk/file-system.ts'
import type { Position } from '../format/position.ts'
import { compressedPath, inEitherForm, segmentPath } from '../format/segment-files.ts'
import type { DiskUse } from './disk-use.ts'
import { type StoredSession, segmentStartOf, storedSessions } from './stored-sessions.ts'

/** What may be removed: sessions that end before `before`, if they were last written before `olderThanMs` or the journal takes more than `maxBytes`. */
export interface Retention {
  readonly before: Position
  readonly olderThanMs: number
  /** The time of now, ms: what is later was written by a clock that was wrong. */
  readonly nowMs?: number | undefined
  readonly maxBytes?: number | undefined
}

/** What keeping a journal works with. */
export interface KeptJournal {
  readonly directory: string
  readonly files: FileSystem
  readonly use: DiskUse
}

/** Removes the oldest sessions, always with all of their segments, as records are numbered from a session's first entry. Returns the number of segments. */
export async function removeOldSegments(journal: KeptJournal, retention: Retention): Promise<number> {
  const { directory, files } = journal
  let removed = 0
  for await (const stored of storedSessions(directory, files)) {
    if (!(await mayGo(journal, stored, retention))) break
    await removeSession(journal, stored)
    removed += stored.segments.length
  }
  return removed
}

async function mayGo(journal: KeptJournal, { segments }: StoredSession, retention: Retention): Promise<boolean> {
  const { before, olderThanMs, nowMs, maxBytes = Number.POSITIVE_INFINITY } = retention
  const last = segments.at(-1) as number
  if (last >= before.segment) return false
  return journal.use.bytes > maxBytes || (await writtenAtMs(journal, last, nowMs)) < olderThanMs
}

/** When a segment was last written, by its file or, should the clock of the machine have been wrong then, by the times in it: the later one of those that are over. */
async function writtenAtMs({ directory, files }: KeptJournal, segment: number, nowMs = Number.POSITIVE_INFINITY): Promise<number> {
  const modifiedAtMs = await inEitherForm(directory, segment, path => files.modifiedAtMs(path))
  const start = await segmentStartOf(directory, files, segment)
  const over = [modifiedAtMs, (start?.begunAtUs ?? 0) / 1000].filter(ms => ms <= nowMs)
  return over.length === 0 ? nowMs : Math.max(...over)
}

/** From its end, so that what a crash in the middle leaves still begins with the session's first entry. */
async function removeSession({ directory, files, use }: KeptJournal, { segments }: StoredSession): Promise<void> {
  for (const segment of [...segments].reverse()) {
    await files.remove(compressedPath(directory, segment))
    await files.remove(segmentPath(directory, segment))
    use.delete(segment)
    await files.syncDirectory(directory)
  }
}
