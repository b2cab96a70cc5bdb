import { diskFileSystem, type FileSystem } from '../disk/file-system.ts'
import { comparePositions, earlier, type Position } from '../format/position.ts'
import { type BatchReader, followFrom, type Growing, type JournalSource, type ReadRange, readBetween } from './growing.ts'
import { JournalMark, type Standing } from './mark.ts'
import { SegmentReader } from './segment-reader.ts'

/**
 * Reads a journal in another thread than the one that writes it: from the files, up to where the mark says that they are written, and on and on. What was written a
 * moment ago stands in the memory of the operating system, so nothing is read from the disk for it, and nothing is copied between threads.
 */
export class JournalFollower implements JournalSource {
  readonly #mark: JournalMark
  readonly #growing: Growing

  /** Follows the journal of a directory, whose mark stands in this memory. */
  constructor(directory: string, memory: SharedArrayBuffer, files: FileSystem = diskFileSystem) {
    const mark = new JournalMark(memory)
    this.#mark = mark
    this.#growing = {
      open: () => readingTo(mark, new SegmentReader(directory, files)),
      written: mark,
      isAllWritten: () => {
        const { written, end } = mark.standing
        return comparePositions(written, end) >= 0
      },
    }
  }

  get end(): Position {
    return this.#mark.standing.end
  }

  get standing(): Standing {
    return this.#mark.standing
  }

  readFrom(position: Position, signal: AbortSignal, { maxBytes }: { readonly maxBytes?: number } = {}) {
    return followFrom(this.#growing, position, signal, maxBytes)
  }

  readAll(range: ReadRange = {}) {
    return readBetween(this.#growing, range.to ?? this.end, range)
  }
}

/** Nothing after the mark is read: there the file is still being written. */
function readingTo(mark: JournalMark, reader: SegmentReader): BatchReader {
  return {
    next: async (at, maxBytes, until) => {
      const { written } = mark.standing
      const limit = until === undefined ? written : earlier(written, until)
      return comparePositions(at, limit) < 0 ? await reader.next(at, maxBytes, limit) : undefined
    },
    close: () => reader.close(),
  }
}
