import { counter, createMetrics, gauge, histogram, type MetricsOf, type Registry } from '@tickhouse/runtime'

const dataset = 'trade'
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What is counted where it happens. */
export const sinkMetrics = {
  polls: counter('tickhouse_sink_rounds_total', 'Polls of Kafka that returned records'),
  batches: counter(
    'tickhouse_sink_batches_total',
    'Batches of rows that were stored, by what made them due: full, memory (reading waits for them), age (SINK_MAX_AGE passed), rested (the table had rested long enough for that many rows), stop',
    { trigger: 'rested' },
  ),
  lateRows: counter('tickhouse_sink_late_rows_total', 'Rows stored after newer rows of their table. QuestDB rewrites data to insert them', {
    dataset,
  }),
  polledRecords: histogram('tickhouse_sink_round_records', 'Records that a poll returned', [1, 10, 100, 1_000, 10_000, 100_000]),
  polledBytes: histogram(
    'tickhouse_sink_round_bytes',
    'Bytes of the records that a poll returned, after decompression',
    [1_024, 16_384, 131_072, 1_048_576, 4_194_304, 16_777_216],
  ),
  requests: counter('tickhouse_sink_write_requests_total', 'Write requests to QuestDB, by result', { dataset, verdict: 'stored' }),
  requestSeconds: histogram('tickhouse_sink_write_seconds', 'Duration of a write request to QuestDB', secondsBuckets),
  requestRows: histogram('tickhouse_sink_write_rows', 'Rows in a write request to QuestDB', [1, 10, 100, 1_000, 10_000, 100_000]),
  age: histogram('tickhouse_sink_row_age_seconds', 'Age of the newest row of a write request when QuestDB accepted it', secondsBuckets, {
    dataset,
  }),
  captureToQueryable: histogram(
    'tickhouse_sink_capture_to_queryable_seconds',
    'Time from the capture of a heartbeat until a query found it. Overstated by at most 50 ms, or by a quarter of itself up to 500 ms',
    [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60],
  ),
  refilled: counter(
    'tickhouse_sink_refilled_partitions_total',
    'Partitions that were read again because their table held less than their committed offset says',
    {
      dataset,
    },
  ),
  lost: counter('tickhouse_sink_lost_records_total', 'Records that Kafka had deleted before the sink could read them', { dataset }),
  gaps: counter('tickhouse_sink_gaps_total', 'Gaps that this sink recorded, one per partition, by reason', {
    reason: 'records_expired',
  }),
  suspended: gauge('tickhouse_sink_suspended_tables', '1 for a suspended table: QuestDB accepts its rows and does not show them', {
    dataset,
  }),
}

/** What is read when someone asks. received = stored + dead letters + dead letters refused, per dataset, once everything is done. */
export const sinkReadings = {
  heartbeatAge: gauge(
    'tickhouse_sink_heartbeat_age_seconds',
    'Age of the newest heartbeat that can be queried, and so of the newest rows. NaN before the first heartbeat. The collector sends one every second while a session is open',
  ),
  heldDatasets: gauge(
    'tickhouse_sink_held_datasets',
    '1 for a dataset that is not read or not stored at the moment, by reason: topic_missing, not_allowed, no_leader, unreadable (a batch of records), not_begun (its table has not been asked yet what it holds), failing, table_differs, not_stored',
    { dataset, reason: 'unreadable' },
  ),
  lagRecords: gauge(
    'tickhouse_sink_lag_records',
    'Records in the partitions of this sink that are not stored yet; NaN while the sink cannot read',
    {
      dataset,
    },
  ),
  lagSeconds: gauge(
    'tickhouse_sink_lag_seconds',
    'Age of the oldest record that was read and is not stored; while Kafka holds more records, age of the last row stored. 0 when everything is stored. While the sink cannot read: at least the time since it could',
    { dataset },
  ),
  kafkaDisk: gauge(
    'tickhouse_sink_kafka_disk_free_bytes',
    'Free space on the disk of a Kafka broker, as the broker reports it. NaN when it reports none: before Kafka 3.3, or without the right to describe the cluster',
    { broker: '1' },
  ),
  questdbDisk: gauge(
    'tickhouse_sink_questdb_disk_free_bytes',
    'Free space on the disk of QuestDB, when the sink can see that disk (QUESTDB_DATA_DIR); NaN otherwise. QuestDB itself does not report it',
  ),
  discarded: counter(
    'tickhouse_sink_discarded_total',
    'Data that was left out, by reason and by whether that was intended: dead letters that could not be stored either, and members of records that have no column',
    { reason: 'unknown_member', intentional: 'false' },
  ),
  received: counter('tickhouse_sink_received_records_total', 'Records read from Kafka', { dataset }),
  stored: counter('tickhouse_sink_stored_rows_total', 'Rows that QuestDB accepted', { dataset }),
  deadLetters: counter('tickhouse_sink_dead_letters_total', 'Records that could not become rows and became dead letters', {
    dataset,
    reason: 'bad_value',
  }),
}

export type SinkMetrics = MetricsOf<typeof sinkMetrics>

/** Metrics to count with. */
export function createSinkMetrics(registry: Registry): SinkMetrics {
  return createMetrics(registry, sinkMetrics)
}
