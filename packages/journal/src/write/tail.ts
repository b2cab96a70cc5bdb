import type { EntryBatch } from '../format/batch.ts'
import { encodeEntry, entryOverheadBytes } from '../format/entry.ts'
import { comparePositions, type Position } from '../format/position.ts'
import { encodeHeader, type SessionHeader } from '../format/segment-start.ts'
import { behind, entriesIn, type Group, type GroupPart, isDone, type SegmentChunk } from './chunk.ts'

/** Limits in bytes; `tailBytes` counts written chunks, `pendingBytes` what is not written yet. */
export interface TailLimits {
  readonly segmentBytes: number
  readonly tailBytes: number
  readonly pendingBytes: number
}

/** How much of what is written stays in memory by default. */
export const usualTailBytes = 8 * 1024 * 1024

const chunkBytes = 256 * 1024

/** What a tail holds at most, but for one entry, bytes: a quarter more for chunks that an entry did not fit into any more, and the chunk that always stays. */
export function maxHeldBytes(pendingBytes: number, tailBytes = usualTailBytes): number {
  return tailBytes + 1.25 * pendingBytes + chunkBytes
}

/** Large enough that a busy event loop, which comes round only some forty times a second, still writes everything. */
const groupBytes = 4 * 1024 * 1024

/**
 * The end of the journal in memory: chunks in file order. At its back entries are encoded into place, so their positions are known
 * before they are written; the writer moves `written` forward; live readers read what is written; written chunks leave at the front
 * once they are more than `tailBytes`. Memory is bounded by `maxHeldBytes` + one entry: beyond that `append` refuses.
 */
export class Tail {
  readonly #limits: TailLimits
  readonly #chunks: SegmentChunk[] = []
  #header: SessionHeader | undefined
  /** Whether the current session still needs a segment of its own. */
  #isNew = false
  #segment: number
  #offset = 0
  #pending = 0
  #held = 0
  /** The oldest position that can be read from here. */
  #start: Position
  #written: Position

  constructor(firstSegment: number, limits: TailLimits) {
    this.#limits = limits
    this.#segment = firstSegment - 1
    this.#start = { segment: firstSegment, offset: 0 }
    this.#written = this.#start
  }

  get start(): Position {
    return this.#start
  }

  /** Behind the last entry that was appended. */
  get end(): Position {
    return this.#isNew || this.#header === undefined
      ? { segment: this.#segment + 1, offset: 0 }
      : { segment: this.#segment, offset: this.#offset }
  }

  /** Behind the last entry that is in a file. */
  get written(): Position {
    return this.#written
  }

  /** Bytes that are appended and not yet written. */
  get pendingBytes(): number {
    return this.#pending
  }

  /** Bytes of memory held, chunks as a whole. */
  get heldBytes(): number {
    return this.#held
  }

  /** What follows belongs to this session and begins a segment; false when there is no room now, and then the next `append` tries again. */
  begin(header: SessionHeader): boolean {
    this.#header = header
    this.#isNew = true
    return this.#hasRoom() && this.#reserve(0, header.openedAtUs) !== undefined
  }

  /** Segments that begin from now on begin with this header. */
  relabel(header: SessionHeader): void {
    this.#header = header
  }

  /** Encodes one entry at the end; false when too much is waiting to be written. */
  append(kindByte: number, timeUs: number, content: Buffer): boolean {
    if (!this.#hasRoom()) return false
    const size = entryOverheadBytes + content.length
    const chunk = this.#reserve(size, timeUs)
    if (chunk === undefined) return false
    chunk.used = encodeEntry(chunk.bytes, chunk.used, kindByte, timeUs, content)
    this.#offset += size
    this.#pending += size
    return true
  }

  /** What is to be written next: all of one segment that has gathered, up to about `groupBytes`; undefined when all is written. */
  unwritten(): Group | undefined {
    const first = this.#chunks.findIndex(chunk => !isDone(chunk))
    if (first < 0) return undefined
    const { segment, offset, written } = this.#chunks[first] as SegmentChunk
    const parts: GroupPart[] = []
    let bytes = 0
    for (let index = first; index < this.#chunks.length && bytes < groupBytes; index++) {
      const chunk = this.#chunks[index] as SegmentChunk
      if (chunk.segment !== segment) break
      parts.push({ chunk, bytes: chunk.bytes.subarray(chunk.written, chunk.used), until: chunk.used })
      bytes += chunk.used - chunk.written
    }
    return { segment, offset: offset + written, parts }
  }

  /** Notes that the group is in the file, and lets go of what is too much. */
  markWritten({ parts }: Group): void {
    for (const { chunk, until } of parts) {
      this.#pending -= until - chunk.written
      chunk.written = until
      this.#written = behind(chunk)
    }
    while (this.#chunks.length > 1 && this.#held > this.#limits.tailBytes && isDone(this.#chunks[0] as SegmentChunk)) this.#release()
  }

  /** Written entries from a position at or after `start` and before `until`: about `maxBytes`, at least one; undefined when there are none yet. */
  read(from: Position, maxBytes: number, until?: Position): EntryBatch | undefined {
    const chunk = this.#chunkAt(from)
    if (chunk === undefined) return undefined
    const { header, segment, offset } = chunk
    const at = from.segment === segment ? Math.max(0, from.offset - offset) : 0
    const start = { segment, offset: offset + at }
    if (until !== undefined && comparePositions(start, until) >= 0) return undefined
    const limit = until?.segment === segment ? Math.min(chunk.written, until.offset - offset) : chunk.written
    const found = entriesIn(chunk, at, limit, maxBytes)
    return { header, entries: found.entries, start, end: { segment, offset: offset + found.end } }
  }

  #hasRoom(): boolean {
    const { tailBytes, pendingBytes } = this.#limits
    // When everything is written, nothing more can be released, so a waiter would wait for ever.
    if (this.#pending === 0) return true
    return this.#pending < pendingBytes && this.#held < maxHeldBytes(pendingBytes, tailBytes)
  }

  /** A chunk of the current session with room for `size` more bytes. */
  #reserve(size: number, timeUs: number): SegmentChunk | undefined {
    if (this.#header === undefined) return undefined
    const last = this.#chunks.at(-1)
    if (this.#isNew || this.#offset + size > this.#limits.segmentBytes) return this.#beginSegment(this.#header, size, timeUs)
    return last !== undefined && last.bytes.length - last.used >= size ? last : this.#add(this.#header, size)
  }

  #beginSegment(header: SessionHeader, size: number, timeUs: number): SegmentChunk {
    const first = encodeHeader(header, timeUs)
    this.#segment += 1
    this.#offset = first.length
    this.#isNew = false
    const chunk = this.#add(header, first.length + size, 0)
    first.copy(chunk.bytes)
    chunk.used = first.length
    this.#pending += first.length
    return chunk
  }

  #add(header: SessionHeader, size: number, offset = this.#offset): SegmentChunk {
    const bytes = Buffer.allocUnsafeSlow(Math.max(chunkBytes, size))
    const chunk = { header, segment: this.#segment, offset, bytes, used: 0, written: 0 }
    this.#chunks.push(chunk)
    this.#held += bytes.length
    return chunk
  }

  #release(): void {
    this.#held -= (this.#chunks.shift() as SegmentChunk).bytes.length
    const first = this.#chunks[0] as SegmentChunk
    this.#start = { segment: first.segment, offset: first.offset }
  }

  /** The first chunk with something written behind the position. */
  #chunkAt(from: Position): SegmentChunk | undefined {
    return this.#chunks.find(chunk => chunk.written > 0 && comparePositions(from, behind(chunk)) < 0)
  }
}
