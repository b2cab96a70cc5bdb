import { statfsSync } from 'node:fs'
import { type Registry, readMetrics } from '@tickhouse/runtime'
import type { DatasetTotals } from '../counts/counts.ts'
import { collectorMetrics } from '../metrics.ts'
import type { CountsView } from '../thread/messages.ts'
import { type Collector, silentIn, staleIn } from './status.ts'

/** Lets the metrics be read from a running collector. */
export function declareReadings(registry: Registry, collector: Collector): void {
  const { capture, clocks, notices, keeper, publishing, journal, journalDirectory, feedLog, marketHours, identity, wantedPairs } = collector
  readMetrics(registry, collectorMetrics, {
    info: () => [[{ ...identity }, 1]],
    frames: () => [
      [{ kind: 'real' }, capture.real],
      [{ kind: 'unreadable' }, capture.unreadable],
      [{ kind: 'control' }, capture.control],
      [{ kind: 'unknown' }, capture.unknown],
    ],
    bytes: () => capture.bytes,
    received: () => perDataset(publishing.counts, ({ received }) => received),
    published: () => perDataset(publishing.counts, ({ published }) => published),
    discarded: () => [
      [{ reason: 'account_not_selected', intentional: 'true' }, capture.discardedItems],
      [{ reason: 'type_tolerated', intentional: 'true' }, publishing.counts.tolerated],
      [{ reason: 'before_login', intentional: 'false' }, capture.discardedEarly],
      [{ reason: 'journal_full', intentional: 'false' }, journal.stats.lostEntries],
    ],
    deadLetters: () => publishing.counts.deadLetters,
    unreadable: () => publishing.counts.unreadableFids.size,
    unknownFids: () => publishing.counts.unknownFids.size,
    gaps: () => perReason(publishing.counts.gaps),
    missingShares: () => publishing.counts.missingShares,
    volumeResets: () => publishing.counts.volumeResets,
    exchangeChanges: () => Object.entries(publishing.counts.exchangeChanges).map(([fit, count]) => [{ fit }, count] as const),
    sessionEnds: () => perReason(keeper.ends),
    reconnects: () => perReason(keeper.reconnects),
    journalEntries: () => journal.stats.appendedEntries,
    journalAppended: () => journal.stats.appendedBytes,
    journalWrites: () => journal.stats.writes,
    journalErrors: () => journal.stats.errors,
    journalBytes: () => journal.stats.diskBytes,
    journalSegments: () => journal.stats.segments,
    journalExcess: () => journal.stats.excessBytes,
    journalPending: () => journal.stats.pendingBytes,
    journalDiskFree: () => freeBytes(journalDirectory),
    marketOpen: () => marketHours.at(Date.now() * 1000),
    live: () => Number(keeper.state === 'live'),
    registered: () => keeper.registeredPairs,
    wanted: () => wantedPairs,
    pingAge: () => seconds(keeper.heard?.pingAgeMs),
    dataAge: () => seconds(keeper.heard?.dataAgeMs),
    clockDifference: () => seconds(clocks.sessionDifferenceMs),
    venueClockDifference: () => seconds(clocks.venueDifferenceMs),
    clockSteps: () => [
      [{ wrong: 'wall' }, clocks.steps.wall],
      [{ wrong: 'capture' }, clocks.steps.capture],
    ],
    stale: () => staleIn(publishing.counts, feedLog).length,
    silentItems: () => silentIn(publishing.counts, feedLog).length,
    notices: () => [...notices.counts.values()].map(({ kind, code, count }) => [{ kind, code }, count] as const),
    lagRecords: () => publishing.lag.records,
    lagBytes: () => publishing.lag.bytes,
    lagSeconds: () => publishing.lag.ageMs / 1000,
    heldDatasets: () =>
      publishing.held.filter(({ state }) => state === 'held').map(({ dataset, code: reason }) => [{ dataset, reason }, 1] as const),
    heldRecords: () => publishing.held.map(({ dataset, records }) => [{ dataset }, records] as const),
  })
}

/** NaN while the disk does not even answer that. */
function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize
  } catch {
    return Number.NaN
  }
}

function seconds(ms: number | undefined): number {
  return ms === undefined ? Number.NaN : ms / 1000
}

function perDataset({ datasets }: CountsView, read: (totals: DatasetTotals) => number) {
  return [...datasets].map(([dataset, totals]) => [{ dataset }, read(totals)] as const)
}

function perReason(counts: ReadonlyMap<string, number>) {
  return [...counts].map(([reason, value]) => [{ reason }, value] as const)
}
