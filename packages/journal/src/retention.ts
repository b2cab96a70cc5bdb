import type { FileSystem } from './file-system.ts'
import type { Position } from './position.ts'
import { listSegments, segmentPath, sizeOf } from './segment-files.ts'
import { readStart } from './segment-reader.ts'

/** What may be removed: sessions that end before `before` and were last written before `olderThanMs` (wall clock). */
export interface Retention {
  readonly before: Position
  readonly olderThanMs: number
}

/** What was removed. */
export interface Removed {
  readonly segments: number
  readonly bytes: number
}

interface StoredSession {
  readonly session: string | undefined
  readonly segments: number[]
}

/** Removes the oldest sessions, always with all of their segments, as records are numbered from a session's first entry. */
export async function removeOldSegments(directory: string, files: FileSystem, retention: Retention): Promise<Removed> {
  const removed = { segments: 0, bytes: 0 }
  for (const { segments } of await sessionsIn(directory, files)) {
    if (!(await mayGo(directory, files, segments, retention))) break
    for (const segment of segments) {
      const path = segmentPath(directory, segment)
      removed.bytes += await sizeOf(files, path)
      await files.remove(path)
    }
    removed.segments += segments.length
  }
  if (removed.segments > 0) await files.syncDirectory(directory)
  return removed
}

async function mayGo(
  directory: string,
  files: FileSystem,
  segments: readonly number[],
  { before, olderThanMs }: Retention,
): Promise<boolean> {
  const last = segments.at(-1) as number
  return last < before.segment && (await files.modifiedAtMs(segmentPath(directory, last))) < olderThanMs
}

/** Segments in order, grouped by session; one whose header cannot be read goes with the segments before it. */
async function sessionsIn(directory: string, files: FileSystem): Promise<StoredSession[]> {
  const sessions: StoredSession[] = []
  for (const segment of await listSegments(files, directory)) {
    const session = await sessionOf(files, segmentPath(directory, segment))
    const last = sessions.at(-1)
    if (last !== undefined && (session === undefined || session === last.session)) last.segments.push(segment)
    else sessions.push({ session, segments: [segment] })
  }
  return sessions
}

async function sessionOf(files: FileSystem, path: string): Promise<string | undefined> {
  const file = await files.open(path, 'read')
  try {
    return (await readStart(file, await file.size()))?.header.session
  } finally {
    await file.close()
  }
}
