import { basename, dirname } from 'node:path'
import type { FileSystem, JournalFile } from '../src/index.ts'

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A disk in memory that can be full or broken: the same suite of operations, with faults set from outside. */
export class MemoryFileSystem implements FileSystem {
  readonly contents = new Map<string, Buffer>()
  readonly modified = new Map<string, number>()
  /** Bytes that all files together may hold; a write that only partly fits is cut short, as a real disk does. */
  capacityBytes = Number.POSITIVE_INFINITY
  /** While set, every write or sync fails with this code. */
  writeError: string | undefined
  syncError: string | undefined
  syncs = 0

  get usedBytes(): number {
    return [...this.contents.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  }

  async makeDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    return [...this.contents.keys()].filter(path => dirname(path) === directory).map(path => basename(path))
  }

  async open(path: string, mode: 'read' | 'append'): Promise<JournalFile> {
    if (!this.contents.has(path)) {
      if (mode === 'read') throw failure('ENOENT')
      this.#set(path, Buffer.alloc(0))
    }
    return {
      write: async (pieces, position) => this.#write(path, Buffer.concat(pieces), position),
      read: async (bytes, from, length, position) => this.#get(path).copy(bytes, from, position, position + length),
      truncate: async length => this.#set(path, this.#get(path).subarray(0, length)),
      sync: async () => {
        if (this.syncError !== undefined) throw failure(this.syncError)
        this.syncs += 1
      },
      size: async () => this.#get(path).length,
      close: async () => {},
    }
  }

  async readText(path: string): Promise<string> {
    return this.#get(path).toString('utf8')
  }

  async createText(path: string, text: string): Promise<void> {
    if (this.contents.has(path)) throw failure('EEXIST')
    if (this.writeError !== undefined) throw failure(this.writeError)
    this.#set(path, Buffer.from(text))
  }

  async rename(from: string, to: string): Promise<void> {
    this.#set(to, this.#get(from))
    this.contents.delete(from)
  }

  async remove(path: string): Promise<void> {
    this.contents.delete(path)
  }

  async syncDirectory(): Promise<void> {}

  async modifiedAtMs(path: string): Promise<number> {
    return this.modified.get(path) ?? 0
  }

  async touch(path: string, atMs: number): Promise<void> {
    this.modified.set(path, atMs)
  }

  /** Changes one byte of a file. */
  corrupt(path: string, at: number): void {
    const bytes = Buffer.from(this.#get(path))
    bytes[at] = (bytes[at] as number) ^ 0xff
    this.contents.set(path, bytes)
  }

  #get(path: string): Buffer {
    const bytes = this.contents.get(path)
    if (bytes === undefined) throw failure('ENOENT')
    return bytes
  }

  #set(path: string, bytes: Buffer): void {
    this.contents.set(path, bytes)
    this.modified.set(path, Date.now())
  }

  #write(path: string, bytes: Buffer, position: number): number {
    if (this.writeError !== undefined) throw failure(this.writeError)
    const before = this.#get(path)
    const room = this.capacityBytes - this.usedBytes + Math.max(0, before.length - position)
    const taken = Math.min(bytes.length, Math.max(0, room))
    if (taken === 0 && bytes.length > 0) throw failure('ENOSPC')
    const after = Buffer.alloc(Math.max(before.length, position + taken))
    before.copy(after)
    bytes.copy(after, position, 0, taken)
    this.#set(path, after)
    return taken
  }
}
