import { statfsSync } from 'node:fs'
import { counter, createMetrics, gauge, histogram, type Registry, readMetrics } from '@tickhouse/runtime'
import type { Collector } from './collect.ts'
import type { Parcel } from './outbox.ts'
import type { TallyView } from './publishing/words.ts'
import { silentIn, staleIn } from './status.ts'
import type { DatasetTally } from './tally.ts'

const dataset = 'trade'

/** What the collector counts without a metrics library: read whenever someone asks, so that counting costs nothing on the path of a frame. */
export const collectorMetrics = {
  info: gauge('tickhouse_collector_info', '1 under the name of this collector (COLLECTOR_ID) and its venue', {
    collector: 'collector',
    environment: 'production',
  }),
  frames: counter('tickhouse_collector_frames_received_total', 'Messages of the venue by kind', { kind: 'real' }),
  bytes: counter('tickhouse_collector_received_bytes_total', 'Bytes of all messages of the venue'),
  received: counter('tickhouse_collector_records_received_total', 'Records that came of captured frames', { dataset }),
  published: counter('tickhouse_collector_records_published_total', 'Records that Kafka acknowledged', { dataset }),
  discarded: counter('tickhouse_collector_discarded_total', 'What was left out, and whether it was meant to be', {
    reason: 'account_not_selected',
    intentional: 'true',
  }),
  deadLetters: counter('tickhouse_collector_dead_letters_total', 'Frames or items that could not be read'),
  unreadable: counter('tickhouse_collector_unreadable_values_total', 'Kinds of values (type/FID) that could not be read at least once'),
  unknownFids: counter('tickhouse_collector_unknown_fids_total', 'Kinds of values (type/FID) that the catalogue does not know'),
  gaps: counter('tickhouse_collector_gaps_total', 'Intervals in which records may be missing', { reason: 'disconnected' }),
  missingShares: counter(
    'tickhouse_collector_missing_shares_total',
    'Shares that the cumulative volume says were traded and no trade was received of',
  ),
  volumeResets: counter(
    'tickhouse_collector_volume_resets_total',
    'Cumulative volumes that grew by less than the trade, or fell, within a day',
  ),
  exchangeChanges: counter(
    'tickhouse_collector_exchange_changes_total',
    'Trades of a combined item from another exchange than the one before, by how the cumulative volume fitted: while it is the total of both, nearly all are fitting',
    { fit: 'fitting' },
  ),
  sessionEnds: counter('tickhouse_collector_session_ends_total', 'Sessions that ended', { reason: 'disconnected' }),
  reconnects: counter(
    'tickhouse_collector_reconnects_total',
    'Connections that were begun again, by why the one before ended or did not come about',
    { reason: 'disconnected' },
  ),
  journalEntries: counter('tickhouse_collector_journal_entries_appended_total', 'Entries that the journal took'),
  journalAppended: counter('tickhouse_collector_journal_appended_bytes_total', 'Bytes of those entries'),
  journalWrites: counter('tickhouse_collector_journal_writes_total', 'Groups of entries that were written'),
  journalErrors: counter('tickhouse_collector_journal_errors_total', 'Failed writes and syncs of the journal'),
  journalBytes: gauge('tickhouse_collector_journal_bytes', 'Bytes of the journal on disk, compressed as they are'),
  journalSegments: gauge('tickhouse_collector_journal_segments', 'Files of the journal'),
  journalExcess: gauge('tickhouse_collector_journal_excess_bytes', 'Bytes beyond JOURNAL_MAX_MB that may not be removed yet'),
  journalPending: gauge('tickhouse_collector_journal_pending_bytes', 'Bytes that wait to be written to the journal'),
  journalDiskFree: gauge('tickhouse_collector_journal_disk_free_bytes', 'Bytes that the disk of the journal still has room for'),
  marketOpen: gauge(
    'tickhouse_market_open',
    '1 for the phase that a venue of the registered items is in by the calendar, `closed` between phases; 0 for its others of the day',
    {
      venue: 'KRX',
      phase: 'continuous',
    },
  ),
  live: gauge('tickhouse_collector_session_live', '1 while a session is logged in and all is registered'),
  registered: gauge('tickhouse_collector_registered_pairs', 'Pairs of type and item that the venue has accepted in the open session'),
  wanted: gauge('tickhouse_collector_wanted_pairs', 'Pairs of type and item that are to be registered'),
  pingAge: gauge('tickhouse_collector_ping_age_seconds', 'Since the last PING of the session; NaN while there is none'),
  dataAge: gauge('tickhouse_collector_data_age_seconds', 'Since the last data of the session; NaN while there is none'),
  clockDifference: gauge(
    'tickhouse_collector_clock_difference_seconds',
    'How far the wall clock is ahead of the times of the open session; NaN while there is none',
  ),
  venueClockDifference: gauge(
    'tickhouse_collector_venue_clock_difference_seconds',
    "How far the wall clock is ahead of the venue's for certain, as its Date header is cut to the second; NaN where the venue tells no time",
  ),
  clockSteps: counter(
    'tickhouse_collector_clock_steps_total',
    'How often the wall clock moved away from the times of the open session, by which of the two was wrong: the wall clock, or the capture times',
    { wrong: 'capture' },
  ),
  stale: gauge('tickhouse_collector_stale_datasets', 'Datasets that are silent for far longer than usual while others go on'),
  silentItems: gauge(
    'tickhouse_collector_silent_items',
    'Registered items of which nothing comes while others of their kind flow; /status names them',
  ),
  notices: counter(
    'tickhouse_collector_notices_total',
    'Messages of the venue that are no data and no answer to a request, by kind and code: SYSTEM messages that end no session, answers nobody waits for, unknown trnm',
    { kind: 'system', code: '0' },
  ),
  lagRecords: gauge(
    'tickhouse_collector_publish_lag_records',
    'Entries of the journal that Kafka has not acknowledged, and records of datasets that are held',
  ),
  lagBytes: gauge('tickhouse_collector_publish_lag_bytes', 'Bytes of those entries, without what is held'),
  lagSeconds: gauge(
    'tickhouse_collector_publish_lag_seconds',
    'Age of the oldest of all these, by the wall clock or since it waits, whichever is more; 0 when nothing waits; while Kafka was never reached, since the process began',
  ),
  heldDatasets: gauge(
    'tickhouse_collector_held_datasets',
    '1 for each dataset that is not published because its topic is missing or refuses, while others go on',
    { dataset, reason: 'BUS_TOPIC_MISSING' },
  ),
  heldRecords: gauge('tickhouse_collector_held_records', 'Records of a dataset that wait in the journal since its topic refused', {
    dataset,
  }),
}

