import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { VerifyReport } from '@tickhouse/audit'
import { entities } from '@tickhouse/catalogue'
import { launch, type StartOptions } from '@tickhouse/launch'
import { Screen } from '@tickhouse/page'
import { choice, type Env, grouped, loadConfig, textTable, UsageError } from '@tickhouse/runtime'
import { usualShape } from '@tickhouse/sample-day'
import { questdbSetting } from '@tickhouse/store'
import { Command } from 'commander'
import { count, dataOption, durationMs } from '../arguments.ts'
import { complain, printLines } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { endAtOnceOn, stopSignals } from '../stop-signals.ts'
import { printVerdict } from './verify.ts'

interface Options {
  readonly for?: number
  readonly fresh?: true
  readonly frames?: string
  readonly rate?: number
  readonly seed?: number
  readonly sampleDay?: true | string
  readonly symbols?: number
  readonly records?: number
  readonly data: string
  readonly docker?: true
}

const examples = `
Examples:
  tickhouse start                                  everything, with a simulated venue
  tickhouse start --sample-day                     a whole simulated trading day first
  tickhouse start --for 30s --rate 1000            for half a minute, 1,000 frames a second
  tickhouse start --fresh --frames ./my-frames     only the frames of a folder, in an empty QuestDB
  KIWOOM_ENV=mock KIWOOM_APP_KEY=… KIWOOM_SECRET_KEY=… tickhouse start
  KAFKA_BROKERS=kafka:9092 QDB_CLIENT_CONF="http::addr=questdb:9000;" tickhouse start

Ctrl-C ends it in good order: what is on its way is stored and compared first. A second Ctrl-C does not wait.`

/** `tickhouse start`: servers, simulator or venue, collector and sink, until it is stopped. Exit code 1 when something was not stored. */
export function start(): Command {
  return new Command('start')
    .description('Start Kafka, QuestDB, the simulator, the collector and the sink, and show the incoming records')
    .option('--for <duration>', 'stop after this long, such as 30s or 5m', durationMs)
    .option('--fresh', 'remove the data of earlier runs first')
    .option('--frames <folder>', 'let the simulator send the .json frames of this folder once, unchanged')
    .option('--rate <frames>', 'frames per second of the simulator; 0 for as fast as possible', count)
    .option('--seed <number>', 'seed of the simulated market', count)
    .option('--sample-day [date]', 'store a whole simulated trading day first, as `tickhouse sample-day` does')
    .option('--symbols <number>', 'number of stocks that trade on the sample day', count)
    .option('--records <number>', 'approximate number of records of the sample day', count)
    .option('--docker', 'run Kafka and QuestDB as containers, even where Java is installed')
    .addOption(dataOption())
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const { stop, hurry } = stopSignals()
      const [screen, progress] = [new Screen(process.stdout, process.stderr), new ProgressLine(process.stderr)]
      const given = startOptions(options, process.env)
      stop.addEventListener('abort', () => {
        progress.end()
        screen.notice('Ending in good order; another Ctrl-C does not wait for it')
      })
      endAtOnceOn(hurry, () => lastWords(progress, given))
      const report = await launch(given, { screen, progress, stop, hurry }).finally(() => progress.end())
      if (report === undefined) return complain('Stopped before everything ran')
      printLines(summary(report).split('\n'))
      printVerdict(report)
      if (report.verdict === 'incomplete') process.exitCode = 1
    })
}

/** Servers and services that were started here end by themselves when this process is gone. */
function lastWords(progress: ProgressLine, options: StartOptions): string {
  const at = progress.sentence
  progress.end()
  return uncompared(at, options)
}

/** What is left undone when nobody waits for the end of a start, and what does it later. */
export function uncompared(at: string, { data, env }: Pick<StartOptions, 'data' | 'env'>): string {
  const isOwn = !env['KAFKA_BROKERS'] || !questdbSetting(env)
  const later = isOwn
    ? `\`tickhouse verify --data ${data}\` compares them while a start runs, and the next start when it ends`
    : `\`JOURNAL_DIR=${join(data, 'journal')} tickhouse verify\` compares them`
  return [
    'Ended at once: journal, topics and tables were not compared.',
    ...(at === '' ? [] : [`It was at: ${at}.`]),
    `What was captured is in the journal; what is not yet in Kafka and QuestDB gets there at the next start. ${later}.`,
  ].join('\n')
}

/** Throws ConfigError or UsageError for what cannot be used. */
function startOptions({ for: forMs, fresh, frames, rate, seed, data, docker, ...sample }: Options, env: Env): StartOptions {
  loadConfig({ mode: choice('KIWOOM_ENV', ['simulator', 'mock', 'production'], { default: 'simulator' }) }, env)
  return {
    forMs,
    fresh: fresh === true,
    framesDirectory: frames === undefined ? undefined : folder(frames),
    rate,
    seed,
    sampleDay: sampleOf({ ...sample, seed }),
    data: resolve(data),
    docker: docker === true,
    env,
  }
}

/** Throws UsageError for what belongs to a sample day, without one. */
function sampleOf({
  sampleDay,
  symbols,
  records,
  seed,
}: Pick<Options, 'sampleDay' | 'symbols' | 'records'> & { seed: number | undefined }) {
  if (sampleDay === undefined) {
    if (symbols !== undefined || records !== undefined) throw new UsageError('Expected --sample-day with --symbols and --records')
    return undefined
  }
  return {
    ...usualShape,
    date: sampleDay === true ? undefined : sampleDay,
    ...(symbols !== undefined && { symbols }),
    ...(records !== undefined && { records }),
    ...(seed !== undefined && { seed }),
  }
}

function folder(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`Expected a folder for --frames, was "${path}"`)
  return resolve(path)
}

/** The counts of a report per dataset, over all its sessions. */
export function summary({ findings }: VerifyReport): string {
  const datasets = entities.map(({ name }) => name).filter(name => findings.some(({ dataset }) => dataset === name))
  const rows = datasets.map(dataset => {
    const own = findings.filter(finding => finding.dataset === dataset)
    const sum = (value: 'journal' | 'topic' | 'table' | 'dead_letters') =>
      grouped(own.reduce((total, finding) => total + finding[value], 0))
    const worst = (['unknown', 'incomplete'] as const).find(word => own.some(({ verdict }) => verdict === word))
    return {
      dataset,
      journal: sum('journal'),
      topic: sum('topic'),
      table: sum('table'),
      'dead letters': sum('dead_letters'),
      verdict: worst ?? 'complete',
    }
  })
  return textTable(rows, ['dataset', 'journal', 'topic', 'table', 'dead letters', 'verdict'])
}
