import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Fault, Refusals, Remaining } from './faults.ts'
import { Feed } from './feed.ts'
import { Ledger } from './ledger.ts'
import { Market } from './market/market.ts'
import type { KickCode } from './messages.ts'
import { defaultOptions, type SimulatorOptions } from './options.ts'
import { Replay } from './replay.ts'
import { restOf } from './rest.ts'
import { listen, type VenueServer } from './server.ts'
import { Session, type SessionContext } from './session.ts'
import { TokenDesk } from './token-desk.ts'

/** What a simulator has done so far. */
export interface SimulatorStatus {
  /** Sessions that are logged in. */
  readonly sessions: number
  /** Distinct (type, item) pairs that get frames. */
  readonly registered: number
  /** Frames made. */
  readonly frames: number
  /** Items sent, per dataset. */
  readonly sent: Readonly<Record<string, number>>
  /** No frame will follow by itself: the folder was sent, or `maxFrames` were. */
  readonly done: boolean
}

/** A running simulator. */
export interface Simulator {
  /** For `KIWOOM_REST_URL`. */
  readonly url: string
  /** For `KIWOOM_WS_URL`; without the path. */
  readonly wsUrl: string
  readonly ledger: Ledger
  status(): SimulatorStatus
  /** Makes something go wrong now. */
  inject(fault: Fault): void
  /** Hands any text to every session that is logged in. */
  send(text: string): void
  /** Tells every session why and ends it. */
  kick(code: KickCode): void
  /** Breaks every connection without a word. */
  cut(): void
  close(): Promise<void>
}

/** Starts the venue's side on a port; ready when it resolves. Throws where the port is taken or the folder cannot be read. */
export async function startSimulator(given: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const venue = new Venue({ ...defaultOptions, ...given })
  await venue.open()
  return venue
}

class Venue implements Simulator, SessionContext {
  readonly options: SimulatorOptions
  readonly tokens: TokenDesk
  readonly refusals = new Refusals()
  readonly early = new Remaining<string>()
  muted: ReadonlySet<string> = new Set()
  readonly ledger: Ledger
  /** What each fault does. */
  readonly #happen: { readonly [Name in Fault['fault']]: (fault: Extract<Fault, { fault: Name }>) => void } = {
    cut: () => this.cut(),
    kick: ({ code }) => this.kick(code),
    stall: ({ forMs }) => this.#stall(forMs),
    quiet: ({ forMs }) => this.#quiet(forMs),
    send: ({ text }) => this.send(text),
    flood: fault => void this.#feed.flood(fault),
    lose: ({ frames }) => this.#feed.lose(frames),
    refuse: ({ what, code, times }) => this.refusals.add(what, code, times),
    'refuse-items': ({ items, types, code }) => {
      this.refusals.items = { items, code, ...(types && { types }) }
    },
    mute: ({ items }) => {
      this.muted = new Set(items)
      this.changed()
    },
    say: ({ text }) => this.#say(text),
    burst: ({ frames }) => this.#feed.burst(frames),
    'hang-up': ({ times }) => this.#hangUps.add(true, times),
    'before-login': ({ text, times }) => this.early.add(text, times),
    'expire-tokens': () => this.tokens.expireAll(),
  }
  readonly #feed: Feed
  readonly #sessions = new Set<Session>()
  readonly #hangUps = new Remaining<true>()
  readonly #stop = new AbortController()
  #server: VenueServer | null = null
  #running: Promise<void> = Promise.resolve()
  #numbers = 0
  #stalled: NodeJS.Timeout | undefined
  #quieted: NodeJS.Timeout | undefined

  constructor(options: SimulatorOptions) {
    const { seed, framesDirectory, rate, maxFrames, clock } = options
    this.options = options
    this.tokens = new TokenDesk(options.credentials, options.tokenMs)
    const source = framesDirectory === null ? new Market(seed) : new Replay(framesDirectory)
    this.ledger = new Ledger({ file: options.ledgerFile, keep: options.keepLedger })
    this.#feed = new Feed({
      source,
      ledger: this.ledger,
      rate,
      maxFrames,
      script: options.faults,
      sessions: () => this.#sessions,
      inject: fault => this.inject(fault),
      nowMs: () => clock.nowMs(),
    })
  }

  async open(): Promise<void> {
    const { host, port, tokenRequestsPerSecond, clock } = this.options
    const { tokens, refusals } = this
    const rest = restOf({
      tokens,
      refusals,
      tokenRequestsPerSecond,
      inject: fault => this.inject(fault),
      status: () => this.status(),
      nowMs: () => clock.nowMs(),
    })
    this.#server = await listen({ host, port, rest, connected: (socket, transport) => this.#connected(socket, transport) })
    this.#running = this.#feed.run(this.#stop.signal)
  }

  get url(): string {
    return `http://${this.#address}`
  }

  get wsUrl(): string {
    return `ws://${this.#address}`
  }

  get #address(): string {
    return `${this.options.host}:${this.#server?.port}`
  }

  status(): SimulatorStatus {
    const sessions = [...this.#sessions]
    const pairs = new Set(sessions.flatMap(session => session.pairs.map(({ type, item }) => type + item)))
    return {
      sessions: sessions.filter(session => session.isLoggedIn).length,
      registered: pairs.size,
      frames: this.#feed.made,
      sent: Object.fromEntries(this.#feed.sent),
      done: this.#feed.isDone,
    }
  }

  inject(fault: Fault): void {
    const happen = this.#happen[fault.fault] as (fault: Fault) => void
    happen(fault)
  }

  send(text: string): void {
    this.#feed.send(text)
  }

  kick(code: KickCode): void {
    for (const session of [...this.#sessions]) session.kick(code)
  }

  cut(): void {
    for (const session of [...this.#sessions]) session.cut()
  }

  async close(): Promise<void> {
    clearTimeout(this.#stalled)
    clearTimeout(this.#quieted)
    this.#stop.abort()
    this.cut()
    await this.#running
    await this.#server?.close()
    this.ledger.close()
  }

  /** One app key, one session: the older one ends. */
  loggedIn(newcomer: Session): void {
    for (const session of [...this.#sessions]) {
      if (session !== newcomer && session.appKey === newcomer.appKey) session.kick('R10001')
    }
  }

  changed(): void {
    this.#feed.refresh()
  }

  ended(session: Session): void {
    this.#sessions.delete(session)
    this.#feed.refresh()
  }

  #connected(socket: WebSocket, transport: Duplex): void {
    const session = new Session(++this.#numbers, socket, transport, this)
    this.#sessions.add(session)
    if (this.#hangUps.take()) session.close(1000, '')
    if (this.#stalled) session.stall(true)
  }

  /** What is no data is not written down. */
  #say(text: string): void {
    for (const session of this.#sessions) if (session.isLoggedIn) session.send(text)
  }

  #stall(forMs: number): void {
    clearTimeout(this.#stalled)
    this.#stalled = setTimeout(() => {
      this.#stalled = undefined
      this.#setStalled(false)
    }, forMs)
    this.#setStalled(true)
  }

  #quiet(forMs: number): void {
    clearTimeout(this.#quieted)
    this.#quieted = setTimeout(() => {
      this.#quieted = undefined
      this.#rest()
    }, forMs)
    this.#rest()
  }

  /** The market stands still while the venue is stalled or quiet. */
  #rest(): void {
    this.#feed.stall(this.#stalled !== undefined || this.#quieted !== undefined)
  }

  #setStalled(stalled: boolean): void {
    this.#rest()
    for (const session of this.#sessions) session.stall(stalled)
  }
}
