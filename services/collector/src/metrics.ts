import { counter, createMetrics, gauge, histogram, type Registry } from '@tickhouse/runtime'
import type { Batch } from './publish/batch.ts'

const dataset = 'trade'

/** What the collector counts without a metrics library: read whenever someone asks, so that counting costs nothing on the path of a frame. */
export const collectorMetrics = {
  info: gauge('tickhouse_collector_info', 'Always 1; the labels name the collector (COLLECTOR_ID) and its venue', {
    collector: 'collector',
    environment: 'production',
  }),
  frames: counter('tickhouse_collector_frames_received_total', 'WebSocket messages from the venue, by kind', { kind: 'real' }),
  bytes: counter('tickhouse_collector_received_bytes_total', 'Bytes of all WebSocket messages from the venue'),
  received: counter('tickhouse_collector_records_received_total', 'Records made from captured frames', { dataset }),
  published: counter('tickhouse_collector_records_published_total', 'Records that Kafka acknowledged', { dataset }),
  discarded: counter('tickhouse_collector_discarded_total', 'Data that was left out, by reason and by whether that was intended', {
    reason: 'account_not_selected',
    intentional: 'true',
  }),
  deadLetters: counter('tickhouse_collector_dead_letters_total', 'Frames or items that could not be read'),
  unreadable: counter('tickhouse_collector_unreadable_values_total', 'Distinct values (type and FID) that could not be read at least once'),
  unknownFids: counter('tickhouse_collector_unknown_fids_total', 'Distinct values (type and FID) that the catalogue does not know'),
  gaps: counter('tickhouse_collector_gaps_total', 'Intervals in which records may be missing', { reason: 'disconnected' }),
  missingShares: counter(
    'tickhouse_collector_missing_shares_total',
    'Shares traded without a trade being received, as the cumulative volume shows',
  ),
  volumeResets: counter(
    'tickhouse_collector_volume_resets_total',
    'Times that a cumulative volume fell, or grew by less than the trade, within a day',
  ),
  exchangeChanges: counter(
    'tickhouse_collector_exchange_changes_total',
    'Trades of a combined item that came from the other exchange than the trade before, by whether the cumulative volume fits. While that volume is the total of both exchanges, nearly all fit',
    { fit: 'fitting' },
  ),
  sessionEnds: counter('tickhouse_collector_session_ends_total', 'Sessions that ended', { reason: 'disconnected' }),
  reconnects: counter(
    'tickhouse_collector_reconnects_total',
    'Attempts to connect again, by the reason why the previous connection ended or failed',
    { reason: 'disconnected' },
  ),
  journalEntries: counter('tickhouse_collector_journal_entries_appended_total', 'Entries appended to the journal'),
  journalAppended: counter('tickhouse_collector_journal_appended_bytes_total', 'Bytes appended to the journal'),
  journalWrites: counter('tickhouse_collector_journal_writes_total', 'Writes to the journal; each holds one or more entries'),
  journalErrors: counter('tickhouse_collector_journal_errors_total', 'Failed writes and syncs of the journal'),
  journalBytes: gauge('tickhouse_collector_journal_bytes', 'Size of the journal on disk, after compression'),
  journalSegments: gauge('tickhouse_collector_journal_segments', 'Segments of the journal'),
  journalExcess: gauge(
    'tickhouse_collector_journal_excess_bytes',
    'Bytes above JOURNAL_MAX_MB that cannot be removed yet, because they are not published',
  ),
  journalPending: gauge('tickhouse_collector_journal_pending_bytes', 'Bytes in memory that wait to be written to the journal'),
  journalDiskFree: gauge('tickhouse_collector_journal_disk_free_bytes', 'Free space on the disk of the journal'),
  marketOpen: gauge(
    'tickhouse_market_open',
    '1 for the phase that a venue of the registered items is in by the calendar, `closed` between phases; 0 for its others of the day',
    {
      venue: 'KRX',
      phase: 'continuous',
    },
  ),
  live: gauge('tickhouse_collector_session_live', '1 while a session is logged in and every item is registered'),
  registered: gauge('tickhouse_collector_registered_pairs', 'Pairs of type and item that the venue accepted in the open session'),
  wanted: gauge('tickhouse_collector_wanted_pairs', 'Pairs of type and item that the settings ask for'),
  pingAge: gauge('tickhouse_collector_ping_age_seconds', 'Time since the last PING of the session; NaN without a session'),
  dataAge: gauge('tickhouse_collector_data_age_seconds', 'Time since the last data of the session; NaN without a session'),
  clockDifference: gauge(
    'tickhouse_collector_clock_difference_seconds',
    'How far the wall clock is ahead of the capture times of the open session; NaN without a session',
  ),
  venueClockDifference: gauge(
    'tickhouse_collector_venue_clock_difference_seconds',
    "How far the wall clock is ahead of the venue's at least: the venue's Date header has whole seconds only. NaN when the venue sends no Date",
  ),
  clockSteps: counter(
    'tickhouse_collector_clock_steps_total',
    'Times that the wall clock and the capture times of the open session drifted apart, by which of the two was wrong',
    { wrong: 'capture' },
  ),
  stale: gauge('tickhouse_collector_stale_datasets', 'Datasets that have been silent for far longer than usual while others arrive'),
  silentItems: gauge(
    'tickhouse_collector_silent_items',
    'Registered items that bring nothing while others of their kind do; /status names them',
  ),
  notices: counter(
    'tickhouse_collector_notices_total',
    'Messages from the venue that are neither data nor an answer to a request, by kind and code: SYSTEM messages that end no session, unexpected answers, unknown trnm',
    { kind: 'system', code: '0' },
  ),
  lagRecords: gauge(
    'tickhouse_collector_publish_lag_records',
    'Journal entries that Kafka has not acknowledged, and records of held datasets',
  ),
  lagBytes: gauge('tickhouse_collector_publish_lag_bytes', 'Bytes of those entries, held datasets not included'),
  lagSeconds: gauge(
    'tickhouse_collector_publish_lag_seconds',
    'Age of the oldest of these entries and records, by the wall clock or by its waiting time, whichever is longer. 0 when nothing waits. Until Kafka is first reached: time since the process started',
  ),
  heldDatasets: gauge(
    'tickhouse_collector_held_datasets',
    '1 for each dataset that waits because its topic is missing or refuses records',
    { dataset, reason: 'BUS_TOPIC_MISSING' },
  ),
  heldRecords: gauge('tickhouse_collector_held_records', 'Records of a held dataset that wait in the journal', {
    dataset,
  }),
}

/** What is counted per batch: what went to Kafka in one piece. */
export const batchMetrics = {
  batches: counter(
    'tickhouse_collector_parcels_total',
    'Batches of records sent to Kafka, by what closed the batch: its size reached 1 MiB (bytes), or PUBLISH_LINGER passed and the previous batch was acknowledged (linger)',
    { trigger: 'linger' },
  ),
  records: histogram('tickhouse_collector_parcel_records', 'Records in a batch sent to Kafka', [1, 10, 100, 1_000, 10_000]),
  bytes: histogram(
    'tickhouse_collector_parcel_bytes',
    'Bytes of the values in a batch sent to Kafka',
    [1_024, 8_192, 65_536, 262_144, 1_048_576],
  ),
}

/** Counts batches. */
export function batchMeter(registry: Registry): (batch: Batch) => void {
  const { batches, records, bytes } = createMetrics(registry, batchMetrics)
  return batch => {
    batches.inc({ trigger: batch.endedBy })
    records.observe(batch.messages.length)
    bytes.observe(batch.bytes)
  }
}
