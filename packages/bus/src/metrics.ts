import { counter, createMetrics, gauge, histogram, type MetricsOf, type Registry } from '@tickhouse/runtime'

const topic = 'kiwoom.market.trade.v1'

/** What this package counts. */
export const busMetrics = {
  published: counter('tickhouse_bus_published_records_total', 'Records that Kafka acknowledged', { topic }),
  publishedBytes: counter('tickhouse_bus_published_bytes_total', 'Bytes of keys and values that Kafka acknowledged', { topic }),
  publishSeconds: histogram(
    'tickhouse_bus_publish_seconds',
    'Time from the first attempt of a Produce request to its acknowledgement',
    [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  ),
  publishRetries: counter('tickhouse_bus_publish_retries_total', 'Produce requests that were sent again', { reason: 'REQUEST_TIMED_OUT' }),
  reconciled: counter(
    'tickhouse_bus_reconciled_records_total',
    'Records without an acknowledgement that were looked up in the topic, by whether they were found',
    { found: 'yes' },
  ),
  retimed: counter(
    'tickhouse_bus_retimed_records_total',
    'Records that got another time in Kafka because Kafka refused their own: the clock was ahead when they were captured',
    { topic },
  ),
  fetched: counter('tickhouse_bus_fetched_records_total', 'Records that polls returned', { topic }),
  fetchErrors: counter('tickhouse_bus_fetch_errors_total', 'Fetches that failed and were tried again', {
    reason: 'NOT_LEADER_FOR_PARTITION',
  }),
  commits: counter('tickhouse_bus_commits_total', 'Commits of offsets, by result', { result: 'done' }),
  assignments: counter('tickhouse_bus_assignments_total', 'Assignments of partitions that the group gave to this process'),
  assigned: gauge('tickhouse_bus_assigned_partitions', 'Partitions that this process reads now'),
}

export type BusMetrics = MetricsOf<typeof busMetrics>

/** Metrics of this package in a registry; it may be connected several times in one process. */
export function createBusMetrics(registry: Registry): BusMetrics {
  return createMetrics(registry, busMetrics)
}
