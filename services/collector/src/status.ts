import { type CollectorStatus, type Problem, serviceStatus } from '@tickhouse/runtime'
import type { Collector } from './collect.ts'

/** The collector as /status shows it. */
export function statusOf(collector: Collector): CollectorStatus {
  const { tally, keeper, feedLog, wantedPairs } = collector
  return {
    ...serviceStatus('collector'),
    session: feedLog.session?.session ?? null,
    state: keeper.state,
    connectedAt: keeper.connectedAtMs === undefined ? null : new Date(keeper.connectedAtMs).toISOString(),
    clock: clockOf(collector),
    feed: feedOf(keeper, staleIn(tally, feedLog)),
    pairs: { registered: keeper.registeredPairs, wanted: wantedPairs },
    datasets: Object.fromEntries(tally.datasets),
    journal: journalOf(collector),
    deadLetters: tally.deadLetters,
    gaps: sum(tally.gaps.values()),
    missingShares: tally.missingShares,
    reconnects: sum(keeper.reconnects.values()),
  }
}

/** The datasets of the open session that are silent for far longer than usual. */
export function staleIn({ flow }: Collector['tally'], { session }: Collector['feedLog']): readonly string[] {
  return flow.session === session?.session ? flow.stale : []
}

function clockOf({ clocks }: Collector): CollectorStatus['clock'] {
  const { sessionDifferenceMs, venueDifferenceMs } = clocks
  return { sessionDifferenceMs: rounded(sessionDifferenceMs), venueDifferenceMs: rounded(venueDifferenceMs) }
}

function feedOf({ feedState, heard }: Collector['keeper'], stale: readonly string[]): CollectorStatus['feed'] {
  return { state: feedState, pingAgeMs: rounded(heard?.pingAgeMs), dataAgeMs: rounded(heard?.dataAgeMs), stale }
}

function journalOf({ journal, publishing }: Collector): CollectorStatus['journal'] {
  const { records: lagRecords, bytes: lagBytes, ageMs } = publishing.lag
  const { diskBytes: bytes, segments, excessBytes, pendingBytes } = journal.stats
  const lag = { lagRecords, lagBytes, lagMs: Math.round(ageMs) }
  return { position: journal.end, bytes, segments, excessBytes, pendingBytes, ...lag, problem: journal.problem ?? null }
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms)
}

/** What keeps the collector from doing all of its work. */
export function problemsOf({ clocks, keeper, publishing, journal }: Collector): Problem[] {
  return [
    ...problem('clock', clocks.problem),
    ...problem('session', keeper.problem),
    ...problem('publishing', publishing.problem),
    ...problem('journal', journal.problem && `the disk does not take what is written: ${journal.problem.code}`),
  ]
}

function problem(component: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ component, message }]
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}
