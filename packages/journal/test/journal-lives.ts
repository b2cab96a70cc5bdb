import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  beginning,
  type EntryBatch,
  type EntryKind,
  type Journal,
  type Loss,
  openJournal,
  type Position,
  readJournal,
} from '../src/index.ts'
import { directory, headerOf, log } from './journal-fixture.ts'
import { JournalOracle, type Reading } from './journal-oracle.ts'
import type { Draw } from './memory-file.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

/** How a journal is run. */
export interface LivesOptions {
  readonly seed: number
  readonly segmentBytes: number
  readonly fsyncMs: number
  readonly tailBytes: number
  /** How many turns of the event loop a step of the file system takes at most. */
  readonly maxTurns: number
}

export type Fault = 'none' | 'full' | 'broken' | 'not lasting' | 'short writes'
export type Ending = 'kill' | 'power loss'

/**
 * A journal through any number of lives on one disk, with a reader that follows it and goes on in the next life where it was, and an oracle that
 * knows what must come back. A life ends by being closed, or at any step of the file system.
 */
export class JournalLives {
  readonly oracle = new JournalOracle()
  readonly #options: LivesOptions
  readonly #draw: Draw
  #files = new MemoryFileSystem()
  #journal!: Journal
  #fault: Fault = 'none'
  /** How often it changed. */
  #faults = 0
  #ending: Ending = 'kill'
  /** After how many steps the next lives end. */
  #ends: number[] = []
  #position: Position = beginning
  /** The session that the position lies in. */
  #followed = ''
  #stopFollowing = new AbortController()
  #following: Promise<void> = Promise.resolve()
  #id = 0
  #session = 0
  #hasSession = false
  /** Whether it was seen what the life before has left. */
  #isSettled = false
  /** What went wrong where nobody was waiting. */
  #failure: unknown

  private constructor(options: LivesOptions) {
    this.#options = options
    this.#draw = drawing(options.seed)
  }

  static async begin(options: LivesOptions): Promise<JournalLives> {
    const lives = new JournalLives(options)
    await lives.#open(lives.#files)
    await lives.#settle('closed')
    return lives
  }

