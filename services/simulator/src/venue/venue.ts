import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { KickCode } from './messages.ts'
import { Refusals, Remaining } from './refusals.ts'
import { Session, type SessionDeps } from './session.ts'
import { TokenDesk } from './token-desk.ts'
import type { VenueOptions } from './venue-options.ts'

/** The venue as it knows its sessions: who is there, and what is refused, muted or held back. */
export class Venue implements SessionDeps {
  readonly options: VenueOptions
  readonly tokens: TokenDesk
  readonly refusals = new Refusals()
  readonly early = new Remaining<string>()
  /** Connections that are to be closed right after they open. */
  readonly hangUps = new Remaining<true>()
  readonly sessions = new Set<Session>()
  /** Names that the list of instruments has instead, by symbol; null where it leaves the symbol out. */
  readonly renamed = new Map<string, string | null>()
  muted: ReadonlySet<string> = new Set()
  readonly #onChange: () => void
  #isStalled = false
  #numbers = 0

  /** `onChange` hears when sessions want something else than before. */
  constructor(options: VenueOptions, onChange: () => void) {
    this.options = options
    this.tokens = new TokenDesk(options.credentials, options.tokenMs)
    this.#onChange = onChange
  }

  /** A WebSocket has been opened; `transport` is the socket below it. */
  connect(socket: WebSocket, transport: Duplex): void {
    const session = new Session(++this.#numbers, socket, transport, this)
    this.sessions.add(session)
    if (this.hangUps.take()) session.close(1000, '')
    if (this.#isStalled) session.stall(true)
  }

  /** One app key, one session: the older one ends. */
  loggedIn(newcomer: Session): void {
    for (const session of [...this.sessions]) {
      if (session !== newcomer && session.appKey === newcomer.appKey) session.kick('R10001')
    }
  }

  changed(): void {
    this.#onChange()
  }

  ended(session: Session): void {
    this.sessions.delete(session)
    this.#onChange()
  }

  /** From now on nothing is sent of these items. */
  mute(items: readonly string[]): void {
    this.muted = new Set(items)
    this.#onChange()
  }

  /** Sends a message to everyone who is logged in. What is no data is not written down. */
  say(text: string): void {
    for (const session of this.sessions) if (session.isLoggedIn) session.send(text)
  }

  /** Tells every session why and ends it. */
  kick(code: KickCode): void {
    for (const session of [...this.sessions]) session.kick(code)
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const session of [...this.sessions]) session.cut()
  }

  /** While stalled nothing is sent, read or answered. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled
    for (const session of this.sessions) session.stall(isStalled)
  }
}
