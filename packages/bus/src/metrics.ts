import type { Registry } from '@tickhouse/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'

export type BusMetrics = ReturnType<typeof createBusMetrics>

/** What this package counts; it may be connected several times in one process. */
export function createBusMetrics(registry: Registry) {
  const registers = [registry]
  return {
    published: known(
      registry,
      'tickhouse_bus_published_records_total',
      options => new Counter({ ...options, help: 'Records that Kafka acknowledged', labelNames: ['topic'], registers }),
    ),
    publishedBytes: known(
      registry,
      'tickhouse_bus_published_bytes_total',
      options => new Counter({ ...options, help: 'Bytes of keys and values that Kafka acknowledged', labelNames: ['topic'], registers }),
    ),
    publishSeconds: known(
      registry,
      'tickhouse_bus_publish_seconds',
      options =>
        new Histogram({
          ...options,
          help: 'Time from the first attempt to the acknowledgement of a request',
          buckets: secondsBuckets,
          registers,
        }),
    ),
    publishRetries: known(
      registry,
      'tickhouse_bus_publish_retries_total',
      options => new Counter({ ...options, help: 'Requests that were sent again', labelNames: ['reason'], registers }),
    ),
    reconciled: known(
      registry,
      'tickhouse_bus_reconciled_records_total',
      options => new Counter({ ...options, help: 'Records in doubt that were looked for in the topic', labelNames: ['found'], registers }),
    ),
    fetched: known(
      registry,
      'tickhouse_bus_fetched_records_total',
      options => new Counter({ ...options, help: 'Records read in rounds', labelNames: ['topic'], registers }),
    ),
    fetchErrors: known(
      registry,
      'tickhouse_bus_fetch_errors_total',
      options => new Counter({ ...options, help: 'Fetches that failed and were repeated', labelNames: ['reason'], registers }),
    ),
    commits: known(
      registry,
      'tickhouse_bus_commits_total',
      options => new Counter({ ...options, help: 'Commits of offsets', labelNames: ['result'], registers }),
    ),
    assignments: known(
      registry,
      'tickhouse_bus_assignments_total',
      options => new Counter({ ...options, help: 'Assignments of partitions received from the group', registers }),
    ),
    assigned: known(
      registry,
      'tickhouse_bus_assigned_partitions',
      options => new Gauge({ ...options, help: 'Partitions that this process reads now', registers }),
    ),
  }
}

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

function known<M>(registry: Registry, name: string, create: (options: { name: string }) => M): M {
  return (registry.getSingleMetric(name) as M | undefined) ?? create({ name })
}
