import type { Journal } from '@tickhouse/journal'
import { type CollectorStatus, type Problem, serviceStatus } from '@tickhouse/runtime'
import type { ClockGuard } from '../clock/clock-guard.ts'
import type { WatchedItem } from '../counts/item-flow.ts'
import type { FeedLog, Identity } from '../journal/feed-log.ts'
import type { SilentItem } from '../journal/unregistered.ts'
import type { HeldDataset } from '../publish/held-datasets.ts'
import type { CaptureCounts } from '../session/capture.ts'
import type { SessionKeeper } from '../session/keep-session.ts'
import type { Notices } from '../session/notices.ts'
import type { CountsView } from '../thread/messages.ts'
import type { PublisherHandle } from '../thread/publisher-handle.ts'
import type { MarketHours } from './market-hours.ts'

/** Everything of a running collector that can be looked at. */
export interface Collector {
  readonly identity: Identity
  readonly feedLog: FeedLog
  readonly clocks: ClockGuard
  readonly capture: CaptureCounts
  readonly marketHours: MarketHours
  readonly notices: Notices
  readonly keeper: SessionKeeper
  readonly publishing: PublisherHandle
  readonly journal: Journal
  readonly journalDirectory: string
  /** Pairs of type and item that the settings ask for. */
  readonly wantedPairs: number
}

const maxNamed = 100

/** The collector as /status shows it. */
export function statusOf(collector: Collector): CollectorStatus {
  const { identity, keeper, feedLog, notices, publishing, wantedPairs } = collector
  const { counts, held } = publishing
  return {
    ...serviceStatus('collector'),
    collector: identity.collector,
    session: feedLog.session?.session ?? null,
    state: keeper.state,
    connectedAt: keeper.connectedAtMs === undefined ? null : new Date(keeper.connectedAtMs).toISOString(),
    clock: clockOf(collector),
    feed: feedOf(keeper, staleIn(counts, feedLog)),
    pairs: { registered: keeper.registeredPairs, wanted: wantedPairs, refused: keeper.refused.slice(0, maxNamed) },
    datasets: Object.fromEntries(counts.datasets),
    journal: journalOf(collector),
    held: held.map(({ dataset, state, reason: message, code: reason, sinceMs, records, ageMs }) => {
      return { dataset, state, reason, message, since: new Date(sinceMs).toISOString(), lagRecords: records, lagMs: Math.round(ageMs) }
    }),
    deadLetters: counts.deadLetters,
    gaps: sum(counts.gaps.values()),
    missingShares: counts.missingShares,
    reconnects: sum(keeper.reconnects.values()),
    items: counts.items.items.map(itemOf),
    silentItems: silentIn(counts, feedLog).map(({ lastTimestamp, ...silent }) => ({ ...silent, lastAt: isoOf(lastTimestamp ?? 0) })),
    notices: notices.latest.map(({ atMs, ...said }) => ({ at: new Date(atMs).toISOString(), ...said })),
    unknownFids: [...counts.unknownFids].slice(0, maxNamed),
    unreadableFids: [...counts.unreadableFids].slice(0, maxNamed),
  }
}

/** The datasets of the open session that are silent for far longer than usual. */
export function staleIn({ flow }: CountsView, { session }: Collector['feedLog']): readonly string[] {
  return flow.session === session?.session ? flow.stale : []
}

/** The items of the open session of which nothing comes while others flow. */
export function silentIn({ items }: CountsView, { session }: Collector['feedLog']): readonly SilentItem[] {
  return items.session === session?.session ? [...items.silent.values()] : []
}

function itemOf({ item, records, lastTimestamp }: WatchedItem): CollectorStatus['items'][number] {
  return { item, records, lastAt: isoOf(lastTimestamp) }
}

/** A capture time as text; null for 0. */
function isoOf(timestampUs: number): string | null {
  return timestampUs === 0 ? null : new Date(timestampUs / 1000).toISOString()
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
    ...heldProblems(publishing.held),
    ...problem('journal', journal.problem && `the disk does not take what is written: ${journal.problem.code}`),
  ]
}

/** One problem per reason: what keeps many datasets is told once. */
function heldProblems(held: readonly HeldDataset[]): Problem[] {
  const byReason = Map.groupBy(
    held.filter(({ state }) => state === 'held'),
    ({ reason }) => reason,
  )
  return [...byReason].flatMap(([reason, alike]) =>
    problem('publishing', `${alike.map(({ dataset }) => dataset).join(', ')}: held, the others go on: ${reason}`),
  )
}

function problem(component: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ component, message }]
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}
