import { setImmediate as nextTurn } from 'node:timers/promises'
import { datasetOfType } from '@tickhouse/catalogue'
import { delay, isAbort } from '@tickhouse/runtime'
import type { Fault, ScriptedFault } from './faults.ts'
import { floodFrame } from './flood.ts'
import type { Ledger } from './ledger.ts'
import { Pace } from './pace.ts'
import { itemsIn } from './replay.ts'
import type { Session } from './session.ts'
import type { Source, SourceFrame } from './source.ts'

/** What a feed works with. */
export interface FeedParts {
  readonly source: Source
  readonly ledger: Ledger
  readonly rate: number
  readonly maxFrames: number | null
  readonly script: readonly ScriptedFault[]
  readonly sessions: () => Iterable<Session>
  readonly inject: (fault: Fault) => void
  readonly nowMs: () => number
}

/**
 * Takes frames from the source and hands each to the live sessions that want it, at the rate, as long as someone is live.
 * Nothing is made while nobody is live, while the venue is stalled, or while a reader is slow: every frame made was handed over or lost on purpose.
 */
export class Feed {
  /** Frames taken from the source, those lost on purpose included. */
  made = 0
  /** Items handed over, per dataset and session. */
  readonly sent = new Map<string, number>()
  readonly #parts: FeedParts
  readonly #script: ScriptedFault[]
  #live: Session[] = []
  /** Frames written down, other texts included. */
  #recorded = 0
  /** Nothing is wanted, or the source has nothing for it. */
  #isDry = false
  #stalled = false
  #wake: () => void = () => {}

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#script = [...parts.script].sort((a, b) => a.afterFrames - b.afterFrames)
  }

  /** True where no frame will follow. */
  get isDone(): boolean {
    return this.#parts.source.isExhausted || this.made >= (this.#parts.maxFrames ?? Number.POSITIVE_INFINITY)
  }

  /** Looks again at who is live and what they want; where nobody wants anything, the source keeps what was wanted last. */
  refresh(): void {
    this.#live = [...this.#parts.sessions()].filter(session => session.isLive)
    const pairs = this.#live.flatMap(session => session.pairs)
    if (pairs.length > 0) this.#parts.source.register(pairs)
    this.#isDry = pairs.length === 0
    this.#wake()
  }

  /** Holds everything back, or goes on. */
  stall(stalled: boolean): void {
    this.#stalled = stalled
    this.#wake()
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const pace = new Pace(this.#parts.rate, performance.now())
    signal.addEventListener('abort', () => this.#wake())
    while (!signal.aborted) {
      if (this.#isIdle()) {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
        pace.restart(performance.now())
        continue
      }
      this.#sendTogether(pace.due(performance.now()), this.#live)
      await this.#breathe(pace.waitMs, signal)
    }
  }

  /** Makes frames that nobody gets, also while nobody is there. */
  lose(frames: number): void {
    for (let count = 0; count < frames; count++) this.#next([])
    this.#parts.ledger.flush()
  }

  /** Makes frames at once, without regard to the rate or to how fast they are read. */
  burst(frames: number): void {
    this.#sendTogether(frames, this.#live)
  }

  /** Hands any text to everyone who is logged in. */
  send(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    const everyone = [...this.#parts.sessions()].filter(session => session.isLoggedIn)
    this.#hand({ pair: null, items: itemsIn(bytes), bytes }, everyone)
    this.#parts.ledger.flush()
  }

  /** Hands huge frames to everyone who is logged in, each as soon as the one before it has left. */
  async flood({ shape, bytes, frames }: Extract<Fault, { fault: 'flood' }>): Promise<void> {
    const frame = { pair: null, items: [], bytes: floodFrame(shape, bytes) }
    for (let count = 0; count < frames; count++) {
      const everyone = [...this.#parts.sessions()].filter(session => session.isLoggedIn)
      this.#hand(frame, everyone)
      this.#parts.ledger.flush()
      await Promise.all(everyone.map(session => session.drained()))
    }
  }

  #isIdle(): boolean {
    return this.#stalled || this.#isDry || this.isDone || this.#live.length === 0
  }

  /** Sends frames with as few writes to every socket as possible. */
  #sendTogether(count: number, [first, ...others]: readonly Session[]): void {
    if (first) first.together(() => this.#sendTogether(count, others))
    else this.#sendBatch(count)
  }

  #sendBatch(count: number): void {
    for (let left = count; left > 0 && !this.#isIdle(); left--) this.#next(this.#live)
    this.#parts.ledger.flush()
  }

  /** Makes one frame, if there is one, and hands it over. */
  #next(sessions: readonly Session[]): void {
    const frame = this.isDone ? null : this.#parts.source.next(this.#parts.nowMs())
    this.#isDry = frame === null
    if (frame === null) return
    this.made++
    const { pair } = frame
    this.#hand(frame, pair === null ? sessions : sessions.filter(session => session.wants(pair)))
    this.#playScript()
  }

  #playScript(): void {
    while (this.#script.length > 0 && this.#script[0]!.afterFrames <= this.made) this.#parts.inject(this.#script.shift()!)
  }

  #hand(frame: SourceFrame, sessions: readonly Session[]): void {
    const reached = sessions.filter(session => session.send(frame.bytes)).map(session => session.number)
    if (reached.length > 0) this.#count(frame, reached.length)
    this.#parts.ledger.record(++this.#recorded, this.#parts.nowMs(), reached, frame)
  }

  #count({ items }: SourceFrame, times: number): void {
    for (const { type } of items) {
      const dataset = datasetOfType(type)?.name ?? type
      this.sent.set(dataset, (this.sent.get(dataset) ?? 0) + times)
    }
  }

  async #breathe(waitMs: number, signal: AbortSignal): Promise<void> {
    const slow = this.#live.filter(session => session.isSlow)
    if (slow.length > 0) await Promise.all(slow.map(session => session.drained()))
    else if (waitMs === 0) await nextTurn()
    else await delay(waitMs, signal).catch(error => isAbort(error) || Promise.reject(error))
  }
}
