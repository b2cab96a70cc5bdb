import type { VenueTime } from '@tickhouse/kiwoom'
import { type CaptureClock, type Clock, delay, type Logger, TickhouseError } from '@tickhouse/runtime'
import { type ClockLimits, certainMs, clockWrong, implausibility, type WrongTimes } from './clock-rules.ts'
import { SessionClock } from './session-clock.ts'

/** What judging the clock works with. */
export interface ClockGuardDeps {
  readonly clock: Clock
  readonly venueTime: VenueTime
  readonly limits: ClockLimits
  readonly log: Logger
  /** How often the clock is looked at. */
  readonly everyMs?: number
}

/** How long no session could begin, by the monotonic clock, and why. */
export interface ClockWait {
  readonly elapsedUs: number
  readonly evidence: string
}

/** The clock was set while a session was being opened. */
export class ClockError extends TickhouseError {}

const advice = 'set it (chrony, NTP): capturing begins by itself when it is right'
/** A reading that is not older than this is as good as a new one. */
const freshMs = 10_000
const lookEveryMs = 1_000
/** A clock that goes on being wrong is told of again this often. */
const tellAgainUs = 600_000_000

/**
 * Judges the wall clock of this machine, on which every time in the journal rests: before a session begins by the clock of the venue or, where that is
 * not to be had, by the date of this release; and, with a `SessionClock`, for as long as a session is open.
 */
export class ClockGuard {
  /** How often the wall clock moved away from the times of a session, by which of the two was wrong. */
  readonly steps = { wall: 0, capture: 0 }
  readonly #deps: Required<ClockGuardDeps>
  /** Why no session begins. */
  #refusal: string | undefined
  #toldUs = Number.NEGATIVE_INFINITY
  #isUnjudged = false
  #session: SessionClock | undefined
  #last: SessionClock | undefined

  constructor(deps: ClockGuardDeps) {
    this.#deps = { everyMs: lookEveryMs, ...deps }
  }

  /** What is wrong with the clock now, in words. */
  get problem(): string | undefined {
    return this.#refusal === undefined ? this.#session?.problem : `${this.#refusal}; ${advice}`
  }

  /** How far the wall clock is ahead of the times of the open session, ms; undefined while none is open. */
  get sessionDifferenceMs(): number | undefined {
    return this.#session?.differenceMs
  }

  /** How far the wall clock is ahead of the venue's for certain, ms; undefined where the venue tells no time. */
  get venueDifferenceMs(): number | undefined {
    const { clock, venueTime } = this.#deps
    const difference = venueTime.problem === undefined ? venueTime.compare(clock.nowMs(), true) : undefined
    return difference === undefined ? undefined : certainMs(difference)
  }

  /** Resolves as soon as the wall clock can be right, however long that takes; with how long it took, if it was wrong. Rejects with an AbortError. */
  async plausible(signal: AbortSignal): Promise<ClockWait | undefined> {
    const { clock, everyMs } = this.#deps
    const sinceUs = clock.monotonicUs()
    // What an old reading says against the clock may be said of the reading: a new one decides.
    this.#refusal = (await this.#judge(freshMs)) && (await this.#judge((clock.monotonicUs() - sinceUs) / 1000))
    const evidence = this.#refusal
    while (this.#refusal !== undefined) {
      this.#tell(this.#refusal)
      await delay(everyMs, signal)
      this.#refusal = await this.#judge(freshMs)
    }
    signal.throwIfAborted()
    return evidence === undefined ? undefined : this.#waited({ elapsedUs: clock.monotonicUs() - sinceUs, evidence })
  }

  /** Throws a ClockError when the wall clock has moved away from the times of a session that is about to begin, or the venue said meanwhile that it is wrong. */
  requireAgreement({ wallDifferenceMs }: CaptureClock): void {
    const { clock, venueTime, limits } = this.#deps
    const wallMs = clock.nowMs()
    const isMoved = Math.abs(wallDifferenceMs) > limits.maxStepMs
    const moved = `the clock of this machine moved by ${(wallDifferenceMs / 1000).toFixed(3)} s while a session was being opened`
    const problem = isMoved ? moved : implausibility(wallMs, venueTime.compare(wallMs, venueTime.problem === undefined), limits)
    if (problem !== undefined) throw new ClockError('CLOCK_WRONG', problem, { retriable: true, reason: clockWrong })
  }

  /** Compares the wall clock with the times of a session until its `end`; `onWrong` hears when those are wrong. */
  watch(capture: CaptureClock, openedAtUs: number, onWrong: (wrong: WrongTimes) => void): SessionClock {
    const onEnd = () => {
      this.#session = undefined
    }
    this.#session = new SessionClock({ ...this.#deps, capture, openedAtUs, steps: this.steps, onWrong, onEnd })
    this.#last = this.#session
    return this.#session
  }

  /** That the times of the last session were wrong, if the wall clock, which can be right now, was set since its end. */
  wrongAfterwards(): WrongTimes | undefined {
    const wrong = this.#last?.wrongAfterwards
    this.#last = undefined
    if (wrong !== undefined) this.steps.capture += 1
    return wrong
  }

  async #judge(ageMs: number): Promise<string | undefined> {
    const { clock, venueTime, limits } = this.#deps
    const isFresh = await venueTime.refresh(ageMs)
    this.#noteJudged(isFresh)
    const wallMs = clock.nowMs()
    return implausibility(wallMs, venueTime.compare(wallMs, isFresh), limits)
  }

  /** Says when the venue no longer tells the time, and when it does again. */
  #noteJudged(isJudged: boolean): void {
    if (isJudged === !this.#isUnjudged) return
    this.#isUnjudged = !isJudged
    const { log, venueTime } = this.#deps
    if (isJudged) log.info('The venue tells the time again')
    else
      log.warn(
        { problem: venueTime.problem },
        'The venue tells no time: only the date of this release shows whether the clock can be right',
      )
  }

  #waited(wait: ClockWait): ClockWait {
    this.#toldUs = Number.NEGATIVE_INFINITY
    this.#deps.log.warn({ seconds: wait.elapsedUs / 1e6 }, 'The clock can be right now: a session begins')
    return wait
  }

  #tell(problem: string): void {
    const { clock, log } = this.#deps
    if (clock.monotonicUs() - this.#toldUs < tellAgainUs) return
    this.#toldUs = clock.monotonicUs()
    log.error({ problem }, 'No session begins: the clock of this machine is wrong')
  }
}
