import type { Position } from '../format/position.ts'

/** Where a journal stands: what it has taken since it was opened, up to where that reaches, and up to where readers may read. */
export interface Standing {
  readonly appendedEntries: number
  readonly appendedBytes: number
  /** Behind the last of these entries. */
  readonly end: Position
  /** Behind the last entry that is in the files. */
  readonly written: Position
}

const fields = 6
const versionBytes = 8

/**
 * Where a journal stands, in memory that threads share. The thread of the journal moves it, any number of others read it and are woken. The version is odd while it is
 * being moved: who reads meanwhile reads again, so that nobody sees one half of it from before and the other from after.
 */
export class JournalMark {
  readonly memory: SharedArrayBuffer
  readonly #version: Int32Array<SharedArrayBuffer>
  readonly #fields: Float64Array<SharedArrayBuffer>

  /** A new one, where nothing has been written yet, or one that another thread has made. */
  constructor(memory = new SharedArrayBuffer(versionBytes + fields * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#version = new Int32Array(memory, 0, 1)
    this.#fields = new Float64Array(memory, versionBytes, fields)
  }

  /** Changes whenever the mark is moved. */
  get count(): number {
    return Atomics.load(this.#version, 0)
  }

  get standing(): Standing {
    for (;;) {
      const before = this.count
      const [appendedEntries = 0, appendedBytes = 0, segment = 0, offset = 0, writtenSegment = 0, writtenOffset = 0] = this.#fields
      if (before % 2 !== 0 || this.count !== before) continue
      const written = { segment: writtenSegment, offset: writtenOffset }
      return { appendedEntries, appendedBytes, end: { segment, offset }, written }
    }
  }

  /** Moves the mark and wakes who waits; for the thread of the journal alone. */
  move({ appendedEntries, appendedBytes, end, written }: Standing): void {
    Atomics.add(this.#version, 0, 1)
    this.#fields.set([appendedEntries, appendedBytes, end.segment, end.offset, written.segment, written.offset])
    Atomics.add(this.#version, 0, 1)
    this.notify()
  }

  /** Wakes all who wait, in every thread. */
  notify(): void {
    Atomics.notify(this.#version, 0)
  }

  /** Resolves once the mark was moved after the moment when `count` was `seen`, or somebody was woken otherwise. */
  async after(seen: number): Promise<void> {
    await Atomics.waitAsync(this.#version, 0, seen).value
  }
}