  append(count: number, bytes: number): void {
    if (!this.#hasSession) this.beginSession(false)
    for (let index = 0; index < count; index++) this.#append('frame', bytes)
  }

  /** Begins a session, or goes on with the one before, as closing it after a crash does. */
  beginSession(isSameAgain: boolean): void {
    if (!isSameAgain || this.#session === 0) this.#session += 1
    this.#hasSession = true
    this.#journal.beginSession(headerOf(`s${this.#session}`))
  }

  closeSession(): void {
    if (this.#hasSession) this.#append('close', 0)
  }

  heartbeat(): void {
    if (this.#hasSession) this.#append('heartbeat', 0)
  }

  async flush(isAwaited = true): Promise<void> {
    const { oracle } = this
    const last = oracle.lastTaken
    const flushing = this.#journal.flush().then(() => oracle.acknowledge(last), this.#unlessExcused())
    if (isAwaited && this.#isHealthy) await Promise.race([flushing, this.#files.stopped])
  }

  setFault(fault: Fault, room: number): void {
    this.#fault = fault
    this.#faults += 1
    this.#files.capacityBytes = fault === 'full' ? this.#files.usedBytes + room : Number.POSITIVE_INFINITY
    this.#files.writeError = fault === 'broken' ? 'EIO' : undefined
    this.#files.syncError = fault === 'not lasting' ? 'EIO' : undefined
    this.#files.bytesTaken = fault === 'short writes' ? length => 1 + this.#draw(length) : length => length
  }

  /** This life ends after so many steps, and the next ones after so many more. */
  endAfter(ending: Ending, steps: readonly number[]): void {
    const [now = 0, ...later] = steps
    this.#ending = ending
    this.#ends = later
    this.#files.stopAfter(now)
  }

  async compress(isAwaited: boolean): Promise<void> {
    const compressing = this.#journal.compress(this.#position).catch(this.#unlessExcused())
    if (isAwaited) await Promise.race([compressing, this.#files.stopped])
  }

  async retain(maxBytes: number): Promise<void> {
    this.oracle.allowRemoval(this.#followed)
    const before = this.#position
    const isQuiet = this.#journal.stats.pendingBytes === 0
    const retaining = this.#journal.retain({ before, olderThanMs: 0, maxBytes }).then(() => true, this.#unlessExcused())
    const isDone = await Promise.race([retaining, this.#files.stopped])
    if (isDone !== true || this.#files.hasStopped) return
    const { diskBytes, excessBytes } = this.#journal.stats
    if (isQuiet && diskBytes > maxBytes && excessBytes === 0)
      throw new Error(`The journal takes ${diskBytes}, more than ${maxBytes}, and does not say so`)
    await this.#read(reading => this.oracle.expectWholeSessions(reading))
  }

  /** Waits for the reader that follows, and looks into the files as another process does. */
  async readOn(): Promise<void> {
    const { lastTaken } = this.oracle
    const deadline = performance.now() + 30_000
    while (this.#isHealthy && this.oracle.lastFollowed < lastTaken) {
      this.#throwFailure()
      if (performance.now() > deadline) throw new Error(`The follower waits after ${this.oracle.lastFollowed}, ${lastTaken} was taken`)
      await nextTurn()
    }
    const { acknowledged } = this.oracle
    await this.#read(reading => this.oracle.expectNow(reading, acknowledged))
  }

  /** Closes and opens again, on a disk that works. */
  async restart(): Promise<void> {
    this.setFault('none', 0)
    await this.#endLife()
    if (this.#files.hasStopped) return this.revive()
    await this.#open(this.#files)
    await this.#settle('closed')
  }

  /** Opens the journal again if its life has ended. */
  async revive(): Promise<void> {
    this.#throwFailure()
    while (this.#files.hasStopped) {
      await this.#endLife()
      const files = this.#ending === 'kill' ? this.#files.afterKill() : this.#files.afterPowerLoss(this.#draw)
      files.contents.delete(`${directory}/lock`)
      const steps = this.#ends.shift()
      if (steps !== undefined) files.stopAfter(steps)
      await this.#open(files)
      await this.#settle(this.#ending)
    }
  }

  /** The end of it all: everything is read, followed, and there after a power loss. */
  async finish(): Promise<void> {
    this.#ends = []
    this.#files.stopAfter(Number.POSITIVE_INFINITY)
    await this.revive()
    this.setFault('none', 0)
    await this.flush()
    await this.readOn()
    await this.compress(true)
    if (this.oracle.hasUntoldLoss) throw new Error('A loss was never told')
    await this.#read(reading => this.oracle.expectFollowed(reading))
    this.#expectDiskUse()
    this.endAfter('power loss', [0])
    await this.revive()
  }

  async close(): Promise<void> {
    this.#files.stopAfter(0)
    await this.#endLife()
  }

  get #isHealthy(): boolean {
    return (this.#fault === 'none' || this.#fault === 'short writes') && !this.#files.hasStopped
  }

  async #open(files: MemoryFileSystem): Promise<void> {
    const { segmentBytes, fsyncMs, tailBytes, maxTurns } = this.#options
    this.#files = files
    this.#fault = 'none'
    this.#hasSession = false
    this.#isSettled = false
    files.turnsOfStep = () => this.#draw(maxTurns + 1)
    const settings = { segmentBytes, fsyncMs, tailBytes, retryMs: 1, pendingBytes: 200_000 }
    const onLoss = (loss: Loss) => this.#lose(loss)
    try {
      this.#journal = await openJournal({ directory, files, log, onLoss, ...settings })
    } catch (error) {
      if (!files.hasStopped) throw error
      return
    }
    this.#stopFollowing = new AbortController()
    this.#following = this.#follow(this.#stopFollowing.signal).catch(this.#unlessExcused())
  }

  async #settle(ending: Ending | 'closed'): Promise<void> {
    await this.#read(reading => {
      this.oracle.settle(reading, ending)
      this.#isSettled = true
    })
  }

  async #endLife(): Promise<void> {
    await this.#journal.close().catch(this.#unlessExcused())
    this.#stopFollowing.abort()
    await this.#following
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const batch of this.#journal.readFrom(this.#position, signal, { maxBytes: 300 })) {
      const ids = idsOf(batch).filter(item => item !== 'damage')
      this.oracle.follow(ids)
      // Readers see nothing that could be lost; what an earlier life lost is known once this one was looked at.
      if (this.#options.fsyncMs === 0 && this.#isSettled) this.oracle.acknowledge(ids.at(-1) ?? 0)
      this.#position = batch.end
      if (batch.header.session !== '') this.#followed = batch.header.session
    }
  }

  #append(kind: EntryKind, bytes: number): void {
    const id = ++this.#id
    const content = Buffer.from(String(id).padEnd(bytes, '.'))
    const before = this.#journal.stats
    this.#journal.append(kind, id, content)
    const { appendedEntries, lostEntries } = this.#journal.stats
    const isRefused = lostEntries > before.lostEntries
    // A heartbeat without room is dropped, and is no loss.
    if (appendedEntries === before.appendedEntries && !isRefused && kind === 'heartbeat') return
    this.oracle.append({ id, session: `s${this.#session}`, timeUs: id, bytes: content.length, isRefused })
  }

  #lose(loss: Loss): void {
    try {
      this.oracle.lose(loss)
      this.#append('gap', 0)
    } catch (error) {
      this.#failure ??= error
    }
  }

  async #read(check: (reading: Reading) => void): Promise<void> {
    const reading: (number | 'damage')[] = []
    try {
      for await (const batch of readJournal(directory, { files: this.#files, maxBytes: 500 })) reading.push(...idsOf(batch))
    } catch (error) {
      if (!this.#files.hasStopped) throw error
      return
    }
    check(reading)
  }

  #expectDiskUse(): void {
    const { contents } = this.#files
    const paths = contents.paths().filter(path => path.endsWith('.journal') || path.endsWith('.journal.zst'))
    const bytes = paths.reduce((sum, path) => sum + (contents.get(path) as Buffer).length, 0)
    const { stats } = this.#journal
    if (stats.diskBytes !== bytes || stats.segments !== paths.length)
      throw new Error(`On disk are ${bytes} bytes in ${paths.length} segments, the journal says ${stats.diskBytes} in ${stats.segments}`)
  }

  /** Takes the error of something that begins now: it is a failure unless the disk had a fault meanwhile, or the journal was closed. */
  #unlessExcused(): (error: Error & { code?: string }) => void {
    const faults = this.#faults
    return error => {
      const wasClosed = error.name === 'AbortError' || error.code === 'JOURNAL_CLOSED'
      if (this.#isHealthy && this.#faults === faults && !wasClosed) this.#failure ??= error
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function idsOf({ entries, damage }: EntryBatch): (number | 'damage')[] {
  return damage === undefined ? entries.map(({ bytes }) => Number.parseInt(bytes.toString(), 10)) : ['damage']
}

/** Numbers by chance, the same ones for the same seed. */
function drawing(seed: number): Draw {
  let state = seed | 0
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
