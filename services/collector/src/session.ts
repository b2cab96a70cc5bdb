import {
  type Answer,
  isAccepted,
  isReadable,
  loginRequest,
  pingEcho,
  refusalOf,
  sessionEndOf,
  type TokenClient,
  VenueError,
} from '@tickhouse/kiwoom'
import { type CaptureClock, Countdown, type Logger } from '@tickhouse/runtime'
import { Capture, type CaptureParts, type ControlFrame } from './capture.ts'
import type { ClockGuard } from './clock-guard.ts'
import { type Connection, openConnection } from './connection.ts'
import type { FeedLog } from './feed-log.ts'
import type { Heard } from './feed-state.ts'
import type { Notices } from './notices.ts'
import { Registration, type RegistrationOptions } from './registration.ts'
import type { Unregistered } from './unregistered.ts'
import { clockWrong } from './wrong-times.ts'

/** What every session of a collector shares. */
export interface SessionParts {
  readonly url: string
  readonly tokens: TokenClient
  readonly feedLog: FeedLog
  readonly clocks: ClockGuard
  readonly capture: Omit<CaptureParts, 'clock' | 'onControl'>
  readonly registration: Pick<RegistrationOptions, 'requests' | 'limits' | 'known' | 'answerMs'> & {
    readonly leftOut: readonly Unregistered[]
  }
  readonly silenceMs: number
  readonly loginMs: number
  /** Hears what the venue says besides data and answers. */
  readonly notices: Notices
  /** How long a session may go on. */
  readonly longestMs: number
  readonly log: Logger
}

/** Why a session ended: a code, and what shows it. */
export interface SessionEnd {
  readonly reason: string
  readonly evidence: string
}

const heartbeatMs = 1_000
/** The journal keeps and removes sessions whole: one that never ends would fill the disk. */
const renewed: SessionEnd = { reason: 'renewed', evidence: 'the session was as long as one may be, and another one follows' }
/** What was said so shortly before the venue closes the connection is named with the close. */
const saidBeforeMs = 60_000
/** What a timer of Node takes. */
const longestTimerMs = 2 ** 31 - 1

export type SessionState = 'connecting' | 'logging in' | 'registering' | 'live' | 'ended'

/**
 * One connection to the venue, from the token to its end. The wall clock can be right when it is made: all of its times follow from that moment.
 *
 * - *connecting*: asks for a token if there is none that is valid, and opens the WebSocket. Messages are stamped from here on.
 * - *logging in*: LOGIN was sent. PING, SYSTEM and even data may come before its answer; data waits. A refused token is not used again.
 * - *registering*: the login was accepted, so the session is open in the journal, data is captured, and a heartbeat is written every second. REG goes out one by one; what is refused becomes a gap.
 * - *live*: every REG was answered. The gap since the last session ends here.
 * - *ended*: the connection is closed, by whomever; the session is closed in the journal, and the next gap begins with the last message heard.
 *
 * Only a session that was logged in ends; a failure before that is thrown. SYSTEM with one of the codes that end a session says why the venue is about to close;
 * with any other it is a notice, and is kept: the venue closes the connection itself when it means it. SYSTEM is never echoed.
 */
export class Session {
  state: SessionState = 'connecting'
  /** When the login was accepted, ms since 1970. */
  loggedInAtMs: number | undefined
  readonly #parts: SessionParts
  readonly #onLive: () => void
  readonly #clock: CaptureClock
  readonly #capture: Capture
  #connection: Connection | undefined
  #registration: Registration | undefined
  #onLogin: ((answer: Answer) => void) | undefined
  #liveSinceMs: number | undefined
  /** Why the session is about to end, if that is known. */
  #announced: SessionEnd | undefined
  /** What was said last that ends nothing. */
  #said: { readonly words: string; readonly atMs: number } | undefined

  constructor(parts: SessionParts, onLive: () => void) {
    this.#parts = parts
    this.#onLive = onLive
    this.#clock = parts.feedLog.startClock()
    this.#capture = new Capture({ ...parts.capture, clock: this.#clock, onControl: (frame, bytes) => this.#control(frame, bytes) })
  }

  /** How long everything was registered, ms. */
  get liveMs(): number {
    return this.#liveSinceMs === undefined ? 0 : performance.now() - this.#liveSinceMs
  }

  /** Pairs of type and item that the venue has accepted. */
  get registeredPairs(): number {
    return this.#registration?.pairs ?? 0
  }

  /** What is wanted and not registered in this session, as far as that is known. */
  readonly refused: Unregistered[] = []

  /** How long ago the venue was heard of. */
  get heard(): Heard {
    const { lastHeardUs, lastPingUs, lastDataUs } = this.#capture
    const nowUs = this.#clock.stamp()
    const age = (us: number) => (nowUs - us) / 1000
    return {
      ageMs: age(lastHeardUs),
      pingAgeMs: lastPingUs === undefined ? undefined : age(lastPingUs),
      dataAgeMs: lastDataUs === undefined ? undefined : age(lastDataUs),
    }
  }

