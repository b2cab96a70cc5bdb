import { type Interval, koreanTime, overlaps, secondsOf, uncovered, within } from '@tickhouse/calendar'
import { counted } from '@tickhouse/runtime'
import { type FeedGap, intervalOf, missingShares } from '../gaps.ts'
import type { SessionCounts } from '../verify/journal-counts.ts'

/** What the gaps of a date come to within its window. */
export interface GapTotals {
  readonly gaps: number
  readonly gap_seconds: number
  readonly missing_shares: number
}

/** The parts of a window that neither a session nor a gap covers, as gaps: the time before the first session and behind the last one; `where` names one journal of several. */
export function withoutSession(
  sessions: readonly SessionCounts[],
  gaps: readonly FeedGap[],
  window: Interval,
  nowUs: number,
  where = '',
): FeedGap[] {
  const covered = sessions.map(({ openedAtUs, endedAtUs, open }) => ({ fromUs: openedAtUs, toUs: open ? nowUs : endedAtUs }))
  const known = gaps.filter(({ types, symbols }) => types === null && symbols === null).map(intervalOf)
  const past = { fromUs: window.fromUs, toUs: Math.max(window.fromUs, Math.min(window.toUs, nowUs)) }
  return uncovered(past, [...covered, ...known]).map(({ fromUs, toUs }) => ({
    from: fromUs,
    to: toUs,
    duration: toUs - fromUs,
    reason: 'no_session',
    types: null,
    symbols: null,
    missing: null,
    evidence: `the journal${where} holds no session for this time`,
    session: '',
  }))
}

/** What open sessions miss until now, which they write down only when it ends; nothing that is written down already. */
export function lastingGaps(sessions: readonly SessionCounts[], written: readonly FeedGap[], nowUs: number): FeedGap[] {
  return sessions.flatMap(({ session, goingOn }) =>
    goingOn
      .filter(({ fromUs, reason }) => !written.some(gap => gap.session === session && gap.from === fromUs && gap.reason === reason))
      .map(({ fromUs, reason, types, symbols, evidence }) => ({
        from: fromUs,
        to: Math.max(fromUs, nowUs),
        duration: Math.max(0, nowUs - fromUs),
        reason,
        types: types?.join(',') ?? null,
        symbols: symbols?.join(',') ?? null,
        missing: null,
        evidence: evidence === undefined ? 'it goes on' : `${evidence}; it goes on`,
        session,
      })),
  )
}

/** The gaps that concern a type of the venue: those that name it, and those that name none. */
export function gapsOfType(gaps: readonly FeedGap[], type: string): FeedGap[] {
  return gaps.filter(({ types }) => types === null || types.split(',').includes(type))
}

/** The gaps that reach into a window. */
export function gapsIn(gaps: readonly FeedGap[], window: Interval): FeedGap[] {
  return gaps.filter(gap => overlaps(intervalOf(gap), window))
}

/** How many gaps reach into a window, how much of it they take, and what is missing by them. */
export function gapTotalsOf(gaps: readonly FeedGap[], window: Interval): GapTotals {
  const inside = gapsIn(gaps, window)
  return { gaps: inside.length, gap_seconds: secondsOf(within(inside.map(intervalOf), window)), missing_shares: missingShares(inside) }
}

/** One sentence per reason: how many gaps within the window, how long, since when. */
export function gapSentences(gaps: readonly FeedGap[], window: Interval): string[] {
  const inside = gapsIn(gaps, window)
  return [...new Set(inside.map(({ reason }) => reason))].map(reason => {
    const own = inside.filter(gap => gap.reason === reason)
    const { gap_seconds: seconds, missing_shares: shares } = gapTotalsOf(own, window)
    const missing = shares > 0 ? `, ${counted(shares, 'share')}` : ''
    return `${counted(own.length, 'gap')} (${reason}) of ${seconds.toFixed(3)} s${missing}, the first at ${koreanTime(own[0]!.from)}`
  })
}
