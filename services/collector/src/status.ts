import type { Problem } from '@tickhouse/runtime'
import type { Collector } from './collect.ts'

/** The collector as /status shows it. */
export function statusOf({ tally, keeper, publishing, journal, feedLog }: Collector): object {
  const { records: lagRecords, bytes: lagBytes } = publishing.lag
  const { diskBytes, segments, excessBytes } = journal.stats
  return {
    service: 'collector',
    pid: process.pid,
    session: feedLog.session?.session ?? null,
    state: keeper.state,
    connectedAt: keeper.connectedAtMs === undefined ? null : new Date(keeper.connectedAtMs).toISOString(),
    feed: feedOf(keeper, staleIn(tally, feedLog)),
    datasets: Object.fromEntries(tally.datasets),
    journal: { position: journal.end, lagRecords, lagBytes, diskBytes, segments, excessBytes, problem: journal.problem ?? null },
    deadLetters: tally.deadLetters,
    gaps: sum(tally.gaps.values()),
    reconnects: sum(keeper.ends.values()),
  }
}

/** The datasets of the open session that are silent for far longer than usual. */
export function staleIn({ flow }: Collector['tally'], { session }: Collector['feedLog']): readonly string[] {
  return flow.session === session?.session ? flow.stale : []
}

function feedOf({ feedState, heard }: Collector['keeper'], stale: readonly string[]): object {
  return { state: feedState, pingAgeMs: rounded(heard?.pingAgeMs), dataAgeMs: rounded(heard?.dataAgeMs), stale }
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms)
}

/** What keeps the collector from doing all of its work. */
export function problemsOf({ keeper, publishing, journal }: Collector): Problem[] {
  return [
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
