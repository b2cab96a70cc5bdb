import { gapReasons } from '@tickhouse/catalogue'
import type { Session, Venue } from '@tickhouse/venue-server'
import type { ReplayedEnd, ReplayedFrame } from './events.ts'

/** How long a client may take for what it was sent last, and to answer the end of its connection. */
const closeMs = 30_000
/** The close codes of WebSocket: all is done, and the other side goes away. */
const [normal, goingAway] = [1000, 1001]

/** Those who have registered something, and get it. */
export class Audience {
  /** Frames that somebody got, … */
  sent = 0
  /** … and the capture time of the last one that was due, µs. */
  atUs = 0
  readonly #venue: Pick<Venue, 'sessions'>
  readonly #signal: AbortSignal
  #listeners: readonly Session[] = []
  #change = new AbortController()

  /** Nobody waits for anything any more when the signal aborts. */
  constructor(venue: Pick<Venue, 'sessions'>, signal: AbortSignal) {
    this.#venue = venue
    this.#signal = signal
    signal.addEventListener('abort', () => this.refresh())
  }

  get size(): number {
    return this.#listeners.length
  }

  /** Whether somebody listens, and everybody keeps up. */
  get isReady(): boolean {
    return this.#listeners.length > 0 && !this.#listeners.some(({ line }) => line.isSlow)
  }

  /** Aborts when somebody comes, goes, or registers something else, and when it is over. */
  get change(): AbortSignal {
    return this.#change.signal
  }

  /** Looks again at who has registered something. */
  refresh(): void {
    this.#listeners = [...this.#venue.sessions].filter(({ pairs }) => pairs.length > 0)
    const before = this.#change
    this.#change = new AbortController()
    before.abort()
  }

  /** Resolves when it is ready, or the signal aborts. */
  async untilReady(): Promise<void> {
    while (!this.isReady && !this.#signal.aborted) {
      const slow = this.#listeners.filter(({ line }) => line.isSlow)
      const changed = aborted(this.change)
      await (slow.length === 0 ? changed : Promise.race([changed, Promise.all(slow.map(({ line }) => line.drained()))]))
    }
  }

  /** Hands a frame, as it is, to everyone who has registered any of its data. */
  hand({ timeUs, bytes, pairs }: ReplayedFrame): void {
    this.atUs = timeUs
    let isSent = false
    for (const listener of this.#listeners)
      if (pairs.length === 0 || pairs.some(pair => listener.wants(pair))) isSent = listener.send(bytes) || isSent
    if (isSent) this.sent++
  }

  /** Ends every connection where a session of the journal ended; resolves when all have got what they were sent. */
  async part({ session, reason }: Pick<ReplayedEnd, 'session' | 'reason'>): Promise<void> {
    await this.#dismiss(goingAway, `session ${session.slice(0, 20)} ended here: ${Object.hasOwn(gapReasons, reason) ? reason : 'unknown'}`)
  }

  /** Ends every connection since nothing follows. */
  async leave(): Promise<void> {
    await this.#dismiss(normal, 'the replay is over')
  }

  async #dismiss(code: number, words: string): Promise<void> {
    await Promise.all([...this.#venue.sessions].map(session => session.close(code, words, closeMs)))
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
