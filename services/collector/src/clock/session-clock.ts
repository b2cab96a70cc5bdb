import type { ClockDifference, VenueTime } from '@tickhouse/kiwoom'
import type { CaptureClock, Clock, Logger } from '@tickhouse/runtime'
import { type ClockLimits, certainMs, clockText, isTooFar, type WrongTimes, wrongOne } from './clock-rules.ts'

/** What watching the times of one session works with. */
export interface SessionClockDeps {
  readonly clock: Clock
  readonly venueTime: VenueTime
  readonly limits: ClockLimits
  readonly log: Logger
  readonly everyMs: number
  readonly capture: CaptureClock
  readonly openedAtUs: number
  /** Counts of which one was wrong. */
  readonly steps: { wall: number; capture: number }
  readonly onWrong: (wrong: WrongTimes) => void
  readonly onEnd: () => void
}

/** After so many looks the times of a session are compared with the venue's clock again: while nothing is amiss, and while something is or the venue tells no time. */
const looksUntilVerified = 600
const looksUntilAgain = 60

/**
 * Compares the wall clock with the times of one session, which follow the monotonic clock. Four states:
 *
 * - *agreed*: they are the same but for `maxStepMs`; now and then the venue's clock is asked whether they are right.
 * - *deciding*: the wall clock has moved away: someone has set it, or the machine slept. The venue's clock is asked which of the two is right.
 * - *kept*: the wall clock is wrong. The session goes on, and it is decided again when that moves on, and once a minute.
 * - *wrong*: the times of the session are wrong, so it has to end.
 */
export class SessionClock {
  /** What is wrong with the wall clock, in words. */
  problem: string | undefined
  readonly #deps: SessionClockDeps
  readonly #timer: NodeJS.Timeout
  #looking: Promise<void> | undefined
  #wrong: WrongTimes | undefined
  #agreedUs: number
  /** What the venue's clock said of these times when it was asked last. */
  #verified: { readonly difference: ClockDifference; readonly atUs: number } | undefined
  #verifyAfterUs = Number.NEGATIVE_INFINITY
  #kept: { readonly differenceMs: number; readonly untilUs: number } | undefined

  constructor(deps: SessionClockDeps) {
    this.#deps = deps
    this.#agreedUs = deps.capture.nowUs
    this.#timer = setInterval(() => void this.look(), deps.everyMs)
    void this.look()
  }

  /** How far the wall clock is ahead of these times, ms. */
  get differenceMs(): number {
    return this.#deps.capture.wallDifferenceMs
  }

