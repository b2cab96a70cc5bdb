import type { Logger } from '@tickhouse/runtime'
import type { FileSystem, JournalFile } from '../disk/file-system.ts'
import type { Entry, EntryKind } from '../format/entry.ts'
import { compressedPath, listByForm, listSegments, openSegment, segmentPath } from '../format/segment-files.ts'
import { readStart, type SegmentStart, type SessionHeader } from '../format/segment-start.ts'
import { findNextEntry, readStretch } from '../read/stretch.ts'

/** The end of the journal as it was found: the last session, its last entry but for heartbeats (none: the session had just begun) and when that was. */
export interface LastEntry {
  readonly header: SessionHeader
  readonly kind: EntryKind | undefined
  readonly timeUs: number
  /** The gaps and closes of the last segment. */
  readonly notes: readonly Entry[]
}

/** What opening a journal found and mended. */
export interface Recovered {
  readonly lastSegment: number
  readonly last: LastEntry | undefined
  /** Bytes of a torn end that were cut off. */
  readonly truncatedBytes: number
}

const pieceBytes = 1024 * 1024

/**
 * Cuts the torn end off the last segment and says so; where nothing whole is in it, an empty file keeps its number, as a reader may have been further
 * in it, and must not go on at that place in something else. Damage further inside stays and is reported by readers, as is all of a compressed segment.
 */
export async function recover(directory: string, files: FileSystem, log: Logger): Promise<Recovered> {
  await removeUnfinished(directory, files)
  await files.syncDirectory(directory)
  const segments = await listSegments(files, directory)
  const lastSegment = segments.at(-1) ?? 0
  let truncatedBytes = 0
  for (const segment of segments.reverse()) {
    const { end, size, last, isCompressed } = await inspect(directory, files, segment)
    if (isCompressed) return { lastSegment, last, truncatedBytes }
    if (end < size) log.warn({ segment, position: end, truncatedBytes: size - end }, 'The journal ended in a torn entry, which was cut off')
    truncatedBytes += size - end
    await makeLasting(files, segmentPath(directory, segment), end)
    if (end > 0) return { lastSegment, last, truncatedBytes }
  }
  return { lastSegment, last: undefined, truncatedBytes }
}

/** Where the plain segment is still there, compressing it came to no end. */
async function removeUnfinished(directory: string, files: FileSystem): Promise<void> {
  const { plain, compressed } = await listByForm(files, directory)
  for (const segment of compressed.filter(each => plain.includes(each))) await files.remove(compressedPath(directory, segment))
}

interface Inspection {
  /** Behind the last whole entry; 0 when there is none. */
  readonly end: number
  readonly size: number
  readonly last: LastEntry | undefined
  readonly isCompressed: boolean
}

async function inspect(directory: string, files: FileSystem, segment: number): Promise<Inspection> {
  const { file, isCompressed } = await openSegment(files, directory, segment)
  try {
    const size = await file.size()
    const start = await readStart(file, size)
    if (start !== undefined) return { ...(await inspectEntries(file, size, start)), isCompressed }
    const hasEntries = (await findNextEntry(file, 0, size)) !== undefined
    return { end: hasEntries ? size : 0, size, last: undefined, isCompressed }
  } finally {
    await file.close()
  }
}

async function inspectEntries(
  file: JournalFile,
  size: number,
  { header, begunAtUs }: SegmentStart,
): Promise<Omit<Inspection, 'isCompressed'>> {
  const notes: Entry[] = []
  let last: LastEntry = { header, kind: undefined, timeUs: begunAtUs, notes }
  let end = 0
  for (let at = 0; at < size; ) {
    const stretch = await readStretch(file, at, size, pieceBytes)
    at = stretch.end
    if (stretch.state === 'damaged') continue
    // A heartbeat does not tell that all frames up to its time were read.
    const entry = stretch.entries.findLast(({ kind }) => kind !== 'heartbeat')
    if (entry !== undefined) last = { header, kind: entry.kind, timeUs: entry.timeUs, notes }
    notes.push(...stretch.entries.filter(({ kind }) => kind === 'gap' || kind === 'close').map(copyOf))
    end = at
  }
  return { end, size, last }
}

/** An entry that does not hold the piece of the file in which it was read. */
function copyOf(entry: Entry): Entry {
  return { ...entry, bytes: Buffer.from(entry.bytes) }
}

/** What readers are shown from now on must stay, also if the process that wrote it was killed before it forced that to the disk. */
async function makeLasting(files: FileSystem, path: string, end: number): Promise<void> {
  const file = await files.open(path, 'append')
  try {
    await file.truncate(end)
    await file.sync()
  } finally {
    await file.close()
  }
}
