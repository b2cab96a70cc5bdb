import { dirname, join } from 'node:path'
import { type Logger, messageOf } from '@tickhouse/runtime'
import { diskFileSystem, errorCodeOf, type FileSystem } from '../disk/file-system.ts'
import type { Position } from '../format/position.ts'

/** Where and how often a checkpoint is kept. */
export interface CheckpointOptions {
  readonly path: string
  readonly log: Logger
  /** At most one write in this time, the newest value wins; a crash costs no more than reading this much again. */
  readonly everyMs?: number
  readonly files?: FileSystem
}

/**
 * One JSON value in one file, replaced as a whole: written beside it, forced to disk, renamed over it. So the file holds an older
 * or the newer value, never half of one. Moving is cheap; writing happens in the background.
 */
export class Checkpoint<T> {
  /** The newest value, written or not; undefined before the first. */
  value: T | undefined
  readonly #path: string
  readonly #log: Logger
  readonly #everyMs: number
  readonly #files: FileSystem
  #isChanged = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  private constructor(value: T | undefined, { path, log, everyMs = 500, files = diskFileSystem }: CheckpointOptions) {
    this.value = value
    this.#path = path
    this.#log = log
    this.#everyMs = everyMs
    this.#files = files
  }

  /** Opens with the value of the file; a file that cannot be read counts as none, and the log says so. */
  static async open<T>(options: CheckpointOptions): Promise<Checkpoint<T>> {
    return new Checkpoint<T>(await readValue<T>(options), options)
  }

  /** From now on this is the value. */
  moveTo(value: T): void {
    this.value = value
    this.#isChanged = true
    this.#timer ??= setTimeout(() => this.#write(), this.#everyMs)
  }

  /** Resolves when the newest value is in the file, or could not be written, which the log says. */
  async flush(): Promise<void> {
    this.#write()
    await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#writeNow())
  }

  async #writeNow(): Promise<void> {
    if (!this.#isChanged) return
    this.#isChanged = false
    const next = `${this.#path}.next`
    try {
      await this.#files.remove(next)
      await this.#files.createText(next, `${JSON.stringify(this.value)}\n`)
      await this.#files.rename(next, this.#path)
      await this.#files.syncDirectory(dirname(this.#path))
    } catch (error) {
      this.#isChanged = true
      this.#log.warn({ err: error, path: this.#path }, 'The checkpoint could not be written, the older one stays')
    }
  }
}

async function readValue<T>({ path, log, files = diskFileSystem }: CheckpointOptions): Promise<T | undefined> {
  try {
    return JSON.parse(await files.readText(path)) as T
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    log.error({ path, reason: messageOf(error) }, 'The checkpoint cannot be read and counts as none')
    return undefined
  }
}

/** Where the checkpoint of a journal's publisher is kept. */
export function checkpointPath(directory: string): string {
  return join(directory, 'checkpoint.json')
}

/**
 * How far a journal is certainly published, for processes that do not own it: what lies after the checkpoint is still the publisher's work, now or at its next
 * start. Undefined when nothing is published yet.
 */
export async function publishedTo(directory: string, files: FileSystem = diskFileSystem): Promise<Position | undefined> {
  try {
    return (JSON.parse(await files.readText(checkpointPath(directory))) as { readonly position: Position }).position
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
