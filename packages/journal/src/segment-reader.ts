import { type EntryBatch, type Found, findEntries } from './batch.ts'
import { probeEntry } from './entry.ts'
import type { FileSystem, JournalFile } from './file-system.ts'
import { comparePositions, type Position } from './position.ts'
import { readPiece } from './read-piece.ts'
import { findNextEntry } from './resync.ts'
import { listSegments, segmentPath } from './segment-files.ts'
import { decodeStart, type SegmentStart, type SessionHeader } from './session-header.ts'

/** Stands in for the header of a segment whose own cannot be read; such a segment is one stretch of damage. */
const unknownHeader: SessionHeader = { session: '', openedAtUs: 0, environment: '', collector: '', version: 0 }

/** A segment file that is being read. */
export interface OpenSegment {
  readonly number: number
  readonly file: JournalFile
  readonly header: SessionHeader | undefined
  readonly size: number
  /** Whether a later segment exists; the end of the last one may be torn or still growing. */
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

  /** The next batch at or after `at` and before `until` (default: the end of what is there); undefined when there is none. */
  async next(at: Position, maxBytes: number, until?: Position): Promise<EntryBatch | undefined> {
    for (let from = at; ; ) {
      const segment = await this.#segmentAt(from)
      if (segment === undefined) return undefined
      const start = { segment: segment.number, offset: segment.number === from.segment ? from.offset : 0 }
      if (until !== undefined && comparePositions(start, until) >= 0) return undefined
      const limit = until?.segment === segment.number ? Math.min(until.offset, segment.size) : segment.size
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

  /** The segment of the position, or the first one after it. */
  async #segmentAt(at: Position): Promise<OpenSegment | undefined> {
    if (this.#open?.number === at.segment && this.#open.isSealed) return this.#open
    await this.close()
    const segments = await listSegments(this.#files, this.#directory)
    const number = segments.find(segment => segment >= at.segment)
    if (number === undefined) return undefined
    this.#open = await this.#openSegment(number, number !== segments.at(-1))
    return this.#open
  }

  async #openSegment(number: number, isSealed: boolean): Promise<OpenSegment> {
    const file = await this.#files.open(segmentPath(this.#directory, number), 'read')
    try {
      const size = await file.size()
      return { number, file, size, isSealed, header: (await readStart(file, size))?.header }
    } catch (error) {
      await file.close()
      throw error
    }
  }
}

/** The start of a segment; undefined when it cannot be read. */
export async function readStart(file: JournalFile, size: number): Promise<SegmentStart | undefined> {
  let bytes = await readPiece(file, 0, Math.min(size, 4096))
  let probe = probeEntry(bytes, 0, bytes.length)
  if (probe !== 'damaged' && probe.state === 'short' && probe.needed <= size) {
    bytes = await readPiece(file, 0, probe.needed)
    probe = probeEntry(bytes, 0, bytes.length)
  }
  return probe !== 'damaged' && probe.state === 'whole' ? decodeStart(bytes, probe.end) : undefined
}

/** The next batch of one segment before `limit`; what is torn at the end of a sealed segment is damage, else it is not there yet. */
export async function readBatch(segment: OpenSegment, start: Position, limit: number, maxBytes: number): Promise<EntryBatch | undefined> {
  const { header } = segment
  if (header === undefined) return segment.isSealed ? damaged(segment, start, limit, 'header unreadable') : undefined
  const found = await readAtLeastOne(segment.file, start.offset, limit, maxBytes)
  const end = start.offset + found.end
  if (found.end > 0) return { header, entries: found.entries, start, end: { segment: segment.number, offset: end } }
  const next = await findNextEntry(segment.file, start.offset + 1, limit)
  if (next !== undefined) return damaged(segment, start, next, 'checksum or length wrong')
  return segment.isSealed ? damaged(segment, start, limit, 'torn end') : undefined
}

/** Reads a piece, and once more if its first entry is longer than that. */
async function readAtLeastOne(file: JournalFile, from: number, limit: number, maxBytes: number): Promise<Found> {
  let to = Math.min(limit, from + maxBytes)
  for (;;) {
    const bytes = await readPiece(file, from, to)
    const found = findEntries(bytes, 0, bytes.length)
    if (found.end > 0 || found.behind !== 'short' || from + found.needed > limit || from + found.needed <= to) return found
    to = from + found.needed
  }
}

function damaged(segment: OpenSegment, start: Position, end: number, reason: string): EntryBatch {
  const header = segment.header ?? unknownHeader
  return { header, entries: [], start, end: { segment: segment.number, offset: end }, damage: { bytes: end - start.offset, reason } }
}