/** What is counted per parcel: what went to Kafka in one piece. */
export const parcelMetrics = {
  parcels: counter(
    'tickhouse_collector_parcels_total',
    'Parcels sent to Kafka by what ended the gathering: 1 MiB (bytes), or PUBLISH_LINGER and the acknowledgement of the parcel before (linger)',
    { trigger: 'linger' },
  ),
  records: histogram('tickhouse_collector_parcel_records', 'Records of a parcel', [1, 10, 100, 1_000, 10_000]),
  bytes: histogram('tickhouse_collector_parcel_bytes', 'Bytes of a parcel, values only', [1_024, 8_192, 65_536, 262_144, 1_048_576]),
}

/** Counts parcels. */
export function parcelMeter(registry: Registry): (parcel: Parcel) => void {
  const { parcels, records, bytes } = createMetrics(registry, parcelMetrics)
  return parcel => {
    parcels.inc({ trigger: parcel.endedBy })
    records.observe(parcel.messages.length)
    bytes.observe(parcel.bytes)
  }
}

/** Lets the metrics be read from a running collector. */
export function declareMetrics(registry: Registry, collector: Collector): void {
  const { capture, clocks, notices, keeper, publishing, journal, journalDirectory, feedLog, marketHours, identity, wantedPairs } = collector
  readMetrics(registry, collectorMetrics, {
    info: () => [[identity, 1]],
    frames: () => [
      [{ kind: 'real' }, capture.real],
      [{ kind: 'unreadable' }, capture.unreadable],
      [{ kind: 'control' }, capture.control],
      [{ kind: 'unknown' }, capture.unknown],
    ],
    bytes: () => capture.bytes,
    received: () => perDataset(publishing.tally, ({ received }) => received),
    published: () => perDataset(publishing.tally, ({ published }) => published),
    discarded: () => [
      [{ reason: 'account_not_selected', intentional: 'true' }, capture.discardedItems],
      [{ reason: 'type_tolerated', intentional: 'true' }, publishing.tally.tolerated],
      [{ reason: 'before_login', intentional: 'false' }, capture.discardedEarly],
      [{ reason: 'journal_full', intentional: 'false' }, journal.stats.lostEntries],
    ],
    deadLetters: () => publishing.tally.deadLetters,
    unreadable: () => publishing.tally.unreadableFids.size,
    unknownFids: () => publishing.tally.unknownFids.size,
    gaps: () => perReason(publishing.tally.gaps),
    missingShares: () => publishing.tally.missingShares,
    volumeResets: () => publishing.tally.volumeResets,
    exchangeChanges: () => Object.entries(publishing.tally.exchangeChanges).map(([fit, count]) => [{ fit }, count] as const),
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
    stale: () => staleIn(publishing.tally, feedLog).length,
    silentItems: () => silentIn(publishing.tally, feedLog).length,
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

function perDataset({ datasets }: TallyView, read: (tally: DatasetTally) => number) {
  return [...datasets].map(([dataset, tally]) => [{ dataset }, read(tally)] as const)
}

function perReason(counts: ReadonlyMap<string, number>) {
  return [...counts].map(([reason, value]) => [{ reason }, value] as const)
}
