import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectBus } from '@tickhouse/bus'
import { entities } from '@tickhouse/catalogue'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { openStore, type Store } from '@tickhouse/store'
import { publishBacklog } from './backlog.ts'
import { controlUs, quietnessRows, watchMachine } from './machine.ts'
import { cpuUs, peakMemoryMb } from './process-cost.ts'
import { questdbRows, timesWritten } from './questdb-rows.ts'
import type { BenchRow } from './report.ts'
import { type OwnServers, ownBenchServers } from './servers.ts'

const POLL_MS = 50
const COUNTS = { trade: 1_000_000, order_book: 1_000_000 }
/** QuestDB's just-in-time compiler takes 10 s of CPU before the figures of a drain repeat, so the first time each drains counts for nothing. */
const TIMES = 2

/** A process that empties a topic into a table. */
interface Drainer {
  readonly name: string
  readonly path: string
  readonly env: (dataset: string, run: number) => Record<string, string>
}

/** What draining a topic once took. */
interface Drained {
  readonly rowsPerSecond: number
  readonly figure: string
}

let runs = 0
const sink: Drainer = {
  name: 'sink',
  path: join(import.meta.dirname, '../services/sink/src/main.ts'),
  env: (_, run) => ({ SINK_GROUP: `bench-${run}` }),
}
const lean: Drainer = {
  name: 'lean probe (kafkajs, JSON.parse, encoder)',
  path: join(import.meta.dirname, 'lean-drain.ts'),
  env: (dataset, run) => ({ DATASET: dataset, GROUP: `lean-${run}` }),
}

/** How fast a backlog gets from Kafka into visible rows: the sink, and a lean probe over the same topic and table in the same run. */
export async function run(): Promise<BenchRow[]> {
  const before = controlUs()
  const servers = await ownBenchServers()
  const log = createLogger({ name: 'bench', level: 'warn', pretty: false })
  const store = openStore({ configurationString: servers.quest.configurationString, log })
  const machine = watchMachine()
  try {
    const bus = connectBus({ brokers: [servers.kafka.brokers], clientId: 'bench', log, registry: createRegistry('bench') })
    await bus.topics.apply(await bus.topics.plan(entities.map(({ topic }) => topic)))
    await store.tables.apply(await store.tables.plan(entities.map(({ table }) => table)))
    const rows: BenchRow[] = []
    for (const [dataset, count] of Object.entries(COUNTS)) {
      await publishBacklog(bus, dataset, `bench-${Date.now()}`, count)
      let [ours, theirs]: Drained[] = []
      for (let time = 0; time < TIMES; time++) {
        ours = await drain(sink, dataset, count, servers, store)
        theirs = await drain(lean, dataset, count, servers, store)
      }
      const what = `${count.toLocaleString('en-US')} ${dataset}`
      rows.push({ what: `${what}: ${sink.name}`, figure: ours!.figure }, { what: `${what}: ${lean.name}`, figure: theirs!.figure })
      rows.push({ what: `${what}: sink to lean probe`, figure: `${(ours!.rowsPerSecond / theirs!.rowsPerSecond).toFixed(2)} ×` })
    }
    return [...rows, ...quietnessRows({ ...machine(), controlUs: [before, controlUs()] })]
  } finally {
    store.close()
    await servers.close()
  }
}

async function drain(drainer: Drainer, dataset: string, count: number, servers: OwnServers, store: Store): Promise<Drained> {
  await store.query(`TRUNCATE TABLE ${dataset}`)
  await store.waitUntilApplied(dataset)
  const child = start(drainer, dataset, servers)
  const { pid } = servers.quest
  const before = { rows: await questdbRows(servers.quest.healthUrl), cpu: cpuUs(pid!) }
  const startedAt = performance.now()
  const firstAt = await untilVisible(store, dataset, 1, child)
  const lastAt = await untilVisible(store, dataset, count, child)
  const [cpu, memory, questdb] = [cpuUs(child.pid!), peakMemoryMb(child.pid!), cpuUs(pid!) - before.cpu]
  const written = timesWritten(before.rows, await questdbRows(servers.quest.healthUrl))
  await stop(child)
  await assertOnce(store, dataset, count)
  const perSecond = (ms: number) => Math.round((count * 1000) / ms)
  const text = (ms: number) => perSecond(ms).toLocaleString('en-US')
  const figure = `${text(lastAt - startedAt)} rows/s from process start, ${text(lastAt - firstAt)} from the first row; ${(cpu / count).toFixed(1)} µs of its CPU a row, ${(questdb / count).toFixed(1)} of QuestDB's, which wrote each ${written} times; ${memory.toFixed(0)} MB`
  return { rowsPerSecond: perSecond(lastAt - firstAt), figure }
}

function start({ path, env }: Drainer, dataset: string, { kafka, quest }: OwnServers): ChildProcess {
  const own = { KAFKA_BROKERS: kafka.brokers, QDB_CLIENT_CONF: quest.configurationString, ...env(dataset, ++runs) }
  return fork(path, [], { env: { ...process.env, LOG_LEVEL: 'warn', ...own }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
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
