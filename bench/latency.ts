import { setTimeout as sleep } from 'node:timers/promises'
import { loadCalendar } from '@tickhouse/calendar'
import { tableDefinitions } from '@tickhouse/catalogue'
import { bringInLine, wantedViews } from '@tickhouse/store'
import { metricOf, Pipeline, type Service } from '../tests/pipeline.ts'
import { agesMs, fastTables, otherTables, quantile } from './ages.ts'
import { logBytesIn } from './kafka-disk.ts'
import { controlUs, type Disturbance, quietnessRows, watchMachine } from './machine.ts'
import { cpuUs, peakMemoryMb } from './process-cost.ts'
import { mostWrittenAgain, questdbRows, timesWritten } from './questdb-rows.ts'
import type { BenchRow } from './report.ts'
import { type OwnServers, ownBenchServers } from './servers.ts'

const WARM_UP_MS = Number(process.env.BENCH_WARM_UP_S ?? 60) * 1_000
const MEASURED_MS = Number(process.env.BENCH_SECONDS ?? 60) * 1_000
const POLL_MS = 20
/** The other datasets are asked apart, so that asking for them does not slow down the fast ones. */
const OTHERS = { forMs: 20_000, pollMs: 100 }
const rates = (process.env.BENCH_RATES ?? '1000,5000').split(',').map(Number)

/**
 * Capture to queryable, from the stamp at the socket until SQL shows the row, and what each process spends on it, with simulator, Kafka, QuestDB, collector and
 * sink on this machine: first what it costs, then how old rows are. BENCH_RATES, BENCH_WARM_UP_S and BENCH_SECONDS change frames per second, warm-up and measured time;
 * BENCH_VIEWS makes views as VIEWS does.
 */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const rate of rates) rows.push(...(await measure(rate)))
  return rows
}

interface Measured {
  readonly rows: readonly BenchRow[]
  readonly disturbance: Disturbance
}

interface Running {
  readonly pipeline: Pipeline
  readonly servers: OwnServers
  readonly pids: Readonly<Record<string, number>>
  readonly collector: Service
  readonly sink: Service
}

async function measure(rate: number): Promise<BenchRow[]> {
  const before = controlUs()
  const { rows, disturbance } = await measureRunning(rate)
  const machine = quietnessRows({ ...disturbance, controlUs: [before, controlUs()] })
  return [...rows, ...machine].map(({ what, figure }) => ({ what: `${rate} frames/s: ${what}`, figure }))
}

async function measureRunning(rate: number): Promise<Measured> {
  const servers = await ownBenchServers()
  const pipeline = await Pipeline.open({ brokers: servers.kafka.brokers, questdb: servers.quest.configurationString })
  try {
    if (process.env.BENCH_VIEWS) await withViews(pipeline, process.env.BENCH_VIEWS)
    const simulator = await pipeline.simulator({ SIMULATOR_RATE: String(rate), SIMULATOR_SEED: '1' })
    const [collector, sink] = [await pipeline.collector(), await pipeline.sink()]
    const startedAt = performance.now()
    const pids = {
      collector: collector.pid,
      questdb: servers.quest.pid!,
      kafka: servers.kafka.pid!,
      sink: sink.pid,
      simulator: simulator.pid,
    }
    const running = { pipeline, servers, pids, collector, sink }
    const caughtUpS = await secondsUntilCaughtUp(pipeline, startedAt, startedAt + WARM_UP_MS)
    await sleep(Math.max(0, WARM_UP_MS - (performance.now() - startedAt)))
    const { rows, disturbance } = await measureWarm(running)
    return { rows: [{ what: 'after a cold start trades are less than 250 ms old', figure: caughtUpS }, ...rows], disturbance }
  } finally {
    await pipeline.close()
    await servers.close()
  }
}

/** Everything that `tickhouse tables apply` makes with a setting of VIEWS. */
async function withViews({ store }: Pipeline, setting: string): Promise<void> {
  const plan = await store.tables.plan(tableDefinitions)
  const inLine = { plan, calendar: loadCalendar({}), views: wantedViews({ VIEWS: setting }) }
  await bringInLine(store, inLine, AbortSignal.timeout(60_000))
}

