import type { Registry } from '@tickhouse/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'

export type SinkMetrics = ReturnType<typeof createSinkMetrics>

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What the sink counts. received = stored + dead letters + discarded, per dataset, once everything is done. */
export function createSinkMetrics(registry: Registry) {
  const registers = [registry]
  return {
    received: new Counter({
      name: 'tickhouse_sink_received_records_total',
      help: 'Records read from Kafka',
      labelNames: ['dataset'],
      registers,
    }),
    stored: new Counter({
      name: 'tickhouse_sink_stored_rows_total',
      help: 'Rows that QuestDB has taken',
      labelNames: ['dataset'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'tickhouse_sink_dead_letters_total',
      help: 'Records that have no row and went to the dead letters',
      labelNames: ['dataset', 'reason'],
      registers,
    }),
    discarded: new Counter({
      name: 'tickhouse_sink_discarded_records_total',
      help: 'Dead letters that could not be stored in their turn',
      labelNames: ['dataset'],
      registers,
    }),
    requests: new Counter({
      name: 'tickhouse_sink_write_requests_total',
      help: 'Write requests by what became of them',
      labelNames: ['dataset', 'verdict'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'tickhouse_sink_write_seconds',
      help: 'Time of a write request',
      buckets: secondsBuckets,
      registers,
    }),
    requestRows: new Histogram({
      name: 'tickhouse_sink_write_rows',
      help: 'Rows of a write request',
      buckets: [1, 10, 100, 1_000, 10_000, 100_000],
      registers,
    }),
    age: new Histogram({
      name: 'tickhouse_sink_row_age_seconds',
      help: "Age of a table's newest row when QuestDB took it",
      labelNames: ['dataset'],
      buckets: secondsBuckets,
      registers,
    }),
    refilled: new Counter({
      name: 'tickhouse_sink_refilled_partitions_total',
      help: 'Partitions read again because the table was behind what was committed',
      labelNames: ['dataset'],
      registers,
    }),
    lost: new Counter({
      name: 'tickhouse_sink_lost_records_total',
      help: 'Records that Kafka no longer had when they were to be read',
      labelNames: ['dataset'],
      registers,
    }),
    suspended: new Gauge({
      name: 'tickhouse_sink_suspended_tables',
      help: '1 for a table that takes rows without showing them',
      labelNames: ['dataset'],
      registers,
    }),
  }
}

/** Asks for the lag of every dataset when the metrics are read. */
export function declareLag(registry: Registry, lags: () => ReadonlyMap<string, number>): void {
  new Gauge({
    name: 'tickhouse_sink_lag_records',
    help: 'Records in the partitions of this sink that are not stored',
    labelNames: ['dataset'],
    registers: [registry],
    collect() {
      for (const [dataset, lag] of lags()) this.set({ dataset }, lag)
    },
  })
}
