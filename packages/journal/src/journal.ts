import type { Logger } from '@tickhouse/runtime'
import { JournalError } from './disk/errors.ts'
import type { FileSystem } from './disk/file-system.ts'
import type { Lock } from './disk/lock.ts'
import type { EntryBatch } from './format/batch.ts'
import { type EntryKind, kindByteOf, maxContentBytes } from './format/entry.ts'
import { comparePositions, earlier, type Position } from './format/position.ts'
import type { SessionHeader } from './format/segment-start.ts'
import type { Compressed, SessionsToCompress } from './maintain/compression.ts'
import type { DiskUse } from './maintain/disk-use.ts'
import { Maintenance } from './maintain/maintenance.ts'
import type { Recovered } from './maintain/recovery.ts'
import type { Retention } from './maintain/retention.ts'
import { type BatchReader, followFrom, type Growing, type JournalSource, type ReadRange, readBetween } from './read/growing.ts'
import { JournalMark, type Standing } from './read/mark.ts'
import { SegmentReader } from './read/segment-reader.ts'
import { type Loss, Losses } from './write/losses.ts'
import { SegmentWriter } from './write/segment-writer.ts'
import { Tail } from './write/tail.ts'
import { Wakeup } from './write/wakeup.ts'
import { type JournalProblem, WriteLoop } from './write/write-loop.ts'

/** Everything a journal works with; `openJournal` fills in the defaults. */
export interface JournalDeps {
  readonly directory: string
  readonly files: FileSystem
  readonly lock: Lock
  readonly recovered: Recovered
  readonly use: DiskUse
  readonly segmentBytes: number
  readonly tailBytes: number
  readonly pendingBytes: number
  readonly fsyncMs: number
  readonly retryMs: number
  readonly log: Logger
  readonly onLoss: (loss: Loss) => void
}

/** What passed since the journal was opened, and what is in memory and on disk now. */
export interface JournalStats {
  readonly appendedEntries: number
  readonly appendedBytes: number
  readonly lostEntries: number
  readonly lostBytes: number
  readonly writes: number
  readonly syncs: number
  readonly errors: number
  readonly pendingBytes: number
  readonly heldBytes: number
  /** What the segments take on disk, compressed as they are. */
  readonly diskBytes: number
  readonly segments: number
  /** By how much `diskBytes` exceeded `maxBytes` after the last `retain`, which could remove nothing more. */
  readonly excessBytes: number
}

/**
 * The append-only log of raw frames. `append` copies an entry to the end in memory and never waits; a write loop takes it to the file;
 * readers see what is written, from memory while it is there and from the files after that.
 *
 * When the disk does not take entries any more, up to `pendingBytes` of them wait in memory. Then the journal is *losing*: entries are
 * refused and counted until less than half of that is left to write. `onLoss` then hears what is missing, and what it appends stands
 * exactly where the entries are missing.
 */
