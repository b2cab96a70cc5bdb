import { dirname } from 'node:path'
import type { Logger } from '@tickhouse/runtime'
import type { EntryKind } from './entry.ts'
import type { FileSystem, JournalFile } from './file-system.ts'
import { findNextEntry } from './resync.ts'
import { listSegments, segmentPath } from './segment-files.ts'
import { readStart } from './segment-reader.ts'
import type { SegmentStart, SessionHeader } from './session-header.ts'
import { readStretch } from './stretch.ts'

/** The end of the journal as it was found: the last session, its last entry but for heartbeats (none: the session had just begun) and when that was. */
export interface LastEntry {
  readonly header: SessionHeader
  readonly kind: EntryKind | undefined
  readonly timeUs: number
}

/** What opening a journal found and mended. */
export interface Recovered {
  readonly lastSegment: number
  readonly last: LastEntry | undefined
  /** Bytes of a torn end that were cut off. */
  readonly truncatedBytes: number
}

const pieceBytes = 1024 * 1024

/** Cuts the torn end off the last segment, removes it when nothing whole is in it, and says so. Damage further inside stays and is reported by readers. */
export async function recover(directory: string, files: FileSystem, log: Logger): Promise<Recovered> {
  let truncatedBytes = 0
  for (const segment of (await listSegments(files, directory)).reverse()) {
    const path = segmentPath(directory, segment)
    const { end, size, last } = await inspect(files, path)
    if (end < size) {
      truncatedBytes += size - end
      log.warn({ segment, position: end, truncatedBytes: size - end }, 'The journal ended in a torn entry, which was cut off')
      await cut(files, path, end)
    }
    if (end > 0) return { lastSegment: segment, last, truncatedBytes }
  }
  return { lastSegment: 0, last: undefined, truncatedBytes }
}

interface Inspection {
  /** Behind the last whole entry; 0 when there is none. */
  readonly end: number
  readonly size: number
  readonly last: LastEntry | undefined
}

async function inspect(files: FileSystem, path: string): Promise<Inspection> {
  const file = await files.open(path, 'read')
  try {
    const size = await file.size()
    const start = await readStart(file, size)
    if (start !== undefined) return await inspectEntries(file, size, start)
    const hasEntries = (await findNextEntry(file, 0, size)) !== undefined
    return { end: hasEntries ? size : 0, size, last: undefined }
  } finally {
    await file.close()
  }
}

async function inspectEntries(file: JournalFile, size: number, { header, begunAtUs }: SegmentStart): Promise<Inspection> {
  let last: LastEntry = { header, kind: undefined, timeUs: begunAtUs }
  let end = 0
  for (let at = 0; at < size; ) {
    const stretch = await readStretch(file, at, size, pieceBytes)
    at = stretch.end
    if (stretch.state === 'damaged') continue
    // A heartbeat does not tell that all frames up to its time were read.
    const entry = stretch.entries.findLast(({ kind }) => kind !== 'heartbeat')
    if (entry !== undefined) last = { header, kind: entry.kind, timeUs: entry.timeUs }
    end = at
  }
  return { end, size, last }
}

async function cut(files: FileSystem, path: string, end: number): Promise<void> {
  if (end === 0) {
    await files.remove(path)
    return files.syncDirectory(dirname(path))
  }
  const file = await files.open(path, 'append')
  try {
    await file.truncate(end)
    await file.sync()
  } finally {
    await file.close()
  }
}
