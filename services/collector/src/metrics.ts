import type { Registry } from '@tickhouse/runtime'
import { Counter, Gauge } from 'prom-client'
import type { Collector } from './collect.ts'
import { staleIn } from './status.ts'
import type { Tally } from './tally.ts'

type Labelled = Iterable<readonly [labels: Record<string, string>, value: number]>

/** Declares what the collector counts; read whenever someone asks, so that counting costs nothing on the path of a frame. */
export function declareMetrics(registry: Registry, { capture, tally, keeper, publishing, journal, feedLog }: Collector): void {
  const counter = (name: string, help: string, read: () => Labelled) => declareCounter(registry, name, help, read)
  const gauge = (name: string, help: string, read: () => number) => declareGauge(registry, name, help, read)

  counter('frames_received_total', 'Messages of the venue by kind', () => [
    [{ kind: 'real' }, capture.real],
    [{ kind: 'unreadable' }, capture.unreadable],
    [{ kind: 'control' }, capture.control],
    [{ kind: 'unknown' }, capture.unknown],
  ])
  counter('received_bytes_total', 'Bytes of all messages of the venue', () => [[{}, capture.bytes]])
  counter('records_received_total', 'Records that came of captured frames', () => perDataset(tally, ({ received }) => received))
  counter('records_published_total', 'Records that Kafka acknowledged', () => perDataset(tally, ({ published }) => published))
  counter('discarded_total', 'What was left out, and whether it was meant to be', () => [
    [{ reason: 'account_not_selected', intentional: 'true' }, capture.discardedItems],
    [{ reason: 'type_tolerated', intentional: 'true' }, tally.tolerated],
    [{ reason: 'before_login', intentional: 'false' }, capture.discardedEarly],
    [{ reason: 'journal_full', intentional: 'false' }, journal.stats.lostEntries],
  ])
  counter('dead_letters_total', 'Frames or items that could not be read', () => [[{}, tally.deadLetters]])
  counter('unreadable_values_total', 'Kinds of values (type/FID) that could not be read at least once', () => [
    [{}, tally.unreadableFids.size],
  ])
  counter('unknown_fids_total', 'Kinds of values (type/FID) that the catalogue does not know', () => [[{}, tally.unknownFids.size]])
  counter('gaps_total', 'Intervals in which records may be missing', () => perKey('reason', tally.gaps))
  counter('missing_shares_total', 'Shares that the cumulative volume says were traded and no trade was received of', () => [
    [{}, tally.missingShares],
  ])
  counter('volume_resets_total', 'Cumulative volumes that grew by less than the trade, or fell, within a day', () => [
    [{}, tally.volumeResets],
  ])
  counter('session_ends_total', 'Sessions that ended', () => perKey('reason', keeper.ends))
  counter('journal_entries_appended_total', 'Entries that the journal took', () => [[{}, journal.stats.appendedEntries]])
  counter('journal_writes_total', 'Groups of entries that were written', () => [[{}, journal.stats.writes]])
  counter('journal_errors_total', 'Failed writes and syncs of the journal', () => [[{}, journal.stats.errors]])
  gauge('session_live', '1 while a session is logged in and all is registered', () => Number(keeper.state === 'live'))
  gauge('ping_age_seconds', 'Since the last PING of the session; NaN while there is none', () => seconds(keeper.heard?.pingAgeMs))
  gauge('data_age_seconds', 'Since the last data of the session; NaN while there is none', () => seconds(keeper.heard?.dataAgeMs))
  gauge('stale_datasets', 'Datasets that are silent for far longer than usual while others go on', () => staleIn(tally, feedLog).length)
  gauge('journal_pending_bytes', 'Bytes that wait to be written to the journal', () => journal.stats.pendingBytes)
  gauge('journal_bytes', 'Bytes of the journal on disk, compressed as they are', () => journal.stats.diskBytes)
  gauge('journal_segments', 'Files of the journal', () => journal.stats.segments)
  gauge('journal_excess_bytes', 'Bytes beyond JOURNAL_MAX_MB that may not be removed yet', () => journal.stats.excessBytes)
  gauge('publish_lag_records', 'Entries of the journal that Kafka has not acknowledged', () => publishing.lag.records)
  gauge('publish_lag_bytes', 'Bytes of those entries', () => publishing.lag.bytes)
}

function seconds(ms: number | undefined): number {
  return ms === undefined ? Number.NaN : ms / 1000
}

function perDataset({ datasets }: Tally, read: (tally: { received: number; published: number }) => number): Labelled {
  return [...datasets].map(([dataset, tally]) => [{ dataset }, read(tally)] as const)
}

function perKey(label: string, counts: ReadonlyMap<string, number>): Labelled {
  return [...counts].map(([key, value]) => [{ [label]: key }, value] as const)
}

function declareCounter(registry: Registry, name: string, help: string, read: () => Labelled): void {
  const labelNames = ['kind', 'dataset', 'reason', 'intentional']
  new Counter({
    name: `tickhouse_collector_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset()
      for (const [labels, value] of read()) this.inc(labels, value)
    },
  })
}

function declareGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: `tickhouse_collector_${name}`,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
