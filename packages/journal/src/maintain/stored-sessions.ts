import type { FileSystem } from '../disk/file-system.ts'
import { listSegments, openSegment } from '../format/segment-files.ts'
import { readStart, type SegmentStart } from '../format/segment-start.ts'

/** A session as it is kept: its segments in order. */
export interface StoredSession {
  readonly session: string | undefined
  readonly segments: readonly number[]
}

/** The sessions in order; a segment whose header cannot be read goes with the segments before it. Looks no further than it is asked to. */
export async function* storedSessions(directory: string, files: FileSystem): AsyncGenerator<StoredSession> {
  let current: { session: string | undefined; segments: number[] } | undefined
  for (const segment of await listSegments(files, directory)) {
    const session = await sessionOf(directory, files, segment)
    if (current !== undefined && (session === undefined || session === current.session)) current.segments.push(segment)
    else {
      if (current !== undefined) yield current
      current = { session, segments: [segment] }
    }
  }
  if (current !== undefined) yield current
}

/** The session that a segment belongs to; undefined when its header cannot be read. */
export async function sessionOf(directory: string, files: FileSystem, segment: number): Promise<string | undefined> {
  return (await segmentStartOf(directory, files, segment))?.header.session
}

/** The start of a segment; undefined when its header cannot be read. */
export async function segmentStartOf(directory: string, files: FileSystem, segment: number): Promise<SegmentStart | undefined> {
  const { file } = await openSegment(files, directory, segment)
  try {
    return await readStart(file, await file.size())
  } finally {
    await file.close()
  }
}