export class Journal implements JournalSource {
  /** What was found on opening. */
  readonly recovered: Recovered
  /** Where it stands, for other threads. */
  readonly mark = new JournalMark()
  readonly #deps: JournalDeps
  readonly #tail: Tail
  readonly #loop: WriteLoop
  readonly #maintenance: Maintenance
  readonly #losses = new Losses()
  readonly #written = new Wakeup()
  readonly #growing: Growing = {
    open: () => this.#open(),
    written: this.#written,
    isAllWritten: () => this.#tail.pendingBytes === 0 || this.#state === 'closed',
  }
  readonly #appended = { appendedEntries: 0, appendedBytes: 0 }
  #state: 'no session' | 'open' | 'closed' = 'no session'
  /** Entries that `onLoss` appends are accepted while closing too. */
  #isTellingLoss = false

  constructor(deps: JournalDeps) {
    const { recovered, directory, files, use, fsyncMs, retryMs, log } = deps
    this.recovered = recovered
    this.#deps = deps
    this.#tail = new Tail(recovered.lastSegment + 1, deps)
    const writer = new SegmentWriter(directory, files, use)
    this.#maintenance = new Maintenance({ directory, files, use, log, isInNeed: () => this.problem !== undefined })
    this.#loop = new WriteLoop({ tail: this.#tail, writer, fsyncMs, retryMs, log, onWritten: () => this.#onWritten() })
    this.moveMark()
  }

  /** Behind the last entry that was appended. */
  get end(): Position {
    return this.#tail.end
  }

  get standing(): Standing {
    return { ...this.#appended, end: this.end, written: this.#tail.written }
  }

  /** True when more than half of the memory for pending entries is used although writes succeed: the disk is slower than the appends. */
  get isBehind(): boolean {
    return this.#tail.pendingBytes > this.#deps.pendingBytes / 2 && this.problem === undefined
  }

  get problem(): JournalProblem | undefined {
    return this.#loop.problem
  }

  get stats(): JournalStats {
    const { pendingBytes, heldBytes } = this.#tail
    const { entries: lostEntries, bytes: lostBytes } = this.#losses.total
    const { bytes: diskBytes, segments } = this.#deps.use
    const { excessBytes } = this.#maintenance
    return { ...this.#appended, ...this.#loop.counts, lostEntries, lostBytes, pendingBytes, heldBytes, diskBytes, segments, excessBytes }
  }

  /** What is appended from now on belongs to this session; it begins a new segment, also when it goes on with an earlier session. */
  beginSession(header: SessionHeader): void {
    if (this.#state === 'closed') throw closed()
    this.#state = 'open'
    if (this.#tail.begin(header)) this.#loop.wake()
  }

  /** Later segments of the open session begin with this header; its earlier ones stay as they are. */
  relabelSession(header: SessionHeader): void {
    if (this.#state === 'closed') throw closed()
    if (this.#state === 'no session') throw noSession()
    this.#tail.relabel(header)
  }

  /** Appends one entry; when the disk does not keep up for long, the entry is counted as lost instead. A heartbeat that finds no room is no loss. */
  append(kind: EntryKind, timeUs: number, bytes: Buffer): void {
    if (this.#state === 'closed' && !this.#isTellingLoss) throw closed()
    if (this.#state === 'no session') throw noSession()
    if (bytes.length > maxContentBytes) throw tooLong(bytes.length)
    if (this.#losses.current !== undefined || !this.#tail.append(kindByteOf(kind), timeUs, bytes)) {
      if (kind !== 'heartbeat') this.#lose(timeUs, bytes.length)
      return
    }
    this.#appended.appendedEntries += 1
    this.#appended.appendedBytes += bytes.length
    this.#loop.wake()
  }

  /** Batches from a position on, as soon as they are written, until the signal aborts; what is no longer in memory comes from the files. */
  readFrom(position: Position, signal: AbortSignal, { maxBytes }: { readonly maxBytes?: number } = {}) {
    return followFrom(this.#growing, position, signal, maxBytes)
  }

  /** Everything appended between two positions (default: all there is now), and then ends; waits for what is still to be written. */
  readAll(range: ReadRange = {}) {
    return readBetween(this.#growing, range.to ?? this.end, range)
  }

  /** Moves the mark to where the journal stands now; it also does so whenever something was written. */
  moveMark(): void {
    this.mark.move(this.standing)
  }

  /** Resolves when all that was appended is written and forced to disk; rejects when the journal is closed before. */
  async flush(): Promise<void> {
    while (this.#tail.pendingBytes > 0) {
      if (this.#state === 'closed') throw closed()
      await this.#written.after(this.#written.count)
    }
    await this.#loop.sync()
  }

  /** Compresses segments before a position, those of the newest session only where nobody writes any more; positions stay what they are. Not while the disk has a problem. */
  compress(before: Position, sessions: SessionsToCompress = 'older'): Promise<Compressed> {
    return this.#maintenance.compress(before, sessions)
  }

  /** Removes old segments whose whole session lies before a position; returns how many. */
  retain(retention: Retention): Promise<number> {
    return this.#maintenance.retain(retention)
  }

  /** Writes the pending entries, gives up those that cannot be written now, and releases the directory. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await this.#maintenance.close()
    await this.#loop.close()
    await this.#deps.lock.close()
    this.#written.notify()
  }

  #open(): BatchReader {
    const reader = new SegmentReader(this.#deps.directory, this.#deps.files)
    return { next: (at, maxBytes, until) => this.#next(reader, at, maxBytes, until), close: () => reader.close() }
  }

  /** Memory releases its oldest part while the files are read, so each step checks again. */
  async #next(reader: SegmentReader, position: Position, maxBytes: number, until?: Position): Promise<EntryBatch | undefined> {
    for (let at = position; ; ) {
      const { start } = this.#tail
      const isInMemory = comparePositions(at, start) >= 0
      if (isInMemory && !reader.isOpen) return this.#tail.read(at, maxBytes, until)
      if (isInMemory) {
        // A file that was compressed or removed occupies disk space until nobody has it open.
        await reader.close()
        continue
      }
      const batch = await reader.next(at, maxBytes, until === undefined ? start : earlier(start, until))
      if (batch !== undefined) return batch
      at = start
    }
  }

  #lose(timeUs: number, bytes: number): void {
    const { problem } = this
    if (this.#losses.current === undefined) this.#deps.log.error({ problem }, 'The journal is full, entries are being lost')
    this.#losses.count(timeUs, bytes, problem?.code ?? 'JOURNAL_TOO_SLOW')
  }

  #onWritten(): void {
    if (this.#losses.current !== undefined && this.#tail.pendingBytes <= this.#deps.pendingBytes / 2) {
      const loss = this.#losses.take() as Loss
      this.#deps.log.error({ loss }, 'Entries were lost')
      this.#isTellingLoss = true
      this.#deps.onLoss(loss)
      this.#isTellingLoss = false
    }
    this.moveMark()
    this.#written.notify()
  }
}

function closed(): JournalError {
  return new JournalError('JOURNAL_CLOSED', 'The journal is closed')
}

function noSession(): JournalError {
  return new JournalError('JOURNAL_NO_SESSION', 'Expected a session to be begun before the first entry')
}

function tooLong(length: number): JournalError {
  return new JournalError('JOURNAL_ENTRY_TOO_LONG', `Expected at most ${maxContentBytes} bytes, was ${length}`, { length })
}
