import type { EntryBatch } from './batch.ts'
import { diskFileSystem, type FileSystem } from './file-system.ts'
import type { ReadRange } from './growing.ts'
import { comparePositions } from './position.ts'
import { SegmentReader } from './segment-reader.ts'

/**
 * Reads a journal without owning it, also while its owner writes: every batch that is in the files now, in order. What is torn at the very
 * end is not there yet; damage before that comes as a batch with `damage`.
 */
export async function* readJournal(directory: string, range: ReadRange & { files?: FileSystem } = {}): AsyncGenerator<EntryBatch> {
  const { from = { segment: 0, offset: 0 }, to, maxBytes = 1024 * 1024, files = diskFileSystem } = range
  const reader = new SegmentReader(directory, files)
  try {
    for (let at = from; ; ) {
      const batch = await reader.next(at, maxBytes, to)
      if (batch === undefined || (to !== undefined && comparePositions(batch.start, to) >= 0)) return
      yield batch
      at = batch.end
    }
  } finally {
    await reader.close()
  }
}
