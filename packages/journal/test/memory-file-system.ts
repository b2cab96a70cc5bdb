import { basename, dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FileSystem, JournalFile } from '../src/index.ts'
import { type Draw, MemoryFile } from './memory-file.ts'

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/**
 * A disk in memory that can be full or broken, and that a process or a machine can end on at any step: what was not forced to the disk may then be lost
 * or torn, and names that were not made lasting may be as they were before. An open file stays readable after its name is gone.
 */
export class MemoryFileSystem implements FileSystem {
  /** Bytes that all files together may hold; a write that only partly fits is cut short, as a real disk does. */
  capacityBytes = Number.POSITIVE_INFINITY
  /** How many bytes of so many a write takes at once, if there is room. */
  bytesTaken: (length: number) => number = length => length
  /** While set, every write or sync fails with this code. */
  writeError: string | undefined
  syncError: string | undefined
  syncs = 0
  openFiles = 0
  /** How many turns of the event loop a step takes. */
  turnsOfStep: () => number = () => 0
  /** True once nothing works any more, since the process or the machine ended here. */
  hasStopped = false
  readonly #names: Map<string, MemoryFile>
  /** Names that changed since the directory was made lasting, each with all it has stood for since. */
  readonly #unsettled = new Map<string, (MemoryFile | undefined)[]>()
  #stepsLeft = Number.POSITIVE_INFINITY
  #onStop: () => void = () => {}
  /** Resolves when everything stops. */
  readonly stopped = new Promise<void>(resolve => {
    this.#onStop = resolve
  })

  constructor(names: ReadonlyMap<string, MemoryFile> = new Map()) {
    this.#names = new Map(names)
  }

  /** The files by their paths, for a look from outside. */
  get contents() {
    return {
      has: (path: string) => this.#names.has(path),
      get: (path: string) => this.#names.get(path)?.bytes,
      set: (path: string, bytes: Buffer) => void this.#names.set(path, new MemoryFile(bytes)),
      delete: (path: string) => void this.#names.delete(path),
      paths: () => [...this.#names.keys()].sort(),
    }
  }

  get usedBytes(): number {
    return [...this.#names.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  /** Everything stops after so many more steps. */
  stopAfter(steps: number): void {
    this.#stepsLeft = steps
    if (steps === 0) this.#stop()
  }

  /** The disk as the next process finds it. */
  afterKill(): MemoryFileSystem {
    const next = new MemoryFileSystem(this.#names)
    for (const [path, history] of this.#unsettled) next.#unsettled.set(path, history)
    return next
  }

  /** The disk after a power loss, with chance deciding about all that was not made lasting. */
  afterPowerLoss(draw: Draw): MemoryFileSystem {
    const names = new Map(this.#names)
    for (const [path, history] of this.#unsettled) {
      const file = history[draw(history.length)]
      if (file === undefined) names.delete(path)
      else names.set(path, file)
    }
    return new MemoryFileSystem(new Map([...names].map(([path, file]) => [path, new MemoryFile(file.afterPowerLoss(draw))])))
  }

  async makeDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    await this.#step()
    return [...this.#names.keys()].filter(path => dirname(path) === directory).map(path => basename(path))
  }

  async open(path: string, mode: 'read' | 'append'): Promise<JournalFile> {
    await this.#step()
    if (mode === 'append' && !this.#names.has(path)) this.#name(path, new MemoryFile())
    const file = this.#get(path)
    this.openFiles += 1
    return {
      write: (pieces, position) => this.#write(file, Buffer.concat(pieces), position),
      read: async (bytes, from, length, position) => {
        await this.#step()
        return position < file.bytes.length ? file.bytes.copy(bytes, from, position, position + length) : 0
      },
      truncate: async length => {
        await this.#step()
        if (this.writeError !== undefined) throw failure(this.writeError)
        file.change({ length })
      },
      sync: () => this.#sync(file),
      size: async () => {
        await this.#step()
        return file.bytes.length
      },
      close: async () => {
        this.openFiles -= 1
      },
    }
  }

  async readText(path: string): Promise<string> {
    await this.#step()
    return this.#get(path).bytes.toString('utf8')
  }

  async createText(path: string, text: string): Promise<void> {
    await this.#step()
    if (this.#names.has(path)) throw failure('EEXIST')
    if (this.writeError !== undefined) throw failure(this.writeError)
    this.#name(path, new MemoryFile(Buffer.from(text)))
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step()
    this.#name(to, this.#get(from))
    this.#name(from, undefined)
  }

  async remove(path: string): Promise<void> {
    await this.#step()
    if (this.#names.has(path)) this.#name(path, undefined)
  }

  async syncDirectory(): Promise<void> {
    await this.#step()
    const before = new Map([...this.#unsettled].map(([path, history]) => [path, history.length]))
    await this.#step()
    if (this.syncError !== undefined) throw failure(this.syncError)
    for (const [path, length] of before) this.#settle(path, length)
  }

  async sizeOf(path: string): Promise<number> {
    await this.#step()
    return this.#get(path).bytes.length
  }

  async modifiedAtMs(path: string): Promise<number> {
    await this.#step()
    return this.#get(path).modifiedAtMs
  }

  async touch(path: string, atMs: number): Promise<void> {
    await this.#step()
    this.#get(path).modifiedAtMs = atMs
  }

  /** Changes one byte of a file. */
  corrupt(path: string, at: number): void {
    const bytes = Buffer.from(this.#get(path).bytes)
    bytes[at] = (bytes[at] as number) ^ 0xff
    this.contents.set(path, bytes)
  }

  async #step(): Promise<void> {
    if (this.hasStopped) throw failure('EIO')
    this.#stepsLeft -= 1
    if (this.#stepsLeft <= 0) this.#stop()
    for (let turns = this.turnsOfStep(); turns > 0; turns--) await nextTurn()
    if (this.hasStopped) throw failure('EIO')
  }

  #stop(): void {
    this.hasStopped = true
    this.#onStop()
  }

  #get(path: string): MemoryFile {
    const file = this.#names.get(path)
    if (file === undefined) throw failure('ENOENT')
    return file
  }

  #name(path: string, file: MemoryFile | undefined): void {
    const history = this.#unsettled.get(path) ?? [this.#names.get(path)]
    this.#unsettled.set(path, [...history, file])
    if (file === undefined) this.#names.delete(path)
    else this.#names.set(path, file)
  }

  /** The last of so many things that a name stood for is lasting. */
  #settle(path: string, length: number): void {
    const history = this.#unsettled.get(path) ?? []
    const rest = history.slice(length - 1)
    if (rest.length > 1) this.#unsettled.set(path, rest)
    else this.#unsettled.delete(path)
  }

  async #sync(file: MemoryFile): Promise<void> {
    await this.#step()
    const finish = file.beginSync()
    await this.#step()
    if (this.syncError !== undefined) throw failure(this.syncError)
    this.syncs += 1
    finish()
  }

  async #write(file: MemoryFile, bytes: Buffer, position: number): Promise<number> {
    await this.#step()
    if (this.writeError !== undefined) throw failure(this.writeError)
    const room = this.capacityBytes - this.usedBytes + Math.max(0, file.bytes.length - position)
    const taken = Math.min(this.bytesTaken(bytes.length), Math.max(0, room))
    if (taken === 0 && bytes.length > 0) throw failure('ENOSPC')
    file.change({ at: position, bytes: Buffer.from(bytes.subarray(0, taken)) })
    return taken
  }
}
