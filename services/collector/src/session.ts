import {
  type Answer,
  isAccepted,
  loginRequest,
  pingEcho,
  refusalOf,
  type TokenClient,
  VenueError,
  venueCodes,
  withoutAccounts,
} from '@tickhouse/kiwoom'
import type { CaptureClock, Logger } from '@tickhouse/runtime'
import { Capture, type CaptureParts, type ControlFrame } from './capture.ts'
import type { ClockGuard } from './clock-guard.ts'
import { type Connection, openConnection } from './connection.ts'
import type { FeedLog } from './feed-log.ts'
import type { Heard } from './feed-state.ts'
import { Registration, type RegistrationOptions, type Unregistered } from './registration.ts'
import { clockWrong } from './wrong-times.ts'

/** What every session of a collector shares. */
export interface SessionParts {
  readonly url: string
  readonly tokens: TokenClient
  readonly feedLog: FeedLog
  readonly clocks: ClockGuard
  readonly capture: Omit<CaptureParts, 'clock' | 'onControl'>
  readonly registration: Pick<RegistrationOptions, 'requests' | 'limits' | 'answerMs'> & { readonly leftOut: readonly Unregistered[] }
  readonly silenceMs: number
  readonly loginMs: number
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
 * Only a session that was logged in ends; a failure before that is thrown. SYSTEM says why the venue is about to close, and is never echoed.
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
  /** What the venue said in its SYSTEM message, if it did. */
  #notice: SessionEnd | undefined

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
    const timer = setTimeout(() => connection.close(), this.#parts.loginMs)
    try {
      connection.send(loginRequest(token))
      const answer = await Promise.race([answered, this.#endBeforeLogin(connection)])
      if (!isAccepted(answer)) throw this.#refusedLogin(answer, token)
    } finally {
      clearTimeout(timer)
    }
  }

  #refusedLogin(answer: Answer, token: string): VenueError {
    const refusal = refusalOf(answer)
    if (refusal.code === 'KIWOOM_TOKEN_REFUSED' || refusal.code === 'KIWOOM_WRONG_ENVIRONMENT') this.#parts.tokens.invalidate(token)
    return refusal
  }

  async #endBeforeLogin(connection: Connection): Promise<never> {
    const end = await connection.ended
    const { reason, evidence } = this.#notice ?? end
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
    const end = signal.aborted ? { reason: 'stopped', evidence: 'the collector was told to stop' } : (this.#notice ?? ended)
    if (wrong === undefined) feedLog.close({ fromUs: this.#capture.lastHeardUs, ...end })
    else feedLog.closeWrong(wrong)
    return end
  }

  async #register(connection: Connection, signal: AbortSignal): Promise<void> {
    const { registration, feedLog } = this.#parts
    for (const pairs of registration.leftOut) feedLog.refuse(pairs)
    const onRefused = (pairs: Unregistered) => feedLog.refuse(pairs)
    this.#registration = new Registration({ ...registration, send: json => connection.send(json), onRefused })
    await this.#registration.run(signal)
    this.state = 'live'
    this.#liveSinceMs = performance.now()
    feedLog.settle()
    this.#onLive()
    this.#parts.log.info({ session: feedLog.session?.session, requests: registration.requests.length }, 'Registered')
  }

  /** The collector itself ends the session, and another one follows. */
  #leave(why: SessionEnd, connection: Connection): void {
    this.#notice = why
    connection.close()
  }

  #control(frame: ControlFrame, bytes: Buffer): void {
    if (frame.kind === 'ping') this.#connection?.send(pingEcho(bytes.toString('utf8')))
    else if (frame.kind === 'login') this.#onLogin?.(frame)
    else if (frame.kind === 'reg') this.#registration?.answer(frame)
    else if (frame.kind === 'system') this.#announceEnd(frame.code, frame.message)
    else
      this.#parts.log.debug(
        { trnm: frame.kind === 'unknown' ? withoutAccounts(frame.trnm) : frame.kind },
        'A message without meaning for us',
      )
  }

  #announceEnd(code: string, message: string): void {
    const refusal = venueCodes.get(code)?.refusal ?? 'KIWOOM_VENUE_FAILED'
    this.#notice = { reason: refusal.slice('KIWOOM_'.length).toLowerCase(), evidence: `${code}: ${message}` }
    this.#parts.log.warn({ code, message, reason: this.#notice.reason }, 'The venue ends the session')
    // A refused login is answered after its SYSTEM message, and the answer says why.
    if (this.state !== 'logging in') this.#connection?.close()
  }
}
