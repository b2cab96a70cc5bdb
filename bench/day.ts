import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { metricOf, Pipeline } from '../tests/pipeline.ts'
import { COMMAND, commandCost } from './command.ts'
import { controlUs, quietnessRows, watchMachine } from './machine.ts'
import type { BenchRow } from './report.ts'
import { ownBenchServers } from './servers.ts'

/** Frames of the day that is made; BENCH_DAY_FRAMES makes it as large as the disk allows: some 3 kB for each. */
const FRAMES = Number(process.env.BENCH_DAY_FRAMES ?? 2_000_000)
/** The same is measured of a day of a quarter of that, to show what grows with the day and what does not. */
const STEPS = [FRAMES / 4, FRAMES]

/** What proving a day costs: verify and the certificate as users run them, and counting by session in SQL, over a day captured as fast as everything goes. */
export async function run(): Promise<BenchRow[]> {
  const before = controlUs()
  const machine = watchMachine()
  const rows: BenchRow[] = []
  for (const frames of STEPS) rows.push(...(await dayOf(frames)))
  return [...rows, ...quietnessRows({ ...machine(), controlUs: [before, controlUs()] })]
}

/** Captures that many frames on servers of their own, and then proves them. */
async function dayOf(frames: number): Promise<BenchRow[]> {
  const servers = await ownBenchServers()
  const addresses = { brokers: servers.kafka.brokers, questdb: servers.quest.configurationString }
  const pipeline = await Pipeline.open(addresses)
  const env = {
    KAFKA_BROKERS: addresses.brokers,
    QDB_CLIENT_CONF: addresses.questdb,
    JOURNAL_DIR: pipeline.journal,
    SINK_GROUP: pipeline.group,
  }
  try {
    const startedAt = performance.now()
    await pipeline.run({ rate: 0, simulator: { SIMULATOR_MAX_FRAMES: String(frames) } })
    const records = await untilStored(pipeline, frames)
    const seconds = (performance.now() - startedAt) / 1000
    const size = `${(records / 1_000_000).toFixed(1)} million records`
    const date = ['verify', '--date', 'today', '--window', 'all', '--output', '-']
    return [
      { what: `${size}: captured and stored`, figure: `${seconds.toFixed(0)} s, ${Math.round(records / seconds)} records/s` },
      { what: `${size}: tickhouse verify`, figure: await command(['verify'], records, env) },
      { what: `${size}: tickhouse verify --date`, figure: await command(date, records, env) },
      { what: `${size}: rows of trade by session in SQL`, figure: await counting(pipeline) },
    ]
  } finally {
    await pipeline.close()
    await servers.close()
  }
}

/** Resolves with how many rows there are, when all records of that many frames are in the tables. */
async function untilStored({ running }: Pipeline, frames: number): Promise<number> {
  for (;;) {
    const [received, captured, stored] = await Promise.all([
      metricOf(running.collector!, 'tickhouse_collector_frames_received_total', { kind: 'real' }),
      metricOf(running.collector!, 'tickhouse_collector_records_received_total'),
      metricOf(running.sink!, 'tickhouse_sink_stored_rows_total'),
    ])
    // Heartbeats come on and on.
    if (received >= frames && captured - stored < 100) return stored
    await sleep(1_000)
  }
}

async function command(args: readonly string[], records: number, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env, LOG_LEVEL: 'warn' }, stdio: 'ignore' })
  const { code, seconds, peakMb } = await commandCost(child)
  return `${seconds.toFixed(1)} s, ${((seconds * 1_000_000) / records).toFixed(1)} s per million; at most ${peakMb.toFixed(0)} MB; exit ${code}`
}

async function counting({ store }: Pipeline): Promise<string> {
  const startedAt = performance.now()
  await store.query('SELECT session, count() AS rows FROM trade GROUP BY session')
  return `${(performance.now() - startedAt).toFixed(0)} ms`
}
