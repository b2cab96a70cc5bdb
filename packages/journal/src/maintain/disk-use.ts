import type { FileSystem } from '../disk/file-system.ts'
import { inEitherForm, listSegments } from '../format/segment-files.ts'

/** What the segments take on the disk, compressed as they are. The code that writes, compresses and removes segments keeps it up to date, so reading it costs nothing. */
export class DiskUse {
  readonly #bytes = new Map<number, number>()
  #total = 0

  /** Measures the segments on disk. */
  static async of(directory: string, files: FileSystem): Promise<DiskUse> {
    const use = new DiskUse()
    for (const segment of await listSegments(files, directory))
      use.set(segment, await inEitherForm(directory, segment, path => files.sizeOf(path)))
    return use
  }

  get bytes(): number {
    return this.#total
  }

  get segments(): number {
    return this.#bytes.size
  }

  /** This segment takes so much now. */
  set(segment: number, bytes: number): void {
    this.#total += bytes - (this.#bytes.get(segment) ?? 0)
    this.#bytes.set(segment, bytes)
  }

  /** This segment was removed. */
  delete(segment: number): void {
    this.#total -= this.#bytes.get(segment) ?? 0
    this.#bytes.delete(segment)
  }
}
