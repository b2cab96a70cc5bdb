import { counter, createMetrics, gauge, histogram, type MetricsOf, type Registry, readMetrics } from '@tickhouse/runtime'
import { lagByDataset } from './lag.ts'
import { heldIn, type StatusParts } from './status.ts'

const dataset = 'trade'
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What the sink counts. received = stored + dead letters + dead letters refused, per dataset, once everything is done. */
export const sinkMetrics = {
  received: counter('tickhouse_sink_received_records_total', 'Records read from Kafka', { dataset }),
  stored: counter('tickhouse_sink_stored_rows_total', 'Rows that QuestDB has taken', { dataset }),
  deadLetters: counter('tickhouse_sink_dead_letters_total', 'Records that have no row and went to the dead letters', {
    dataset,
    reason: 'bad_value',
  }),
  rounds: counter('tickhouse_sink_rounds_total', 'Rounds read from Kafka that brought something'),
  batches: counter(
    'tickhouse_sink_batches_total',
    'Batches of rows that were stored, by why just then: full, memory (no more is read before), age (SINK_MAX_AGE is over), rested (the table had rested long enough for so many rows), stop',
    { trigger: 'rested' },
  ),
  lateRows: counter(
    'tickhouse_sink_late_rows_total',
    'Rows that were stored after newer ones of their table: QuestDB writes again what it has',
    { dataset },
  ),
  roundRecords: histogram('tickhouse_sink_round_records', 'Records of a round', [1, 10, 100, 1_000, 10_000, 100_000]),
  roundBytes: histogram(
    'tickhouse_sink_round_bytes',
    'Bytes of the records of a round, inflated where they came packed',
    [1_024, 16_384, 131_072, 1_048_576, 4_194_304, 16_777_216],
  ),
  requests: counter('tickhouse_sink_write_requests_total', 'Write requests by what became of them', { dataset, verdict: 'stored' }),
  requestSeconds: histogram('tickhouse_sink_write_seconds', 'Time of a write request', secondsBuckets),
  requestRows: histogram('tickhouse_sink_write_rows', 'Rows of a write request', [1, 10, 100, 1_000, 10_000, 100_000]),
  age: histogram('tickhouse_sink_row_age_seconds', "Age of a table's newest row when QuestDB took it", secondsBuckets, { dataset }),
  captureToQueryable: histogram(
    'tickhouse_sink_capture_to_queryable_seconds',
    'From the capture of a heartbeat until a query found it; at most 50 ms too long, or a quarter of how late it is, up to 500 ms',
    [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60],
  ),
  refilled: counter('tickhouse_sink_refilled_partitions_total', 'Partitions read again because the table was behind what was committed', {
    dataset,
  }),
  lost: counter('tickhouse_sink_lost_records_total', 'Records that Kafka no longer had when they were to be read', { dataset }),
  gaps: counter('tickhouse_sink_gaps_total', 'Gaps that this sink recorded, one for each partition, by reason', {
    reason: 'records_expired',
  }),
  suspended: gauge('tickhouse_sink_suspended_tables', '1 for a table that takes rows without showing them', { dataset }),
}

/** What is read when someone asks. */
export const sinkReadings = {
  heartbeatAge: gauge(
    'tickhouse_sink_heartbeat_age_seconds',
    'Age of the newest heartbeat that can be queried: how old the newest rows are; NaN before the first. Heartbeats come once a second while a session is open',
  ),
  heldDatasets: gauge(
    'tickhouse_sink_held_datasets',
    '1 for a dataset that is not read or not stored at the moment, while the others are, by why: topic_missing, not_allowed, no_leader, unreadable (a record batch), not_begun (its table has not said yet what it holds), failing, table_differs, not_stored',
    { dataset, reason: 'unreadable' },
  ),
  lagRecords: gauge('tickhouse_sink_lag_records', 'Records in the partitions of this sink that are not stored; NaN while nothing is read', {
    dataset,
  }),
  lagSeconds: gauge(
    'tickhouse_sink_lag_seconds',
    'Age of the oldest record that was read and is not stored, or of the last row stored while more is known to be in Kafka; 0 when there is none; while nothing is read, at least for how long',
    { dataset },
  ),
  kafkaDisk: gauge(
    'tickhouse_sink_kafka_disk_free_bytes',
    'Bytes that the disk of a broker of Kafka still has room for, as the broker says; NaN where none says it (before Kafka 3.3, or without the right to describe the cluster)',
    { broker: '1' },
  ),
  questdbDisk: gauge(
    'tickhouse_sink_questdb_disk_free_bytes',
    'Bytes that the disk of QuestDB still has room for, where the sink can see it (QUESTDB_DATA_DIR); NaN where it cannot: QuestDB itself does not tell',
  ),
  discarded: counter(
    'tickhouse_sink_discarded_total',
    'What was left out, and whether it was meant to be: dead letters that could not be stored in their turn, members of records that have no column',
    { reason: 'unknown_member', intentional: 'false' },
  ),
}

export type SinkMetrics = MetricsOf<typeof sinkMetrics>

/** Metrics to count with. */
export function createSinkMetrics(registry: Registry): SinkMetrics {
  return createMetrics(registry, sinkMetrics)
}

/** Lets the others be read from a running sink. */
export function declareReadings(registry: Registry, parts: StatusParts): void {
  const { disks, heartbeats, ledger, tables } = parts
  readMetrics(registry, sinkReadings, {
    heartbeatAge: () => (heartbeats.ageMs ?? Number.NaN) / 1_000,
    heldDatasets: () => heldIn(parts).map(({ dataset, reason }) => [{ dataset, reason }, 1] as const),
    lagRecords: () => lagsOf(parts).map(([dataset, { records }]) => [{ dataset }, records ?? Number.NaN] as const),
    lagSeconds: () => lagsOf(parts).map(([dataset, { ageMs }]) => [{ dataset }, ageMs! / 1_000] as const),
    kafkaDisk: () => disks.ofBrokers.map(([broker, freeBytes]) => [{ broker }, freeBytes] as const),
    questdbDisk: () => disks.ofQuestdb,
    discarded: () => [
      [{ reason: 'dead_letter_refused', intentional: 'false' }, ledger.discardedLetters],
      [{ reason: 'unknown_member', intentional: 'false' }, sum(tables.unknownMembers.values())],
    ],
  })
}

/** Without the datasets of which this sink reads nothing: others do. */
function lagsOf(parts: StatusParts) {
  return [...lagByDataset(parts)].filter(([, { ageMs }]) => ageMs !== null)
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}
