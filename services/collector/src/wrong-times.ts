import type { Gap } from '@tickhouse/catalogue'
import type { SessionHeader } from '@tickhouse/journal'
import type { Missing, Owed } from './owed.ts'
import type { WrongTimes } from './session-clock.ts'

/** Reason of every gap that a wrong clock makes. */
export const clockWrong = 'clock_wrong'

/** What is owed when no session could begin since `fromUs`, as the clock was wrong. What was missing before ends there. */
export function owedAfterWait({ missing, ...rest }: Owed, fromUs: number, evidence: string): Owed {
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

/** A session as it ends, by its own times. */
export interface WrongSession {
  readonly header: SessionHeader
  readonly endUs: number
  /** What is still owed in it. */
  readonly owed: Owed
  /** Since when records were missing when it was opened. */
  readonly missingSinceUs: number | undefined
}

/**
 * What is owed after a session whose times were wrong: a gap where its rows stand, if they stand elsewhere than where they belong, and one where they belong,
 * in right time, until all is registered again.
 */
export function owedAfterWrongTimes({ header, endUs, owed, missingSinceUs }: WrongSession, wrong: WrongTimes): Owed {
  const aheadUs = Math.round(wrong.aheadMs * 1000)
  const { sinceUs, isSinceOpening } = wrong
  const evidence = evidenceOf(header.session, sinceUs, endUs, wrong.evidence)
  const rightUs = isSinceOpening ? sinceUs - aheadUs : Math.min(sinceUs, sinceUs - aheadUs)
  const fromUs = Math.min(rightUs, notTold({ header, owed, missingSinceUs, isSinceOpening }) ?? rightUs)
  const isWithin = sinceUs >= fromUs && endUs <= endUs - aheadUs
  const missing: Missing = { fromUs, reason: clockWrong, evidence: joined(evidence, owed.missing?.evidence) }
  return isWithin ? { missing } : { missing, gaps: [{ from: sinceUs, to: endUs, reason: clockWrong, evidence }] }
}

/** Since when nothing was captured before the session, as far as no gap in right time says so: one that was written by its own times may have ended too early. */
function notTold({
  header,
  owed,
  missingSinceUs,
  isSinceOpening,
}: Omit<WrongSession, 'endUs'> & { isSinceOpening: boolean }): number | undefined {
  if (owed.missing !== undefined) return owed.missing.fromUs
  return isSinceOpening && missingSinceUs !== undefined ? Math.max(missingSinceUs, header.openedAtUs) : undefined
}

/** What is owed when the session before ended, by its own times, ahead of now: they were wrong by that much at least. */
export function owedAfterTimesAhead({ missing, ...rest }: Owed, nowUs: number, last: Pick<SessionHeader, 'session' | 'openedAtUs'>): Owed {
  const { fromUs, ...why } = missing!
  const aheadUs = fromUs - nowUs
  const openedUs = Math.min(last.openedAtUs, fromUs)
  const evidence = evidenceOf(last.session, openedUs, fromUs, `they are ahead of the clock by at least ${(aheadUs / 1e6).toFixed(3)} s`)
  const gap: Gap = { from: openedUs, to: fromUs, reason: clockWrong, evidence }
  return {
    ...rest,
    gaps: [...(rest.gaps ?? []), gap],
    missing: { ...why, fromUs: openedUs - aheadUs, evidence: joined(why.evidence, evidence) },
  }
}

function evidenceOf(session: string, fromUs: number, toUs: number, evidence: string): string {
  const [from, to] = [fromUs, toUs].map(us => new Date(us / 1000).toISOString())
  return `session ${session} from ${from} to ${to}: ${evidence}`
}

function joined(evidence: string, before: string | undefined): string {
  return before === undefined ? evidence : `${evidence}; before: ${before}`
}
