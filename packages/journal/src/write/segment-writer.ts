import type { FileSystem, JournalFile } from '../disk/file-system.ts'
import { writeAll } from '../disk/pieces.ts'
import { segmentPath } from '../format/segment-files.ts'
import type { DiskUse } from '../maintain/disk-use.ts'
import type { Group } from './chunk.ts'

/**
 * The open file at the end of the journal. Bytes go to the position that they have in memory, so what a failed write left behind
 * is overwritten by the next attempt; until then the file is cut back to its last whole entry.
 */
export class SegmentWriter {
  readonly #directory: string
  readonly #files: FileSystem
  readonly #use: DiskUse
  #file: JournalFile | undefined
  #segment = 0
  /** Whether something was written since the last sync. */
  #isDirty = false
  #syncing: Promise<void> = Promise.resolve()

  constructor(directory: string, files: FileSystem, use: DiskUse) {
    this.#directory = directory
    this.#files = files
    this.#use = use
  }

  /** Writes a group, which ends with a whole entry, into the file of its segment, and leaves the file before if it is another one. */
  async write({ segment, offset, parts }: Group): Promise<void> {
    const file = await this.#fileOf(segment)
    const pieces = parts.map(({ bytes }) => bytes)
    const end = offset + pieces.reduce((sum, { length }) => sum + length, 0)
    try {
      await writeAll(file, pieces, offset)
    } catch (error) {
      await file.truncate(offset).catch(() => {})
      throw error
    }
    this.#isDirty = true
    this.#use.set(segment, end)
  }

  /** Forces to the disk what is written by now. A sync that is under way may have begun before that, so this one comes after it. */
  sync(): Promise<void> {
    this.#syncing = this.#syncing.catch(() => {}).then(() => this.#sync())
    return this.#syncing
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #fileOf(segment: number): Promise<JournalFile> {
    if (this.#file !== undefined && this.#segment === segment) return this.#file
    await this.#leave()
    const file = await this.#files.open(segmentPath(this.#directory, segment), 'append')
    try {
      await this.#files.syncDirectory(this.#directory)
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
    this.#file = file
    this.#segment = segment
    return file
  }

  /** A segment is on the disk before the next one begins: only the last one can be torn. */
  async #leave(): Promise<void> {
    await this.sync()
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
