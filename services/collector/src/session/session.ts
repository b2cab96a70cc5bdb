import { type Answer, isAccepted, loginRequest, refusalOf, type TokenClient, VenueError } from '@tickhouse/kiwoom'
import { type CaptureClock, Countdown, type Logger } from '@tickhouse/runtime'
import type { ClockGuard } from '../clock/clock-guard.ts'
import { clockWrong } from '../clock/clock-rules.ts'
import type { FeedLog } from '../journal/feed-log.ts'
import type { Unregistered } from '../journal/unregistered.ts'
import { Capture, type CaptureDeps } from './capture.ts'
import { type Connection, openConnection } from './connection.ts'
import { Dialogue, type SessionEnd } from './dialogue.ts'
import type { Heard } from './feed-state.ts'
import type { Notices } from './notices.ts'
import { Registration, type RegistrationOptions } from './registration.ts'

/** What every session of a collector shares. */
export interface SessionDeps {
  readonly url: string
  readonly tokens: TokenClient
  readonly feedLog: FeedLog
  readonly clocks: ClockGuard
  readonly capture: Omit<CaptureDeps, 'clock' | 'onControl'>
  readonly registration: Pick<RegistrationOptions, 'requests' | 'limits' | 'known' | 'answerMs'> & {
    readonly leftOut: readonly Unregistered[]
  }
  readonly silenceMs: number
  /** Whether what was captured waits for a disk that is at work. */
  readonly isBehind: () => boolean
  readonly loginMs: number
  /** Hears what the venue says besides data and answers. */
  readonly notices: Notices
  /** How long a session may go on. */
  readonly maxMs: number
  readonly log: Logger
}

const heartbeatMs = 1_000
/** The journal keeps and removes sessions whole: one that never ends would fill the disk. */
const renewed: SessionEnd = { reason: 'renewed', evidence: 'the session was as long as one may be, and another one follows' }
/** What a timer of Node takes. */
const maxTimerMs = 2 ** 31 - 1

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
 * Only a session that was logged in ends; a failure before that is thrown.
 */
export class Session {
  state: SessionState = 'connecting'
  /** When the login was accepted, ms since 1970. */
  loggedInAtMs: number | undefined
  readonly #deps: SessionDeps
  readonly #onLive: () => void
  readonly #clock: CaptureClock
  readonly #capture: Capture
  readonly #dialogue: Dialogue
  #liveSinceMs: number | undefined

  constructor(deps: SessionDeps, onLive: () => void) {
    this.#deps = deps
    this.#onLive = onLive
    this.#clock = deps.feedLog.startClock()
    this.#capture = new Capture({ ...deps.capture, clock: this.#clock, onControl: (frame, bytes) => this.#dialogue.hear(frame, bytes) })
    this.#dialogue = new Dialogue(deps.notices, deps.log)
  }

  /** How long everything was registered, ms. */
  get liveMs(): number {
    return this.#liveSinceMs === undefined ? 0 : performance.now() - this.#liveSinceMs
  }

  /** Pairs of type and item that the venue has accepted. */
  get registeredPairs(): number {
    return this.#dialogue.registration?.pairs ?? 0
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
    const { url, tokens, silenceMs, isBehind } = this.#deps
    const token = await tokens.token(signal)
    const connection = await openConnection({ url, silenceMs, isBehind, signal, onMessage: bytes => this.#capture.take(bytes) })
    this.#dialogue.connection = connection
    const stop = () => connection.close()
    signal.addEventListener('abort', stop)
    try {
      await this.#login(connection, token)
      this.#deps.clocks.requireAgreement(this.#clock)
      return await this.#captureUntilEnd(connection, signal)
    } finally {
      signal.removeEventListener('abort', stop)
      connection.close()
      this.state = 'ended'
    }
  }

  async #login(connection: Connection, token: string): Promise<void> {
    this.state = 'logging in'
    const answered = this.#dialogue.loginAnswer()
    const countdown = new Countdown(this.#deps.loginMs, () => connection.close())
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
    if (refusal.code === 'KIWOOM_TOKEN_REFUSED' || refusal.code === 'KIWOOM_WRONG_ENVIRONMENT') this.#deps.tokens.invalidate(token)
    return refusal
  }

  async #endBeforeLogin(connection: Connection): Promise<never> {
    const end = await connection.ended
    const { reason, evidence } = this.#dialogue.explained(end)
    throw new VenueError('KIWOOM_UNREACHABLE', `The connection ended before the login was answered: ${reason}, ${evidence}`, { reason })
  }

  async #captureUntilEnd(connection: Connection, signal: AbortSignal): Promise<SessionEnd> {
    const { feedLog, clocks, log } = this.#deps
    const { session, openedAtUs } = feedLog.begin()
    this.#capture.open()
    this.state = 'registering'
    this.loggedInAtMs = openedAtUs / 1000
    log.info({ session }, 'Logged in')
    const watching = clocks.watch(this.#clock, openedAtUs, ({ evidence }) => this.#leave({ reason: clockWrong, evidence }, connection))
    const beating = setInterval(() => feedLog.beat(), heartbeatMs)
    const over = new AbortController()
    const registering = this.#register(connection, over.signal).catch(() => {})
    const timer = setTimeout(() => this.#leave(renewed, connection), Math.min(this.#deps.maxMs, maxTimerMs))
    const ended = await connection.ended
    clearInterval(beating)
    clearTimeout(timer)
    over.abort()
    await registering
    const wrong = await watching.end()
    const end = signal.aborted ? { reason: 'stopped', evidence: 'the collector was told to stop' } : this.#dialogue.explained(ended)
    if (wrong === undefined) feedLog.close({ fromUs: this.#capture.lastHeardUs, ...end })
    else feedLog.closeWrong(wrong)
    return end
  }

  async #register(connection: Connection, signal: AbortSignal): Promise<void> {
    const { registration, feedLog } = this.#deps
    const onRefused = (pairs: Unregistered) => {
      this.refused.push(pairs)
      feedLog.refuse(pairs)
    }
    registration.leftOut.forEach(onRefused)
    const registering = new Registration({
      ...registration,
      send: json => connection.send(json),
      onRefused,
      onDivided: ({ types, items }, evidence) =>
        this.#deps.log.warn(
          { types, items: items.length, evidence },
          'The venue refuses part of a registration; dividing it until the refused items are found',
        ),
    })
    this.#dialogue.registration = registering
    await registering.run(signal)
    this.state = 'live'
    this.#liveSinceMs = performance.now()
    feedLog.settle()
    this.#onLive()
    this.#deps.log.info({ session: feedLog.session?.session, requests: registration.requests.length }, 'Registered')
  }

  /** The collector itself ends the session, and another one follows. */
  #leave(why: SessionEnd, connection: Connection): void {
    this.#dialogue.announced = why
    connection.close()
  }
}