  /** Looks once; a look that is under way is waited for instead. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Ends watching; what is wrong with the times of the session, if anything is. */
  async end(): Promise<WrongTimes | undefined> {
    clearInterval(this.#timer)
    if (this.#isApart) await this.look()
    this.#deps.onEnd()
    return this.#wrong
  }

  /** That the times of a session were wrong which has ended, by a wall clock that is right now: it was set after the end. */
  get wrongAfterwards(): WrongTimes | undefined {
    const aheadMs = -this.differenceMs
    if (this.#wrong !== undefined || !this.#isApart || !this.#isKnownFor(aheadMs)) return undefined
    return { sinceUs: this.#deps.openedAtUs, isSinceOpening: true, isJudged: this.#isJudged, aheadMs, evidence: evidenceOf(aheadMs, true) }
  }

  get #isApart(): boolean {
    return Math.abs(this.differenceMs) > this.#deps.limits.maxStepMs
  }

  async #look(): Promise<void> {
    if (this.#wrong !== undefined) return
    if (!this.#isApart) await this.#agree()
    else if (!this.#isKept) await this.#decide()
  }

  async #agree(): Promise<void> {
    const { clock, venueTime, capture, limits, everyMs } = this.#deps
    this.#agreedUs = capture.nowUs
    if (this.#kept !== undefined) this.#deps.log.info('The clock of this machine is right again')
    this.#kept = undefined
    this.problem = undefined
    if (clock.monotonicUs() < this.#verifyAfterUs) return
    const isFresh = await venueTime.refresh(looksUntilAgain * everyMs)
    this.#verifyAfterUs = this.#afterLooks(isFresh ? looksUntilVerified : looksUntilAgain)
    const difference = venueTime.compare(capture.nowUs / 1000, true)
    if (!isFresh || difference === undefined || this.#isApart) return
    const isFar = isTooFar(difference, limits)
    if (!isFar || this.#verified === undefined) this.#verified = { difference, atUs: this.#agreedUs }
    if (isFar) this.#give(middleOf(difference), this.#verified.atUs)
  }

  get #isKept(): boolean {
    if (this.#kept === undefined || this.#deps.clock.monotonicUs() >= this.#kept.untilUs) return false
    return Math.abs(this.differenceMs - this.#kept.differenceMs) <= this.#deps.limits.maxStepMs
  }

  async #decide(): Promise<void> {
    const { clock, venueTime, capture: times, limits, steps } = this.#deps
    const isFresh = await venueTime.refresh(0)
    if (!this.#isApart) return
    const wallMs = clock.nowMs()
    const wall = venueTime.compare(wallMs, isFresh)
    const capture = venueTime.compare(times.nowUs / 1000, isFresh)
    const wrong = wrongOne({ wallMs, wall, capture }, limits)
    if (wrong === 'wall') return this.#keep()
    steps.capture += 1
    const isWallRight = wall === undefined || capture === undefined || Math.abs(certainMs(wall)) <= Math.abs(certainMs(capture))
    this.#give(isWallRight ? -this.differenceMs : middleOf(capture), this.#agreedUs)
  }

  /** The wall clock is wrong: that is said, and the session goes on. */
  #keep(): void {
    const { clock, steps, log } = this.#deps
    const { differenceMs } = this
    const isNew = this.#kept === undefined || Math.abs(differenceMs - this.#kept.differenceMs) > this.#deps.limits.maxStepMs
    this.#kept = { differenceMs, untilUs: this.#afterLooks(looksUntilAgain) }
    this.problem =
      `the clock of this machine says ${clockText(clock.nowMs())}, ${apart(differenceMs)} the times of this session, and it is the clock that is wrong: ` +
      'set it (chrony, NTP); the session goes on with right times'
    if (!isNew) return
    steps.wall += 1
    log.error(
      { problem: this.problem, seconds: differenceMs / 1000 },
      'The clock of this machine was set wrong; the session goes on by its own',
    )
  }

  /** The times are wrong: by all that is known since the session was opened, unless the venue's clock said otherwise meanwhile. */
  #give(aheadMs: number, lastRightUs: number): void {
    const { openedAtUs, onWrong, log } = this.#deps
    const isSinceOpening = this.#isKnownFor(aheadMs)
    const sinceUs = isSinceOpening ? openedAtUs : lastRightUs
    this.#wrong = { sinceUs, isSinceOpening, isJudged: this.#isJudged, aheadMs, evidence: evidenceOf(aheadMs, isSinceOpening) }
    log.error({ seconds: aheadMs / 1000, isSinceOpening }, 'The times of the session are wrong: another one begins')
    onWrong(this.#wrong)
  }

  get #isJudged(): boolean {
    return this.#verified !== undefined
  }

  /** Whether the times may have been ahead by that much when the venue's clock was asked last, or nobody could ask it. */
  #isKnownFor(aheadMs: number): boolean {
    const known = this.#verified?.difference
    return known === undefined || (aheadMs >= known.minMs && aheadMs <= known.maxMs)
  }

  /** When so many looks will have passed, by the monotonic clock, µs. */
  #afterLooks(looks: number): number {
    return this.#deps.clock.monotonicUs() + looks * this.#deps.everyMs * 1000
  }
}

function evidenceOf(aheadMs: number, isSinceOpening: boolean): string {
  const cause = isSinceOpening ? 'it was wrong when the session began and was set since' : 'it was set, or the machine slept'
  return `its times are ${apart(aheadMs)} the clock: ${cause}`
}

function middleOf({ minMs, maxMs }: ClockDifference): number {
  return Number.isFinite(minMs) ? (minMs + maxMs) / 2 : maxMs
}

function apart(ms: number): string {
  return `${Math.abs(ms / 1000).toFixed(3)} s ${ms > 0 ? 'ahead of' : 'behind'}`
}
