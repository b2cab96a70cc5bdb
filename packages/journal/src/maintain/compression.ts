import type { Position } from '../format/position.ts'
import { listByForm, segmentPath } from '../format/segment-files.ts'
import { compressSegment } from './compress-segment.ts'
import type { KeptJournal } from './retention.ts'
import { sessionOf } from './stored-sessions.ts'

/** What was compressed, and what that brought. */
export interface Compressed {
  readonly segments: number
  readonly plainBytes: number
  readonly compressedBytes: number
}

/** Which sessions: all but the newest, or, where nobody writes any more, all. */
export type SessionsToCompress = 'older' | 'all'

/** When to stop: an abort leaves the segment as it was and rejects; being in need ends it before the next one. */
export interface CompressionLimits {
  readonly signal: AbortSignal
  readonly isInNeed: () => boolean
}

/** Compresses, one after another, the segments that lie wholly before a position; those of the newest session only where `sessions` says so, as it may go on. */
export async function compressOldSegments(
  journal: KeptJournal,
  before: Position,
  { signal, isInNeed }: CompressionLimits,
  sessions: SessionsToCompress = 'older',
): Promise<Compressed> {
  const { directory, files, use } = journal
  const done = { segments: 0, plainBytes: 0, compressedBytes: 0 }
  for (const segment of await oldPlainSegments(journal, before, sessions)) {
    if (isInNeed()) break
    const plainBytes = await files.sizeOf(segmentPath(directory, segment))
    const bytes = await compressSegment({ directory, files, segment, signal })
    use.set(segment, bytes)
    await files.syncDirectory(directory)
    done.segments += 1
    done.plainBytes += plainBytes
    done.compressedBytes += bytes
  }
  return done
}

async function oldPlainSegments({ directory, files }: KeptJournal, before: Position, sessions: SessionsToCompress): Promise<number[]> {
  const { plain, compressed } = await listByForm(files, directory)
  const last = Math.max(0, ...plain.slice(-1), ...compressed.slice(-1))
  const newest = last === 0 ? undefined : await sessionOf(directory, files, last)
  const isOver = async (segment: number) =>
    sessions === 'all' || (newest !== undefined && (await sessionOf(directory, files, segment)) !== newest)
  const found: number[] = []
  for (const segment of plain) {
    if (segment >= before.segment || !(await isOver(segment))) break
    found.push(segment)
  }
  return found
}
