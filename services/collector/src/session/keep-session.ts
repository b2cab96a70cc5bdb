import { VenueError } from '@tickhouse/kiwoom'
import { type Logger, messageOf, rest } from '@tickhouse/runtime'
import { ClockError } from '../clock/clock-guard.ts'
import type { Unregistered } from '../journal/unregistered.ts'
import type { Backoff, ConnectionOutcome } from './backoff.ts'
import { type FeedState, feedStateOf, type Heard } from './feed-state.ts'
import { Session, type SessionDeps, type SessionState } from './session.ts'

/** After so many refusals in a row that waiting cannot mend, with no session ever, the keys are taken to be wrong. */
const refusalsToGiveUp = 2

/**
 * Keeps one session open: when it ends, waits and opens the next; none is begun while the clock of this machine is wrong. Only a collector that was never
 * logged in gives up, and only on refusals that a person has to mend (wrong keys, wrong environment); later it goes on trying and says so, since
 * the keys were right once.
 */
export class SessionKeeper {
  /** How often a session that was logged in ended, by reason. */
  readonly ends = new Map<string, number>()
  /** How often a connection was begun again, by why the one before ended or did not come about. */
  readonly reconnects = new Map<string, number>()
  /** Why there is no live session, in words. */
  problem: string | undefined = 'not connected yet'
  readonly #deps: SessionDeps
  readonly #backoff: Backoff
  readonly #log: Logger
  #session: Session | undefined
  #refusals = 0

  constructor(deps: SessionDeps, backoff: Backoff) {
    this.#deps = deps
    this.#backoff = backoff
    this.#log = deps.log
  }

  get state(): SessionState | 'waiting' {
    return this.#session?.state ?? 'waiting'
  }

  /** When the open session logged in, ms since 1970; undefined while there is none. */
  get connectedAtMs(): number | undefined {
    return this.#session?.loggedInAtMs
  }

  /** Pairs of type and item that are registered in the open session. */
  get registeredPairs(): number {
    return this.connectedAtMs === undefined ? 0 : (this.#session?.registeredPairs ?? 0)
  }

  /** What is wanted and not registered in the open session. */
  get refused(): readonly Unregistered[] {
    return this.connectedAtMs === undefined ? [] : (this.#session?.refused ?? [])
  }

  /** How long ago the venue was heard of; undefined while nobody is logged in. */
  get heard(): Heard | undefined {
    return this.connectedAtMs === undefined ? undefined : this.#session?.heard
  }

  /** How the feed is. */
  get feedState(): FeedState {
    return feedStateOf(this.heard, this.#deps.silenceMs)
  }

  /** Opens a session, as soon as the clock can be right, and runs it to its end. Throws the `VenueError` on which it gave up. */
  async runSession(signal: AbortSignal): Promise<ConnectionOutcome> {
    const { clocks, feedLog } = this.#deps
    try {
      const wait = await clocks.plausible(signal)
      const wrong = clocks.wrongAfterwards()
      if (wrong !== undefined) feedLog.correct(wrong)
      const session = new Session(this.#deps, () => this.#succeed())
      this.#session = session
      if (wait !== undefined) feedLog.wait(wait.elapsedUs, wait.evidence)
      const { reason, evidence } = await session.run(signal)
      countOne(this.ends, reason)
      this.problem = `the last session ended: ${reason}, ${evidence}`
      this.#log[signal.aborted ? 'info' : 'warn']({ reason, evidence, liveMs: session.liveMs }, 'Session ended')
      return { reason, liveMs: session.liveMs }
    } catch (error) {
      if (signal.aborted) return { reason: 'stopped', liveMs: 0 }
      return this.#fail(error)
    } finally {
      this.#session = undefined
    }
  }

  /** Waits before the next session, for as long as the one before suggests, or until the signal aborts. */
  async pauseAfter(attempt: ConnectionOutcome, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const delayMs = this.#backoff.after(attempt)
    countOne(this.reconnects, attempt.reason)
    this.#log.info({ delayMs, reason: attempt.reason }, 'Connecting again after a pause')
    await rest(delayMs, signal)
  }

  #succeed(): void {
    this.#refusals = Number.NEGATIVE_INFINITY
    this.problem = undefined
  }

  #fail(error: unknown): ConnectionOutcome {
    if (!(error instanceof VenueError || error instanceof ClockError)) throw error
    this.problem = messageOf(error)
    const { code, retriable } = error
    this.#refusals = retriable ? Math.min(0, this.#refusals) : this.#refusals + 1
    if (this.#refusals >= refusalsToGiveUp) throw error
    this.#log[retriable ? 'warn' : 'error']({ code, problem: this.problem }, 'No session')
    return { reason: typeof error.details['reason'] === 'string' ? error.details['reason'] : code, liveMs: 0 }
  }
}

function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
