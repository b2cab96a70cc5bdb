import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectBus } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { publishBacklog } from './backlog.ts'
import { cpuUs, peakMemoryMb } from './process-cost.ts'
import type { BenchRow } from './report.ts'
import { benchServers } from './servers.ts'

const SINK = join(import.meta.dirname, '../services/sink/src/main.ts')
const NAIVE = join(import.meta.dirname, 'naive-drain.ts')
const POLL_MS = 100
const COUNTS = { trade: 1_000_000, order_book: 250_000 }

/** A process that empties a topic into a table. */
interface Drainer {
  readonly name: string
  readonly path: string
  readonly env: (dataset: string) => Record<string, string>
}

const drainers: readonly Drainer[] = [
  { name: 'sink', path: SINK, env: () => ({ SINK_GROUP: 'bench' }) },
  { name: 'plain kafkajs + official client', path: NAIVE, env: dataset => ({ DATASET: dataset, GROUP: `naive-${dataset}` }) },
]

/** How fast a backlog gets from Kafka into visible rows: the sink, and a plain loop over the same topic and table in the same run. */
export async function run(): Promise<BenchRow[]> {
  const servers = await benchServers()
  const log = createLogger({ name: 'bench', level: 'warn', pretty: false })
  const store = openStore({ configurationString: servers.questdb, log })
  try {
    const bus = connectBus({ brokers: [servers.brokers], clientId: 'bench', log, registry: createRegistry('bench') })
    await bus.topics.apply(await bus.topics.plan(entities.map(({ topic }) => topic)))
    await store.tables.apply(await store.tables.plan(entities.map(({ table }) => table)))
    const rows: BenchRow[] = []
    for (const [dataset, count] of Object.entries(COUNTS)) {
      await publishBacklog(bus, dataset, `bench-${Date.now()}`, count)
      for (const drainer of drainers) rows.push(await measure(drainer, dataset, count, servers, store))
    }
    return rows
  } finally {
    store.close()
    await servers.close()
  }
}

async function measure(
  drainer: Drainer,
  dataset: string,
  count: number,
  servers: { brokers: string; questdb: string },
  store: Store,
): Promise<BenchRow> {
  await store.query(`TRUNCATE TABLE ${dataset}`)
  await store.waitUntilApplied(dataset)
  const env = {
    ...process.env,
    LOG_LEVEL: 'warn',
    KAFKA_BROKERS: servers.brokers,
    QDB_CLIENT_CONF: servers.questdb,
    ...drainer.env(dataset),
  }
  const child = fork(drainer.path, [], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
  const startedAt = performance.now()
  const firstAt = await untilVisible(store, dataset, 1, child)
  const lastAt = await untilVisible(store, dataset, count, child)
  const [cpu, memory] = [cpuUs(child.pid!), peakMemoryMb(child.pid!)]
  await stop(child)
  await assertOnce(store, dataset, count)
  const perSecond = (ms: number) => Math.round((count * 1000) / ms).toLocaleString('en-US')
  return {
    what: `${count.toLocaleString('en-US')} ${dataset}: ${drainer.name}`,
    figure: `${perSecond(lastAt - startedAt)} rows/s from process start, ${perSecond(lastAt - firstAt)} from the first row; ${(cpu / count).toFixed(1)} µs CPU per row; ${memory.toFixed(0)} MB`,
  }
}

async function untilVisible(store: Store, table: string, count: number, child: ChildProcess): Promise<number> {
  for (;;) {
    const [row] = await store.query<{ rows: number }>(`SELECT count() AS rows FROM ${table}`)
    if (row!.rows >= count) return performance.now()
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
    await sleep(POLL_MS)
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

async function assertOnce(store: Store, table: string, count: number): Promise<void> {
  const [row] = await store.query<{ rows: number; seqs: number; last: number }>(
    `SELECT count() AS rows, count_distinct(seq) AS seqs, max(seq) AS last FROM ${table}`,
  )
  const { rows, seqs, last } = row!
  if (rows !== count || seqs !== count || last !== count)
    throw new Error(`Expected ${count} rows, each once; was ${rows}, ${seqs} different, last ${last}`)
}
