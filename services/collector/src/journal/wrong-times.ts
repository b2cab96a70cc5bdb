import type { Gap } from '@tickhouse/catalogue'
import type { Missing, PendingGaps, SessionHeader } from '@tickhouse/journal'
import { clockText, clockWrong, type WrongTimes } from '../clock/clock-rules.ts'

/** What is pending when no session could begin since `fromUs`, as the clock was wrong. What was missing before ends there. */
export function pendingAfterWait({ missing, ...rest }: PendingGaps, fromUs: number, evidence: string): PendingGaps {
  if (missing === undefined) return { ...rest, missing: { fromUs, reason: clockWrong, evidence } }
  if (missing.reason === clockWrong) return { ...rest, missing: { ...missing, fromUs: Math.min(missing.fromUs, fromUs) } }
  const { fromUs: from, ...why } = missing
  const before: Gap[] = from < fromUs ? [{ from, to: fromUs, ...why }] : []
  return {
    ...rest,
    gaps: [...(rest.gaps ?? []), ...before],
    missing: { fromUs, reason: clockWrong, evidence: `${evidence}; before: ${why.evidence}` },
  }
}

/** The first of the sessions in a row whose times follow the wall clock as it was set once: all of them are right, or all wrong by the same. */
export interface ClockRun {
  readonly session: string
  readonly openedAtUs: number
  /** As `CaptureClock` has it. */
  readonly anchorUs: number
  /** Since when records were missing when it was opened. */
  readonly missingSinceUs: number | undefined
}

/** How the last session of a run ended, by its own times. */
export interface RunEnd {
  readonly session: string
  readonly timeUs: number
  /** What was missing when it was opened, if that was not written in it. */
  readonly unwritten: Missing | undefined
}

/**
 * What is pending after a session whose times were wrong: a gap where its rows stand, if they stand elsewhere than where they belong, and one where they belong,
 * in right time, until all is registered again.
 */
export function pendingAfterWrongTimes(run: ClockRun, end: RunEnd, wrong: WrongTimes): PendingGaps {
  const aheadUs = Math.round(wrong.aheadMs * 1000)
  const sinceUs = wrong.isSinceOpening ? Math.min(wrong.sinceUs, run.openedAtUs) : wrong.sinceUs
  // Without a word of the venue's clock, the machine may as well have slept: then the times were right until then.
  const rightUs = wrong.isSinceOpening && wrong.isJudged ? sinceUs - aheadUs : Math.min(sinceUs, sinceUs - aheadUs)
  const fromUs = Math.min(rightUs, untold(run, end, wrong) ?? rightUs)
  const evidence = evidenceOf(wrong.isSinceOpening ? run.session : end.session, end.session, sinceUs, end.timeUs, wrong.evidence)
  const missing: Missing = { fromUs, reason: clockWrong, evidence: joined(evidence, end.unwritten?.evidence) }
  const isWithin = sinceUs >= fromUs && aheadUs <= 0
  return isWithin ? { missing } : { missing, gaps: [{ from: sinceUs, to: end.timeUs, reason: clockWrong, evidence }] }
}

/** Since when nothing was captured before, as far as no gap in right time says so: one that was written by wrong times may have ended too early. */
function untold(run: ClockRun, { session, unwritten }: RunEnd, { isSinceOpening }: WrongTimes): number | undefined {
  if (unwritten !== undefined && (session === run.session || !isSinceOpening)) return unwritten.fromUs
  return isSinceOpening && run.missingSinceUs !== undefined ? Math.max(run.missingSinceUs, run.openedAtUs) : undefined
}

/** What is pending when the session before ended, by its own times, ahead of now: they were wrong by that much at least. */
export function pendingAfterTimesAhead(
  { missing, ...rest }: PendingGaps,
  nowUs: number,
  last: Pick<SessionHeader, 'session' | 'openedAtUs'>,
): PendingGaps {
  const { fromUs, ...why } = missing!
  const aheadUs = fromUs - nowUs
  const openedUs = Math.min(last.openedAtUs, fromUs)
  const evidence = evidenceOf(
    last.session,
    last.session,
    openedUs,
    fromUs,
    `they are ahead of the clock by at least ${(aheadUs / 1e6).toFixed(3)} s`,
  )
  const gap: Gap = { from: openedUs, to: fromUs, reason: clockWrong, evidence }
  return {
    ...rest,
    gaps: [...(rest.gaps ?? []), gap],
    missing: { ...why, fromUs: openedUs - aheadUs, evidence: joined(why.evidence, evidence) },
  }
}

function evidenceOf(first: string, last: string, fromUs: number, toUs: number, evidence: string): string {
  const [from, to] = [fromUs, toUs].map(us => clockText(us / 1000))
  return `${first === last ? `session ${last}` : `sessions ${first} to ${last}`} from ${from} to ${to}: ${evidence}`
}

function joined(evidence: string, before: string | undefined): string {
  return before === undefined ? evidence : `${evidence}; before: ${before}`
}
