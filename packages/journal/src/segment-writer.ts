import { JournalError } from './errors.ts'
import type { FileSystem, JournalFile } from './file-system.ts'
import { segmentPath } from './segment-files.ts'
import type { Chunk } from './tail.ts'

/**
 * The open file at the end of the journal. Bytes go to the position that they have in memory, so what a failed write left behind
 * is overwritten by the next attempt; until then the file is cut back to its last whole entry.
 */
export class SegmentWriter {
  readonly #directory: string
  readonly #files: FileSystem
  #file: JournalFile | undefined
  #segment = 0
  #isDirty = false
  #syncing: Promise<void> | undefined

  constructor(directory: string, files: FileSystem) {
    this.#directory = directory
    this.#files = files
  }

  /** Whether something was written since the last sync. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /** Writes the chunk's bytes from `written` up to `until`, both ends of entries; opens and leaves files as the chunk's segment asks. */
  async write(chunk: Chunk, until: number): Promise<void> {
    const file = await this.#fileOf(chunk)
    try {
      await writeAll(file, chunk.bytes, chunk.written, until, chunk.offset)
    } catch (error) {
      await file.truncate(chunk.offset + chunk.written).catch(() => {})
      throw error
    }
    this.#isDirty = true
  }

  /** Forces what was written to the disk. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #fileOf(chunk: Chunk): Promise<JournalFile> {
    if (this.#file !== undefined && this.#segment === chunk.segment) return this.#file
    await this.#leave()
    this.#file = await this.#files.open(segmentPath(this.#directory, chunk.segment), 'append')
    this.#segment = chunk.segment
    await this.#files.syncDirectory(this.#directory)
    return this.#file
  }

  /** A segment is on the disk before the next one begins: only the last one can be torn. */
  async #leave(): Promise<void> {
    if (this.#syncing !== undefined) await this.#syncing
    if (this.#isDirty) await this.sync()
    await this.close()
  }

  async #sync(): Promise<void> {
    if (this.#file === undefined || !this.#isDirty) return
    this.#isDirty = false
    try {
      await this.#file.sync()
    } catch (error) {
      this.#isDirty = true
      throw error
    }
  }
}

async function writeAll(file: JournalFile, bytes: Buffer, from: number, until: number, chunkOffset: number): Promise<void> {
  for (let at = from; at < until; ) {
    const written = await file.write(bytes, at, until - at, chunkOffset + at)
    if (written === 0) throw new JournalError('JOURNAL_NOTHING_WRITTEN', 'The disk took none of the bytes', { retriable: true })
    at += written
  }
}
