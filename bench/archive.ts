import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest } from '@tickhouse/archive'
import { entityOf } from '@tickhouse/catalogue'
import { Pipeline } from '../tests/pipeline.ts'
import { agesMs, fastTables, quantile } from './ages.ts'
import { COMMAND, type CommandCost, commandCost } from './command.ts'
import { logBytesIn } from './kafka-disk.ts'
import { controlUs, quietnessRows, watchMachine } from './machine.ts'
import { peakMemoryMb } from './process-cost.ts'
import type { BenchRow } from './report.ts'
import { type OwnServers, ownBenchServers } from './servers.ts'

/** Records of the day that is archived; BENCH_ARCHIVE_RECORDS makes it larger. A day of a quarter of it shows what grows with a day. */
const RECORDS = Number(process.env.BENCH_ARCHIVE_RECORDS ?? 1_200_000)
const STEPS = [RECORDS / 4, RECORDS]
/** The live capture beside an archive. */
const RATE = 1_000
const WARM_UP_MS = 20_000
const MEASURED_MS = 30_000
const POLL_MS = 20

/** What a finished command took. */
interface Cost extends CommandCost {
  /** What was unfinished in the archive at most. */
  readonly peakBytes: number
}

/** Archiving, verifying and restoring sample days of two sizes as users do it, what a record takes at each stage, and how old live rows are with and without an archive beside. */
export async function run(): Promise<BenchRow[]> {
  const before = controlUs()
  const servers = await ownBenchServers()
  const machine = watchMachine()
  const addresses = { brokers: servers.kafka.brokers, questdb: servers.quest.configurationString }
  const pipeline = await Pipeline.open(addresses)
  try {
    await pipeline.start('sink')
    const bench = new ArchiveBench(pipeline, servers)
    const rows = [...(await bench.days()), ...(await bench.beside())]
    return [...rows, ...quietnessRows({ ...machine(), controlUs: [before, controlUs()] })]
  } finally {
    await pipeline.close()
    await servers.close()
  }
}

class ArchiveBench {
  readonly #pipeline: Pipeline
  readonly #servers: OwnServers
  readonly #data: string
  readonly #archive: string
  /** The larger day, once it is there. */
  #date = ''

