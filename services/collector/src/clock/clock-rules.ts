import type { ClockDifference } from '@tickhouse/kiwoom'
import { lifeOfRelease, releasedOn } from '@tickhouse/runtime'

/** How wrong a clock may be. */
export interface ClockLimits {
  /** How far the wall clock may be from the venue's when a session begins, and the times of a session ever. */
  readonly maxDifferenceMs: number
  /** How far the wall clock may move away from the times of an open session. */
  readonly maxStepMs: number
}

/** That the times of a session are wrong. */
export interface WrongTimes {
  /** Since when, by these times, µs. */
  readonly sinceUs: number
  /** Whether that is since it was opened; else they were right until then. */
  readonly isSinceOpening: boolean
  /** Whether the venue's clock said so; where it tells no time, nobody knows since when. */
  readonly isJudged: boolean
  /** How far they are ahead of the right time, ms; negative: behind. */
  readonly aheadMs: number
  readonly evidence: string
}

/** Reason of every gap that a wrong clock makes. */
export const clockWrong = 'clock_wrong'

/** By how much two clocks differ for certain, ms with its sign; 0 where they may be the same. */
export function certainMs({ minMs, maxMs }: ClockDifference): number {
  if (minMs > 0) return minMs
  return maxMs < 0 ? maxMs : 0
}

/** Why a wall clock cannot be right, in words; undefined when it can be. `difference` is that to the venue's clock, where that is known. */
export function implausibility(
  wallMs: number,
  difference: ClockDifference | undefined,
  { maxDifferenceMs }: ClockLimits,
): string | undefined {
  const { fromMs, toMs } = lifeOfRelease
  const says = `the clock of this machine says ${clockText(wallMs)}`
  if (wallMs < fromMs) return `${says}, which is before this release was made (${releasedOn})`
  if (difference !== undefined && Math.abs(certainMs(difference)) > maxDifferenceMs) {
    const venue = clockText(wallMs - difference.maxMs)
    return `${says}, the venue says ${venue}, and at most ${maxDifferenceMs / 1000} s may lie between (CLOCK_MAX_DIFFERENCE)`
  }
  if (!Number.isFinite(difference?.minMs) && wallMs > toMs)
    return `${says}, longer after this release was made (${releasedOn}) than one lives`
  return undefined
}

/** The wall clock and the times of a session, each compared with the venue's clock. */
export interface Compared {
  readonly wallMs: number
  readonly wall: ClockDifference | undefined
  readonly capture: ClockDifference | undefined
}

/**
 * Which of the two is wrong when the wall clock has moved away from the times of a session. Whichever is nearer to the venue's clock is right; where that does
 * not tell, the wall clock is: someone has set it, or the machine slept. Times that are further from the venue's clock than they may be are wrong in any case.
 */
export function wrongOne({ wallMs, wall, capture }: Compared, limits: ClockLimits): 'wall' | 'capture' {
  if (capture !== undefined && isTooFar(capture, limits)) return 'capture'
  if (implausibility(wallMs, wall, limits) !== undefined) return 'wall'
  if (wall === undefined || capture === undefined) return 'capture'
  return Math.abs(certainMs(wall)) > Math.abs(certainMs(capture)) ? 'wall' : 'capture'
}

/** Whether times are further from the venue's clock than they may be. */
export function isTooFar(difference: ClockDifference, { maxDifferenceMs }: ClockLimits): boolean {
  return Math.abs(certainMs(difference)) > maxDifferenceMs
}

/** A moment as people read it; a clock may show any number. */
export function clockText(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms since 1970` : date.toISOString()
}
