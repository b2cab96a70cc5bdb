import { setImmediate as nextTurn } from 'node:timers/promises'
import { datasetOfType } from '@tickhouse/catalogue'
import { rest } from '@tickhouse/runtime'
import type { Session } from '@tickhouse/venue-server'
import { itemsIn } from '../market/frames-folder.ts'
import type { FrameSource, SourceFrame } from '../market/source.ts'
import type { Ledger } from './ledger.ts'

/** How long to wait before a source is asked again that had nothing, because its market is closed. */
const askAgainMs = 250

/** What a feed works with. */
export interface FeedDeps {
  readonly source: FrameSource
  readonly ledger: Ledger
  readonly maxFrames: number | null
  readonly sessions: () => Iterable<Session>
  /** Hears after every frame how many were made. */
  readonly onMade: (frames: number) => void
  readonly nowMs: () => number
}

/**
 * Takes frames from the source and hands each to the live sessions that want it, as long as someone is live; `play` says how many.
 * Nothing is made while nobody is live, while the venue is stalled, or while a reader is slow: every frame made was handed over or lost on purpose.
 */
export class Feed {
  /** Frames taken from the source, those lost on purpose included. */
  made = 0
  /** Items handed over, per dataset and session. */
  readonly sent = new Map<string, number>()
  readonly #deps: FeedDeps
  #live: Session[] = []
  /** Frames written down, other texts included. */
  #recorded = 0
  /** Nothing is wanted, or the source has nothing for it. */
  #isDry = false
  #stalled = false
  #wake: () => void = () => {}

  constructor(deps: FeedDeps) {
    this.#deps = deps
  }

  /** True where no frame will follow. */
  get isDone(): boolean {
    return this.#deps.source.isExhausted || this.made >= (this.#deps.maxFrames ?? Number.POSITIVE_INFINITY)
  }

  /** Looks again at who is live and what they want; where nobody wants anything, the source keeps what was wanted last. */
  refresh(): void {
    this.#live = [...this.#deps.sessions()].filter(session => session.isLive)
    const pairs = this.#live.flatMap(session => session.pairs)
    if (pairs.length > 0) this.#deps.source.register(pairs)
    this.#isDry = pairs.length === 0
    this.#wake()
  }

  /** Holds everything back, or goes on. */
  stall(stalled: boolean): void {
    this.#stalled = stalled
    this.#wake()
  }

  /** True while nothing is to be made. */
  get isIdle(): boolean {
    return this.#stalled || this.#isDry || this.isDone || this.#live.length === 0
  }

  /** Resolves when that may have changed, or the signal aborts; a source that had nothing for what is wanted may have something a little later. */
  async untilChanged(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    this.#wake = wake
    signal.addEventListener('abort', wake)
    const isAskedAgain = this.#isDry && this.#live.some(({ pairs }) => pairs.length > 0)
    const timer = isAskedAgain ? setTimeout(wake, askAgainMs) : undefined
    await promise
    clearTimeout(timer)
    if (isAskedAgain) this.#isDry = this.#live.every(({ pairs }) => pairs.length === 0)
    signal.removeEventListener('abort', wake)
  }

  /** Makes so many frames at once, without regard to how fast they are read. */
  make(frames: number): void {
    this.#sendTogether(frames, this.#live)
  }

  /** Waits for slow readers, or until it is time for more. */
  async breathe(waitMs: number, signal: AbortSignal): Promise<void> {
    const slow = this.#live.filter(session => session.line.isSlow)
    if (slow.length > 0) await Promise.all(slow.map(session => session.line.drained()))
    else if (waitMs === 0) await nextTurn()
    else await rest(waitMs, signal)
  }

  /** Makes frames that nobody gets, also while nobody is there. */
  lose(frames: number): void {
    for (let count = 0; count < frames; count++) this.#next([])
    this.#deps.ledger.flush()
  }

  /** Hands any text to everyone who is logged in. */
  send(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    const everyone = [...this.#deps.sessions()].filter(session => session.isLoggedIn)
    this.#hand({ pair: null, items: itemsIn(bytes), bytes }, everyone)
    this.#deps.ledger.flush()
  }

  /** Hands the same frame to everyone who is logged in so many times, each as soon as the one before it has left. */
  async flood(bytes: Buffer, frames: number): Promise<void> {
    const frame = { pair: null, items: [], bytes }
    for (let count = 0; count < frames; count++) {
      const everyone = [...this.#deps.sessions()].filter(session => session.isLoggedIn)
      this.#hand(frame, everyone)
      this.#deps.ledger.flush()
      await Promise.all(everyone.map(session => session.line.drained()))
    }
  }

  /** Sends frames with as few writes to every socket as possible. */
  #sendTogether(count: number, [first, ...others]: readonly Session[]): void {
    if (first) first.line.together(() => this.#sendTogether(count, others))
    else this.#sendBatch(count)
  }

  #sendBatch(count: number): void {
    for (let left = count; left > 0 && !this.isIdle; left--) this.#next(this.#live)
    this.#deps.ledger.flush()
  }

  /** Makes one frame, if there is one, and hands it over. */
  #next(sessions: readonly Session[]): void {
    const frame = this.isDone ? null : this.#deps.source.next(this.#deps.nowMs())
    this.#isDry = frame === null
    if (frame === null) return
    this.made++
    const { pair } = frame
    this.#hand(frame, pair === null ? sessions : sessions.filter(session => session.wants(pair)))
    this.#deps.onMade(this.made)
  }

  #hand(frame: SourceFrame, sessions: readonly Session[]): void {
    const reached = sessions.filter(session => session.send(frame.bytes)).map(session => session.number)
    if (reached.length > 0) this.#count(frame, reached.length)
    this.#deps.ledger.record(++this.#recorded, this.#deps.nowMs(), reached, frame)
  }

  #count({ items }: SourceFrame, times: number): void {
    for (const { type } of items) {
      const dataset = datasetOfType(type)?.name ?? type
      this.sent.set(dataset, (this.sent.get(dataset) ?? 0) + times)
    }
  }
}