async function measureWarm(running: Running): Promise<Measured> {
  const { pipeline, pids } = running
  const machine = watchMachine([...Object.values(pids), process.pid])
  // A hundred queries a second would be a part of what QuestDB spends: nobody asks while costs are measured.
  const before = await look(running)
  await sleep(MEASURED_MS)
  const after = await look(running)
  const ages = await agesMs(pipeline.store, fastTables, MEASURED_MS, POLL_MS)
  const disturbance = machine()
  const others = await agesMs(pipeline.store, otherTables, OTHERS.forMs, OTHERS.pollMs)
  const seconds = (after.atMs - before.atMs) / 1_000
  const received = after.received - before.received
  const stored = after.stored - before.stored
  const posts = after.posts - before.posts
  const requests = after.requests - before.requests
  const all = [...others.values()].flat().sort((a, b) => a - b)
  const oldest = [...others].map(([table, list]) => [table, quantile(list, 0.99)] as const).sort(([, a], [, b]) => b - a)[0]!
  const rows: BenchRow[] = [
    ...fastTables.map(table => ({ what: `capture to queryable, ${table}`, figure: ageFigure(ages.get(table)!, POLL_MS) })),
    {
      what: 'capture to queryable, the other datasets',
      figure: `${ageFigure(all, OTHERS.pollMs)}; oldest p99: ${oldest[0]} ${oldest[1].toFixed(0)} ms`,
    },
    { what: 'records received, rows stored per second', figure: `${Math.round(received / seconds)}, ${Math.round(stored / seconds)}` },
    ...Object.entries(pids).map(([name, pid]) => {
      const us = after.cpu[name]! - before.cpu[name]!
      const figure = `${(us / received).toFixed(1)} µs a record, ${(us / 1_000_000 / seconds).toFixed(2)} cores, at most ${peakMemoryMb(pid).toFixed(0)} MB`
      return { what: `CPU of ${name}, while nobody queries`, figure }
    }),
    {
      what: 'requests',
      figure: `${(posts / seconds).toFixed(0)} POSTs/s of ${(stored / posts).toFixed(0)} rows; ${(requests / seconds).toFixed(0)} Produce/s of ${(received / requests).toFixed(0)} records`,
    },
    {
      what: 'QuestDB wrote each row',
      figure: `${timesWritten(before.rows, after.rows)} times; ${after.late - before.late} rows came late`,
    },
    {
      what: 'rows written for each row of a commit, p50/p99/most, the five worst tables since the start',
      figure: await mostWrittenAgain(pipeline.store.query, 5),
    },
    { what: "Kafka's disk", figure: `${((after.logBytes - before.logBytes) / received).toFixed(0)} B a record` },
  ]
  return { rows, disturbance }
}

/** What has been counted and spent by now. */
async function look({ collector, sink, servers, pids }: Running) {
  const [received, stored, late, posts, requests, rows] = await Promise.all([
    metricOf(collector, 'tickhouse_collector_records_received_total'),
    metricOf(sink, 'tickhouse_sink_stored_rows_total'),
    metricOf(sink, 'tickhouse_sink_late_rows_total'),
    metricOf(sink, 'tickhouse_sink_write_requests_total'),
    metricOf(collector, 'tickhouse_bus_publish_seconds_count'),
    questdbRows(servers.quest.healthUrl),
  ])
  const cpu = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuUs(pid)]))
  return { received, stored, late, posts, requests, rows, cpu, logBytes: logBytesIn(servers.kafkaFolder), atMs: performance.now() }
}

/** When the newest trade that can be queried is young for the first time, or that it never was. */
async function secondsUntilCaughtUp({ store }: Pipeline, startedAt: number, deadline: number): Promise<string> {
  for (; performance.now() < deadline; await sleep(100)) {
    const [row] = await store.query<{ timestamp: number | null }>('SELECT max(timestamp) AS timestamp FROM trade')
    if (row?.timestamp && Date.now() - row.timestamp / 1_000 < 250) return `after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
  }
  return `not within ${((deadline - startedAt) / 1_000).toFixed(0)} s`
}

function ageFigure(sorted: readonly number[], pollMs: number): string {
  const [p50, p90, p99, most] = [0.5, 0.9, 0.99, 1].map(share => quantile(sorted, share).toFixed(0))
  return `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, at most ${most} ms (${sorted.length} rows, asked every ${pollMs} ms)`
}
