import { delay, isAbort, type Logger } from '@tickhouse/runtime'
import { errorCodeOf } from './file-system.ts'
import type { SegmentWriter } from './segment-writer.ts'
import type { Group, Tail } from './tail.ts'
import { Wakeup } from './wakeup.ts'

/** What keeps the journal from being written or forced to disk, as long as it lasts. */
export interface JournalProblem {
  readonly code: string
  readonly sinceMs: number
}

/** What a write loop works with. */
export interface WriteLoopParts {
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
const longestPauses = 40

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
  readonly #parts: WriteLoopParts
  readonly #appended = new Wakeup()
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  readonly #problems: { write?: JournalProblem; sync?: JournalProblem } = {}
  #pauseMs: number
  #syncTimer: NodeJS.Timeout | undefined

  constructor(parts: WriteLoopParts) {
    this.#parts = parts
    this.#pauseMs = parts.retryMs
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
      await this.#parts.writer.sync()
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
    await this.#parts.writer.close()
  }

  async #run(): Promise<void> {
    for (;;) {
      const seen = this.#appended.count
      const group = this.#parts.tail.unwritten()
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
      await this.#parts.writer.write(group)
      if (this.#parts.fsyncMs === 0) await this.sync()
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
    this.#parts.tail.markWritten(group)
    this.counts.writes += 1
    this.#pauseMs = this.#parts.retryMs
    this.#recover('write')
    if (this.#parts.fsyncMs > 0) this.#syncTimer ??= setTimeout(() => this.#syncInTime(), this.#parts.fsyncMs)
    this.#parts.onWritten()
  }

  #giveUp(): void {
    this.#parts.log.error({ bytes: this.#parts.tail.pendingBytes }, 'The journal was closed with entries that could not be written')
  }

  async #pause(): Promise<void> {
    await delay(this.#pauseMs, this.#closing.signal).catch(reason => {
      if (!isAbort(reason)) throw reason
    })
    this.#pauseMs = Math.min(longestPauses * this.#parts.retryMs, this.#pauseMs * 2)
  }

  #syncInTime(): void {
    this.#syncTimer = undefined
    this.sync().catch(() => {
      this.#syncTimer ??= setTimeout(() => this.#syncInTime(), this.#parts.fsyncMs)
    })
  }

  #fail(what: 'write' | 'sync', error: unknown): void {
    this.counts.errors += 1
    const code = errorCodeOf(error)
    if (this.#problems[what]?.code === code) return
    this.#problems[what] = { code, sinceMs: this.#problems[what]?.sinceMs ?? Date.now() }
    this.#parts.log.error({ err: error, operation: what }, 'The journal cannot be written, trying again')
  }

  #recover(what: 'write' | 'sync'): void {
    const problem = this.#problems[what]
    if (problem === undefined) return
    delete this.#problems[what]
    this.#parts.log.info({ code: problem.code, operation: what }, 'The journal can be written again')
  }
}
