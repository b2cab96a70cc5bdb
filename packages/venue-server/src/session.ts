import type { Duplex } from 'node:stream'
import type { Pair } from '@tickhouse/kiwoom'
import type { WebSocket } from 'ws'
import type { Interference } from './interference.ts'
import { Line } from './line.ts'
import { type KickCode, loginRefused, messages, refused, systemMessage } from './messages.ts'
import { RegistrationDesk, type RegistrationVerb } from './registration-desk.ts'
import type { ReceivedRegistration } from './registrations.ts'
import type { TokenDesk } from './token-desk.ts'
import type { VenueOptions } from './venue-options.ts'

/** What a session shares with the others, and whom it tells. */
export interface SessionDeps {
  readonly options: VenueOptions
  readonly tokens: TokenDesk
  readonly interference: Interference
  /** Its token was accepted. */
  loggedIn(session: Session): void
  /** What it wants to get has changed. */
  changed(): void
  /** Its connection has ended. */
  ended(session: Session): void
}

/** The official client also knows a PING that is plain text. */
const plainPing = Buffer.from('PING')

/**
 * One connection, as the venue sees it: *waiting* for LOGIN (anything else is ignored with 100013; R10004 when it does not come),
 * *logged in* (PING, REG, REMOVE), *live* (its registrations have been quiet for `settleMs`: it gets frames), *ended*.
 */
export class Session {
  readonly line: Line
  readonly number: number
  readonly #deps: SessionDeps
  readonly #desk: RegistrationDesk
  readonly #timers = new Set<NodeJS.Timeout>()
  #state: 'waiting' | 'logged in' | 'live' | 'ended' = 'waiting'
  #appKey: string | null = null
  #settling: NodeJS.Timeout | undefined
  /** PINGs since the last echo. */
  #unechoed = 0
  #stalled = false

  constructor(number: number, socket: WebSocket, transport: Duplex, deps: SessionDeps) {
    this.number = number
    this.line = new Line(socket, transport)
    this.#deps = deps
    this.#desk = new RegistrationDesk(deps.interference, deps.options.limits)
    socket.on('message', bytes => this.#receive(bytes as Buffer))
    socket.on('close', () => this.#end())
    socket.on('error', () => socket.terminate())
    this.#later(deps.options.loginMs, () => this.#state === 'waiting' && this.kick('R10004'))
  }

  get appKey(): string | null {
    return this.#appKey
  }

  get isLoggedIn(): boolean {
    return this.#state === 'logged in' || this.#state === 'live'
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  /** Pairs that it gets frames for; none before it is live. */
  get pairs(): readonly Pair[] {
    return this.isLive ? this.#desk.pairs.filter(({ item }) => !this.#deps.interference.isMuted(item)) : []
  }

  wants(pair: Pair): boolean {
    return this.#desk.has(pair) && !this.#deps.interference.isMuted(pair.item)
  }

  /** Sends a text message; false once the connection has ended. */
  send(text: string | Buffer): boolean {
    return this.line.send(text)
  }

  /** Tells the client why and ends the session. */
  kick(code: KickCode): void {
    this.send(systemMessage(code))
    this.close(1000, '')
  }

  /** Ends the connection with a closing handshake behind all that was sent; resolves when it is over. */
  close(code: number, reason: string, withinMs?: number): Promise<void> {
    const closed = this.line.close(code, reason, withinMs)
    this.#end()
    return closed
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.line.cut()
    this.#end()
  }

  /** While stalled nothing is read, answered or pinged. */
  stall(isStalled: boolean): void {
    this.#stalled = isStalled
    this.#unechoed = 0
    this.line.stall(isStalled)
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'ended') return
    const { messageBytes } = this.#deps.options.limits
    const message = bytes.length > messageBytes ? null : bytes.equals(plainPing) ? { trnm: 'PING' } : objectIn(bytes)
    const trnm = message?.['trnm']
    if (bytes.length > messageBytes) this.close(1009, `Max frame length of ${messageBytes} has been exceeded.`)
    else if (message && typeof trnm === 'string' && trnm !== '') this.#answer(trnm, message)
    else this.send(refused('', 100002, 'trnm'))
  }

  #answer(trnm: string, message: Readonly<Record<string, unknown>>): void {
    if (trnm === 'PING') this.#unechoed = 0
    else if (trnm === 'LOGIN') this.#login(message['token'])
    // Echoing SYSTEM was seen to end the connection.
    else if (trnm === 'SYSTEM') this.close(1000, '')
    else if (!this.isLoggedIn) this.send(refused(trnm, 100013))
    else if (trnm === 'REG' || trnm === 'REMOVE') this.#register(trnm, message)
    else this.send(refused(trnm, 105108, trnm))
  }

  #login(token: unknown): void {
    const { tokens, interference, options } = this.#deps
    if (typeof token !== 'string' || token === '') {
      this.#refuseLogin(messages.loginWithoutToken)
      return
    }
    const appKey = tokens.ownerOf(token, this.#nowMs())
    const code = interference.refusalOf('login') ?? (appKey === null ? 8005 : null)
    if (code !== null) this.#refuseLogin(loginRefused(code))
    else this.#later(options.loginAnswerMs, () => this.#accept(appKey!))
  }

  #refuseLogin(text: string): void {
    this.send(text)
    this.close(1000, '')
  }

  #accept(appKey: string): void {
    const early = this.#deps.interference.takeEarlyText()
    if (early !== undefined) this.send(early)
    this.send(messages.loginAccepted)
    if (this.#state !== 'waiting') return
    this.#appKey = appKey
    this.#state = 'logged in'
    this.#deps.loggedIn(this)
    this.#pingLater()
  }

  #pingLater(): void {
    const { pingMs } = this.#deps.options.limits
    if (pingMs <= 0) return
    this.#later(pingMs, () => {
      this.#pingLater()
      // An echo that lies in the socket, because this process was held up, is read before anyone judges.
      if (!this.#stalled) setImmediate(() => this.#ping())
    })
  }

  /** PINGs are counted and not seconds: what this process did not ask, nobody had to answer. */
  #ping(): void {
    if (this.#state === 'ended' || this.#stalled) return
    const { pingMs, heartbeatMs } = this.#deps.options.limits
    this.#unechoed += 1
    if (this.#unechoed * pingMs >= heartbeatMs) this.kick('R10002')
    else this.send(messages.ping)
  }

  #register(trnm: RegistrationVerb, message: ReceivedRegistration): void {
    const { text, isTaken } = this.#desk.answer(trnm, message, performance.now())
    this.send(text)
    if (isTaken) this.#settle()
  }

  /** The first registrations take effect together, later ones at once. */
  #settle(): void {
    clearTimeout(this.#settling)
    if (this.isLive) this.#deps.changed()
    else this.#settling = this.#later(this.#deps.options.settleMs, () => this.#goLive())
  }

  #goLive(): void {
    this.#state = 'live'
    this.#deps.changed()
  }

  #end(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    for (const timer of this.#timers) clearTimeout(timer)
    this.#deps.ended(this)
  }

  /** Runs once after a while, unless the session has ended by then. */
  #later(ms: number, run: () => unknown): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, ms)
    this.#timers.add(timer)
    return timer
  }

  #nowMs(): number {
    return this.#deps.options.clock.nowMs()
  }
}

function objectIn(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