  constructor(pipeline: Pipeline, servers: OwnServers) {
    this.#pipeline = pipeline
    this.#servers = servers
    this.#data = join(pipeline.folder, 'data')
    this.#archive = join(pipeline.folder, 'archive')
    mkdirSync(this.#data)
  }

  async days(): Promise<BenchRow[]> {
    const rows: BenchRow[] = []
    for (const records of STEPS) {
      this.#date = await this.#sampleDay(records)
      const day = ['--date', this.#date]
      const archived = await this.#command('archive', ...day, '--to', this.#archive)
      const manifest = JSON.parse(readFileSync(join(this.#archive, '_days', this.#date, 'manifest.json'), 'utf8')) as Manifest
      const count = manifest.datasets.reduce((sum, dataset) => sum + dataset.rows, 0)
      const size = `${(count / 1e6).toFixed(2)} million rows`
      rows.push({ what: `${size}: tickhouse archive`, figure: costOf(archived, count) })
      const bytes = manifest.datasets.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0)
      rows.push({ what: `${size}: files, and disk beside them at most`, figure: `${megabytes(bytes)}, ${megabytes(archived.peakBytes)}` })
      rows.push({
        what: `${size}: tickhouse archive verify`,
        figure: costOf(await this.#command('archive', 'verify', this.#archive, ...day), count),
      })
      if (records !== RECORDS) continue
      rows.push(...(await this.#bytes(manifest, count)))
      for (const name of fastTables) await this.#pipeline.store.query(`TRUNCATE TABLE ${name}`)
      const restored = manifest.datasets
        .filter(({ dataset }) => fastTables.includes(dataset as never))
        .reduce((sum, one) => sum + one.rows, 0)
      const words = ['archive', 'restore', ...day, '--from', this.#archive, '--dataset', ...fastTables]
      rows.push({
        what: `${(restored / 1e6).toFixed(2)} million of them: tickhouse archive restore`,
        figure: costOf(await this.#command(...words), restored),
      })
    }
    return [...rows, { what: 'QuestDB meanwhile: memory at most', figure: `${peakMemoryMb(this.#servers.quest.pid!).toFixed(0)} MB` }]
  }

  /** How old live rows are, without an archive and while one is written again and again. */
  async beside(): Promise<BenchRow[]> {
    await this.#pipeline.simulator({ SIMULATOR_RATE: String(RATE), SIMULATOR_SEED: '1' })
    await this.#pipeline.start('collector')
    await sleep(WARM_UP_MS)
    const alone = await this.#ages('alone')
    const stop = new AbortController()
    let written = 0
    const archiving = (async () => {
      while (!stop.signal.aborted) {
        await this.#command('archive', '--date', this.#date, '--to', join(this.#pipeline.folder, `beside-${written}`))
        written++
      }
    })()
    const beside = await this.#ages('while the larger day is archived')
    stop.abort()
    await archiving
    return [...alone, ...beside]
  }

  async #ages(when: string): Promise<BenchRow[]> {
    const ages = await agesMs(this.#pipeline.store, fastTables, MEASURED_MS, POLL_MS)
    return fastTables.map(table => {
      const sorted = ages.get(table)!
      const [p50, p99, most] = [0.5, 0.99, 1].map(share => quantile(sorted, share).toFixed(0))
      return {
        what: `${RATE} frames/s: capture to queryable, ${table}, ${when}`,
        figure: `p50 ${p50} ms, p99 ${p99} ms, at most ${most} ms (${sorted.length} rows)`,
      }
    })
  }

  /** What a record of the day takes at each stage. */
  async #bytes({ date, datasets }: Manifest, count: number): Promise<BenchRow[]> {
    const rows: BenchRow[] = []
    const journal = bytesIn(join(this.#data, 'sample-day', date)) / count
    rows.push({ what: 'bytes a record: journal, published and compressed, all datasets', figure: `${journal.toFixed(0)} B` })
    for (const name of fastTables) {
      const { rows: own, file } = datasets.find(({ dataset }) => dataset === name)!
      // Both days are in Kafka and in QuestDB.
      const [all] = await this.#pipeline.store.query<{ rows: number; bytes: number }>(
        `SELECT sum(numRows) AS rows, sum(diskSize) AS bytes FROM table_partitions('${name}')`,
      )
      const kafka = logBytesIn(this.#servers.kafkaFolder, entityOf(name).topic.name.replaceAll('.', '\\.')) / all!.rows
      const figure = `Kafka ${kafka.toFixed(0)} B, QuestDB ${(all!.bytes / all!.rows).toFixed(0)} B, Parquet ${(file!.bytes / own).toFixed(0)} B`
      rows.push({ what: `bytes a record: ${name}, ${(own / 1e6).toFixed(2)} million`, figure })
    }
    return rows
  }

  async #sampleDay(records: number): Promise<string> {
    const child = this.#spawn(['sample-day', '--records', String(records), '--data', this.#data], 'pipe')
    let said = ''
    child.stdout!.on('data', chunk => {
      said += chunk
    })
    const [code] = await once(child, 'close')
    const [date] = /^\d{4}-\d\d-\d\d(?=: complete)/m.exec(said) ?? []
    if (code !== 0 || date === undefined) throw new Error(`The sample day is not complete: exit ${code}\n${said}`)
    return date
  }

  /** Runs the command to its end, which must be a good one. */
  async #command(...words: string[]): Promise<Cost> {
    const child = this.#spawn(words[1] === 'verify' ? words : [...words, '--data', this.#data], 'ignore')
    let peakBytes = 0
    const cost = await commandCost(child, () => {
      peakBytes = Math.max(peakBytes, bytesIn(join(this.#archive, '_unfinished')))
    })
    if (cost.code !== 0) throw new Error(`tickhouse ${words.join(' ')} ended with ${cost.code}`)
    return { ...cost, peakBytes }
  }

  #spawn(words: readonly string[], stdout: 'pipe' | 'ignore'): ChildProcess {
    const own = {
      KAFKA_BROKERS: this.#servers.kafka.brokers,
      QDB_CLIENT_CONF: this.#servers.quest.configurationString,
      SINK_GROUP: this.#pipeline.group,
    }
    const stdio = ['ignore', stdout, 'inherit'] as const
    return spawn(process.execPath, [COMMAND, ...words], { env: { ...process.env, ...own, LOG_LEVEL: 'error' }, stdio: [...stdio] })
  }
}

function costOf({ seconds, peakMb }: Cost, rows: number): string {
  return `${seconds.toFixed(1)} s, ${Math.round(rows / seconds).toLocaleString('en-US')} rows/s; at most ${peakMb.toFixed(0)} MB`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

/** Files come and go meanwhile. */
function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name =>
    statSync(join(folder, name), { throwIfNoEntry: false }),
  )
  return sizes.reduce((sum, file) => sum + (file?.isFile() ? file.size : 0), 0)
}