  /** Runs the session to its end. Throws `VenueError` when it does not get as far as being logged in, `ClockError` when the clock was set meanwhile, and an AbortError when it is told to stop before. */
  async run(signal: AbortSignal): Promise<SessionEnd> {
    const { url, tokens, silenceMs } = this.#parts
    const token = await tokens.token(signal)
    const connection = await openConnection({ url, silenceMs, signal, onMessage: bytes => this.#capture.take(bytes) })
    this.#connection = connection
    const stop = () => connection.close()
    signal.addEventListener('abort', stop)
    try {
      await this.#login(connection, token)
      this.#parts.clocks.requireAgreement(this.#clock)
      return await this.#captureUntilEnd(connection, signal)
    } finally {
      signal.removeEventListener('abort', stop)
      connection.close()
      this.state = 'ended'
    }
  }

  async #login(connection: Connection, token: string): Promise<void> {
    this.state = 'logging in'
    const answered = new Promise<Answer>(resolve => {
      this.#onLogin = resolve
    })
    const countdown = new Countdown(this.#parts.loginMs, () => connection.close())
    try {
      connection.send(loginRequest(token))
      const answer = await Promise.race([answered, this.#endBeforeLogin(connection)])
      if (!isAccepted(answer)) throw this.#refusedLogin(answer, token)
    } finally {
      countdown.stop()
    }
  }

  #refusedLogin(answer: Answer, token: string): VenueError {
    const refusal = refusalOf(answer)
    if (refusal.code === 'KIWOOM_TOKEN_REFUSED' || refusal.code === 'KIWOOM_WRONG_ENVIRONMENT') this.#parts.tokens.invalidate(token)
    return refusal
  }

  async #endBeforeLogin(connection: Connection): Promise<never> {
    const end = await connection.ended
    const { reason, evidence } = this.#announced ?? this.#withSaid(end)
    throw new VenueError('KIWOOM_UNREACHABLE', `The connection ended before the login was answered: ${reason}, ${evidence}`, { reason })
  }

  async #captureUntilEnd(connection: Connection, signal: AbortSignal): Promise<SessionEnd> {
    const { feedLog, clocks, log } = this.#parts
    const { session, openedAtUs } = feedLog.begin()
    this.#capture.open()
    this.state = 'registering'
    this.loggedInAtMs = openedAtUs / 1000
    log.info({ session }, 'Logged in')
    const watching = clocks.watch(this.#clock, openedAtUs, ({ evidence }) => this.#leave({ reason: clockWrong, evidence }, connection))
    const beating = setInterval(() => feedLog.beat(), heartbeatMs)
    const over = new AbortController()
    const registering = this.#register(connection, over.signal).catch(() => {})
    const timer = setTimeout(() => this.#leave(renewed, connection), Math.min(this.#parts.longestMs, longestTimerMs))
    const ended = await connection.ended
    clearInterval(beating)
    clearTimeout(timer)
    over.abort()
    await registering
    const wrong = await watching.end()
    const end = signal.aborted
      ? { reason: 'stopped', evidence: 'the collector was told to stop' }
      : (this.#announced ?? this.#withSaid(ended))
    if (wrong === undefined) feedLog.close({ fromUs: this.#capture.lastHeardUs, ...end })
    else feedLog.closeWrong(wrong)
    return end
  }

  async #register(connection: Connection, signal: AbortSignal): Promise<void> {
    const { registration, feedLog } = this.#parts
    const onRefused = (pairs: Unregistered) => {
      this.refused.push(pairs)
      feedLog.refuse(pairs)
    }
    registration.leftOut.forEach(onRefused)
    this.#registration = new Registration({
      ...registration,
      send: json => connection.send(json),
      onRefused,
      onDivided: ({ types, items }, evidence) =>
        this.#parts.log.warn(
          { types, items: items.length, evidence },
          'The venue refuses a registration for what it holds; it is divided until what it does not take is alone',
        ),
    })
    await this.#registration.run(signal)
    this.state = 'live'
    this.#liveSinceMs = performance.now()
    feedLog.settle()
    this.#onLive()
    this.#parts.log.info({ session: feedLog.session?.session, requests: registration.requests.length }, 'Registered')
  }

  /** The collector itself ends the session, and another one follows. */
  #leave(why: SessionEnd, connection: Connection): void {
    this.#announced = why
    connection.close()
  }

  #control(frame: ControlFrame, bytes: Buffer): void {
    if (frame.kind === 'ping') this.#connection?.send(pingEcho(bytes.toString('utf8')))
    else if (!this.#understands(frame)) this.#keep(frame, bytes)
  }

  /** False for what means nothing to us; nothing was done then. */
  #understands(frame: Exclude<ControlFrame, { kind: 'ping' }>): boolean {
    switch (frame.kind) {
      case 'login':
        return this.#answerLogin(frame)
      case 'reg':
        return this.#registration?.answer(frame) ?? false
      case 'system':
        return this.#announceEnd(frame.code, frame.message)
      default:
        // The answer to a request that lacks a member has no trnm.
        return frame.kind === 'unknown' && frame.trnm === '' && (this.#registration?.answer(frame) ?? false)
    }
  }

  #answerLogin(answer: Answer): boolean {
    if (this.#onLogin === undefined || !isReadable(answer)) return false
    this.#onLogin(answer)
    this.#onLogin = undefined
    return true
  }

  #announceEnd(code: string, message: string): boolean {
    const reason = sessionEndOf(code)
    if (reason === undefined) return false
    this.#announced = { reason, evidence: `${code}: ${message}` }
    this.#parts.log.warn({ code, message, reason }, 'The venue ends the session')
    // A refused login is answered after its SYSTEM message, and the answer says why.
    if (this.state !== 'logging in') this.#connection?.close()
    return true
  }

  #keep(frame: ControlFrame, bytes: Buffer): void {
    this.#parts.notices.take(frame, bytes)
    const [{ code, text } = { code: '', text: '' }] = this.#parts.notices.latest
    this.#said = { words: `${code}: ${text}`, atMs: performance.now() }
  }

  #withSaid(end: SessionEnd): SessionEnd {
    if (this.#said === undefined || performance.now() - this.#said.atMs > saidBeforeMs) return end
    return { ...end, evidence: `${end.evidence}; shortly before, the venue had said ${this.#said.words}` }
  }
}
