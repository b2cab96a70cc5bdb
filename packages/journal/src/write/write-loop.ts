import { type Logger, rest } from '@tickhouse/runtime'
import { errorCodeOf } from '../disk/file-system.ts'
import type { Group } from './chunk.ts'
import type { SegmentWriter } from './segment-writer.ts'
import type { Tail } from './tail.ts'
import { Wakeup } from './wakeup.ts'

/** What keeps the journal from being written or forced to disk, as long as it lasts. */
export interface JournalProblem {
  readonly code: string
  readonly sinceMs: number
}

/** What a write loop works with. */
export interface WriteLoopDeps {
  readonly tail: Tail
  readonly writer: SegmentWriter
  readonly fsyncMs: number
  /** The first pause after a failed write. */
  readonly retryMs: number
  readonly log: Logger
  /** Called after every group that was written. */
  readonly onWritten: () => void
}

/** The longest pause, in first pauses. */
const maxPauses = 40

/**
 * Takes what gathered in the tail to the file, one group at a time. Two states:
 *
 * - *writing*: every group goes to the file as soon as the one before it is there.
 * - *failing*: a write failed. The file is cut back to its last whole entry, the same group is tried again after a pause that doubles
 *   up to forty times the first one, and entries gather in memory. The first write that works leads back to *writing*.
 *
 * Forcing to disk happens beside it, `fsyncMs` after the first write that is not on disk yet; with 0 it belongs to each write.
 */
export class WriteLoop {
  readonly counts = { writes: 0, syncs: 0, errors: 0 }
  readonly #deps: WriteLoopDeps
  readonly #appended = new Wakeup()
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  readonly #problems: { write?: JournalProblem; sync?: JournalProblem } = {}
  #pauseMs: number
  #syncTimer: NodeJS.Timeout | undefined

  constructor(deps: WriteLoopDeps) {
    this.#deps = deps
    this.#pauseMs = deps.retryMs
    this.#ended = this.#run()
  }

  get problem(): JournalProblem | undefined {
    return this.#problems.write ?? this.#problems.sync
  }

  /** Says that there is something to write. */
  wake(): void {
    this.#appended.notify()
  }

  /** Forces what is written to the disk. */
  async sync(): Promise<void> {
    try {
      await this.#deps.writer.sync()
      this.counts.syncs += 1
      this.#recover('sync')
    } catch (error) {
      this.#fail('sync', error)
      throw error
    }
  }

  /** Writes what is left and forces it to disk; what cannot be written now is given up, and the log says so. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.wake()
    await this.#ended
    clearTimeout(this.#syncTimer)
    await this.sync().catch(() => {})
    await this.#deps.writer.close()
  }

  async #run(): Promise<void> {
    for (;;) {
      const seen = this.#appended.count
      const group = this.#deps.tail.unwritten()
      if (group !== undefined) {
        if (!(await this.#write(group))) return
      } else if (this.#closing.signal.aborted) return
      else await this.#appended.after(seen)
    }
  }

  /** Writes what gathered; false when that failed although the attempt began while closing: there is no time left to try again. */
  async #write(group: Group): Promise<boolean> {
    const isLast = this.#closing.signal.aborted
    try {
      await this.#deps.writer.write(group)
      if (this.#deps.fsyncMs === 0) await this.sync()
    } catch (error) {
      this.#fail('write', error)
      if (isLast) this.#giveUp()
      else await this.#pause()
      return !isLast
    }
    this.#succeed(group)
    return true
  }

  #succeed(group: Group): void {
    this.#deps.tail.markWritten(group)
    this.counts.writes += 1
    this.#pauseMs = this.#deps.retryMs
    this.#recover('write')
    if (this.#deps.fsyncMs > 0) this.#syncTimer ??= setTimeout(() => this.#syncInTime(), this.#deps.fsyncMs)
    this.#deps.onWritten()
  }

  #giveUp(): void {
    this.#deps.log.error({ bytes: this.#deps.tail.pendingBytes }, 'The journal was closed with entries that could not be written')
  }

  async #pause(): Promise<void> {
    await rest(this.#pauseMs, this.#closing.signal)
    this.#pauseMs = Math.min(maxPauses * this.#deps.retryMs, this.#pauseMs * 2)
  }

  #syncInTime(): void {
    this.#syncTimer = undefined
    this.sync().catch(() => {
      this.#syncTimer ??= setTimeout(() => this.#syncInTime(), this.#deps.fsyncMs)
    })
  }

  #fail(what: 'write' | 'sync', error: unknown): void {
    this.counts.errors += 1
    const code = errorCodeOf(error)
    if (this.#problems[what]?.code === code) return
    this.#problems[what] = { code, sinceMs: this.#problems[what]?.sinceMs ?? Date.now() }
    this.#deps.log.error({ err: error, operation: what }, 'The journal cannot be written, trying again')
  }

  #recover(what: 'write' | 'sync'): void {
    const problem = this.#problems[what]
    if (problem === undefined) return
    delete this.#problems[what]
    this.#deps.log.info({ code: problem.code, operation: what }, 'The journal can be written again')
  }
}
