import type { DiskUse } from './disk-use.ts'
import type { FileSystem } from './file-system.ts'
import type { Position } from './position.ts'
import { compressedPath, inEitherForm, segmentPath } from './segment-files.ts'
import { type StoredSession, storedSessions } from './stored-sessions.ts'

/** What may be removed: sessions that end before `before`, if they were last written before `olderThanMs` (wall clock) or the journal takes more than `maxBytes`. */
export interface Retention {
  readonly before: Position
  readonly olderThanMs: number
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

async function mayGo({ directory, files, use }: KeptJournal, { segments }: StoredSession, retention: Retention): Promise<boolean> {
  const { before, olderThanMs, maxBytes = Number.POSITIVE_INFINITY } = retention
  const last = segments.at(-1) as number
  if (last >= before.segment) return false
  return use.bytes > maxBytes || (await inEitherForm(directory, last, path => files.modifiedAtMs(path))) < olderThanMs
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
