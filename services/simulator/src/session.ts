import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { codeFor, type Refusals, type Remaining } from './faults.ts'
import type { Pair } from './market/schedule.ts'
import { type KickCode, loginRefused, messages, refused, systemMessage } from './messages.ts'
import type { SimulatorOptions } from './options.ts'
import { type Outcome, pairsIn, Registrations } from './registrations.ts'
import { RequestGate } from './request-gate.ts'
import type { TokenDesk } from './token-desk.ts'

/** What a session shares with the others, and whom it tells. */
export interface SessionContext {
  readonly options: SimulatorOptions
  readonly tokens: TokenDesk
  readonly refusals: Refusals
  /** Items of which nothing is sent. */
  readonly muted: ReadonlySet<string>
  /** Texts that come before the answer to a LOGIN. */
  readonly early: Remaining<string>
  /** Its token was accepted. */
  loggedIn(session: Session): void
  /** What it wants to get has changed. */
  changed(): void
  /** Its connection has ended. */
  ended(session: Session): void
}

/** How much may wait in a socket before its reader counts as slow. */
const SLOW_BYTES = 1 << 20
/** How long a client may take to answer the closing of its connection. */
const CLOSE_MS = 2_000

/**
 * One connection, as the venue sees it: *waiting* for LOGIN (anything else is ignored with 100013; R10004 when it does not come),
 * *logged in* (PING, REG, REMOVE), *live* (its registrations have been quiet for `settleMs`: it gets frames), *ended*.
 */
export class Session {
  readonly number: number
  readonly #socket: WebSocket
  readonly #transport: Duplex
  readonly #context: SessionContext
  readonly #registrations = new Registrations()
  readonly #gates = new Map<string, RequestGate>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #state: 'waiting' | 'logged in' | 'live' | 'ended' = 'waiting'
  #appKey: string | null = null
  #wanted: ReadonlySet<string> = new Set()
  #settling: NodeJS.Timeout | undefined
  /** PINGs since the last echo. */
  #unechoed = 0
  #stalled = false

  constructor(number: number, socket: WebSocket, transport: Duplex, context: SessionContext) {
    this.number = number
    this.#socket = socket
    this.#transport = transport
    this.#context = context
    socket.on('message', bytes => this.#receive(bytes as Buffer))
    socket.on('close', () => this.#end())
    socket.on('error', () => socket.terminate())
    this.#later(context.options.loginMs, () => this.#state === 'waiting' && this.kick('R10004'))
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
    return this.isLive ? this.#registrations.pairs().filter(({ item }) => !this.#context.muted.has(item)) : []
  }

  wants({ type, item }: Pair): boolean {
    return this.#wanted.has(type + item) && !this.#context.muted.has(item)
  }

  /** True where its reader does not keep up. */
  get isSlow(): boolean {
    return this.#transport.writableLength > SLOW_BYTES
  }

  /** Resolves when what waits in the socket has been taken, or the connection has ended. */
  drained(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#transport.off('drain', done).off('close', done)
        resolve()
      }
      this.#transport.on('drain', done).on('close', done)
      if (!this.isSlow || this.#transport.destroyed) done()
    })
  }

  /** Sends several messages with as few writes as possible. */
  together(send: () => void): void {
    this.#transport.cork()
    send()
    this.#transport.uncork()
  }

  /** Sends a text message; false once the connection has ended. */
  send(text: string | Buffer): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    this.#socket.send(text, { binary: false })
    return true
  }

  /** Tells the client why and ends the session. */
  kick(code: KickCode): void {
    this.send(systemMessage(code))
    this.close(1000, '')
  }

  /** Ends the connection with a closing handshake, which the client has a moment to answer. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_MS)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#end()
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#socket.terminate()
    this.#end()
  }

  /** While stalled nothing is read, answered or pinged. */
  stall(stalled: boolean): void {
    this.#stalled = stalled
    this.#unechoed = 0
    if (stalled) this.#socket.pause()
    else this.#socket.resume()
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'ended') return
    const { messageBytes } = this.#context.options.limits
    const message = bytes.length > messageBytes ? null : objectIn(bytes)
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
    const { tokens, refusals, options } = this.#context
    if (typeof token !== 'string' || token === '') {
      this.#refuseLogin(messages.loginWithoutToken)
      return
    }
    const appKey = tokens.ownerOf(token, this.#nowMs())
    const code = refusals.take('login') ?? (appKey === null ? 8005 : null)
    if (code !== null) this.#refuseLogin(loginRefused(code))
    else this.#later(options.loginAnswerMs, () => this.#accept(appKey!))
  }

  #refuseLogin(text: string): void {
    this.send(text)
    this.close(1000, '')
  }

  #accept(appKey: string): void {
    const early = this.#context.early.take()
    if (early !== undefined) this.send(early)
    this.send(messages.loginAccepted)
    if (this.#state !== 'waiting') return
    this.#appKey = appKey
    this.#state = 'logged in'
    this.#context.loggedIn(this)
    this.#pingLater()
  }

  #pingLater(): void {
    const { pingMs } = this.#context.options.limits
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
    const { pingMs, heartbeatMs } = this.#context.options.limits
    this.#unechoed += 1
    if (this.#unechoed * pingMs >= heartbeatMs) this.kick('R10002')
    else this.send(messages.ping)
  }

  #register(trnm: 'REG' | 'REMOVE', message: Readonly<Record<string, unknown>>): void {
    const { code, detail } = this.#outcomeOf(trnm, message)
    this.send(code !== 0 ? refused(trnm, code, detail) : trnm === 'REG' ? messages.registered : messages.removed)
    if (code !== 0) return
    this.#wanted = new Set(this.#registrations.pairs().map(({ type, item }) => type + item))
    this.#settle()
  }

  #outcomeOf(trnm: 'REG' | 'REMOVE', message: Readonly<Record<string, unknown>>): Outcome {
    const { refusals, options } = this.#context
    if (!this.#gateOf(trnm).passes(performance.now())) return { code: 105110 }
    const code = refusals.take('registration')
    if (code !== null) return { code, detail: options.limits.itemsPerConnection }
    if (trnm === 'REMOVE') return this.#registrations.remove(message, options.limits)
    const refused = codeFor(refusals.items, pairsIn(message, options.limits))
    return refused === null ? this.#registrations.register(message, options.limits) : { code: refused }
  }

  #gateOf(trnm: string): RequestGate {
    const { registrationsAtOnce, registrationGapMs } = this.#context.options.limits
    const gate = this.#gates.get(trnm) ?? new RequestGate(registrationsAtOnce, registrationGapMs)
    this.#gates.set(trnm, gate)
    return gate
  }

  /** The first registrations take effect together, later ones at once. */
  #settle(): void {
    clearTimeout(this.#settling)
    if (this.isLive) this.#context.changed()
    else this.#settling = this.#later(this.#context.options.settleMs, () => this.#goLive())
  }

  #goLive(): void {
    this.#state = 'live'
    this.#context.changed()
  }

  #end(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    for (const timer of this.#timers) clearTimeout(timer)
    this.#context.ended(this)
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
    return this.#context.options.clock.nowMs()
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
