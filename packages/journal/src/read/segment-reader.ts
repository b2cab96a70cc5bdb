import { diskFileSystem, errorCodeOf, type FileSystem, type JournalFile } from '../disk/file-system.ts'
import { readPiece } from '../disk/pieces.ts'
import type { EntryBatch } from '../format/batch.ts'
import { beginning, comparePositions, type Position } from '../format/position.ts'
import { listSegments, openSegment } from '../format/segment-files.ts'
import { readStart, type SegmentStart } from '../format/segment-start.ts'
import { damagedBatch, headless } from './damage.ts'
import type { ReadRange } from './growing.ts'
import { readStretch } from './stretch.ts'

interface OpenSegment {
  readonly number: number
  readonly file: JournalFile
  readonly start: SegmentStart | undefined
  /** Up to here everything is written, as far as is known. */
  limit: number
  /** Whether a later segment exists, or it is compressed; the end of the last one may be torn or still growing. */
  readonly isSealed: boolean
}

/** Reads batches from the segment files of a directory, one file open at a time; the owner of the journal may go on writing. */
export class SegmentReader {
  readonly #directory: string
  readonly #files: FileSystem
  #open: OpenSegment | undefined

  constructor(directory: string, files: FileSystem) {
    this.#directory = directory
    this.#files = files
  }

  /** Whether it holds a file. */
  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** The next batch at or after `at` and before `until` (default: the end of the segment); undefined when there is none. */
  async next(at: Position, maxBytes: number, until?: Position): Promise<EntryBatch | undefined> {
    for (let from = at; ; ) {
      const segment = await this.#segmentAt(from, until)
      if (segment === undefined) return undefined
      const start = { segment: segment.number, offset: segment.number === from.segment ? from.offset : 0 }
      if (until !== undefined && comparePositions(start, until) >= 0) return undefined
      const limit = until?.segment === segment.number ? Math.min(until.offset, segment.limit) : segment.limit
      const batch = start.offset < limit ? await readBatch(segment, start, limit, maxBytes) : undefined
      if (batch !== undefined || !segment.isSealed) return batch
      from = { segment: segment.number + 1, offset: 0 }
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.file.close()
  }

  /** The segment of the position, or the first one after it; opened again when it may have grown beyond what was known. */
  async #segmentAt(at: Position, until: Position | undefined): Promise<OpenSegment | undefined> {
    const open = this.#open
    if (open?.number === at.segment && (open.isSealed || at.offset < open.limit || (await hasGrown(open, until)))) return open
    await this.close()
    for (let missing = 0; ; ) {
      const segments = await listSegments(this.#files, this.#directory)
      const number = segments.find(segment => segment >= at.segment)
      if (number === undefined) return undefined
      try {
        this.#open = await this.#openSegment(number, number !== segments.at(-1), until)
        return this.#open
      } catch (error) {
        // It was removed since it was listed.
        if (errorCodeOf(error) !== 'ENOENT' || number === missing) throw error
        missing = number
      }
    }
  }

  async #openSegment(number: number, hasSuccessor: boolean, until: Position | undefined): Promise<OpenSegment> {
    const { file, isCompressed } = await openSegment(this.#files, this.#directory, number)
    const isSealed = hasSuccessor || isCompressed
    try {
      const size = await file.size()
      const limit = !isSealed && until?.segment === number ? Math.min(until.offset, size) : size
      const opened: OpenSegment = { number, file: readingAhead(file, () => opened.limit), limit, isSealed, start: undefined }
      return Object.assign(opened, { start: await readStart(opened.file, limit) })
    } catch (error) {
      await file.close()
      throw error
    }
  }
}

/** True when an open segment has grown since it was measured: the reader learns that from `until`. */
async function hasGrown(open: OpenSegment, until: Position | undefined): Promise<boolean> {
  if (open.start === undefined || until?.segment !== open.number || until.offset <= open.limit) return false
  const before = open.limit
  open.limit = Math.min(until.offset, await open.file.size())
  return open.limit > before
}

async function readBatch(segment: OpenSegment, start: Position, limit: number, maxBytes: number): Promise<EntryBatch | undefined> {
  const { file, isSealed } = segment
  if (segment.start === undefined) return isSealed ? headless(start, limit) : undefined
  const stretch = await readStretch(file, start.offset, limit, maxBytes)
  if (stretch.state === 'whole')
    return { header: segment.start.header, entries: stretch.entries, start, end: { ...start, offset: stretch.end } }
  // What is torn at the end of the last segment may still be on its way.
  return stretch.isTorn && !isSealed ? undefined : damagedBatch(file, segment.start, start, stretch)
}

const windowBytes = 1024 * 1024

/**
 * The same file, read in windows of 1 MiB: many small reads in order cost one. Nothing behind the limit is read ahead: there the
 * file may still be written, and what was seen too early must not be remembered.
 */
function readingAhead(file: JournalFile, limitNow: () => number): JournalFile {
  let offset = 0
  let window: Buffer = Buffer.alloc(0)
  const read: JournalFile['read'] = async (bytes, from, length, position) => {
    const isInside = position >= offset && position + length <= offset + window.length
    if (!isInside) {
      const limit = limitNow()
      if (length > windowBytes || position + length > limit) return file.read(bytes, from, length, position)
      window = await readPiece(file, position, Math.min(limit, position + windowBytes))
      offset = position
    }
    return window.copy(bytes, from, position - offset, position - offset + length)
  }
  return { ...file, read }
}

/**
 * Reads a journal without owning it, also while its owner writes: every batch that is in the files now, in order. What is torn at the very
 * end is not there yet; damage before that comes as a batch with `damage`. Without `to` it ends where the files end now, or a batch later,
 * so it does not run after an owner who writes as fast.
 */
export async function* readJournal(directory: string, range: ReadRange & { files?: FileSystem } = {}): AsyncGenerator<EntryBatch> {
  const { from = beginning, to, maxBytes = 1024 * 1024, files = diskFileSystem } = range
  const end = to ?? (await endNow(files, directory))
  const reader = new SegmentReader(directory, files)
  try {
    for (let at = from; comparePositions(at, end) < 0; ) {
      const batch = await reader.next(at, maxBytes, to)
      if (batch === undefined || comparePositions(batch.start, end) >= 0) return
      yield batch
      at = batch.end
    }
  } finally {
    await reader.close()
  }
}

/** The first batch of every segment, in order; the owner of the journal may go on writing. */
export async function* segmentBeginnings(directory: string, files: FileSystem = diskFileSystem): AsyncGenerator<EntryBatch> {
  const reader = new SegmentReader(directory, files)
  try {
    for (let at = beginning; ; ) {
      const batch = await reader.next(at, 1)
      if (batch === undefined) return
      yield batch
      at = { segment: batch.start.segment + 1, offset: 0 }
    }
  } finally {
    await reader.close()
  }
}

/** Where the files end, which may be within an entry that is being written. */
async function endNow(files: FileSystem, directory: string): Promise<Position> {
  const last = (await listSegments(files, directory)).at(-1)
  if (last === undefined) return beginning
  const { file } = await openSegment(files, directory, last)
  try {
    return { segment: last, offset: await file.size() }
  } finally {
    await file.close()
  }
}
