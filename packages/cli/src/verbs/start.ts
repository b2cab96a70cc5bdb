import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { choice, type Env, loadConfig } from '@tickhouse/runtime'
import { Command } from 'commander'
import { count, dataOption, durationMs } from '../arguments.ts'
import { complain, printLines } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { questdbSetting } from '../questdb-setting.ts'
import type { StartOptions } from '../start/options.ts'
import { Screen } from '../start/screen.ts'
import { start as run } from '../start/start.ts'
import { endAtOnceOn, stopSignals } from '../start/stop-signals.ts'
import { summary } from '../start/summary.ts'
import { UsageError } from '../usage-error.ts'
import { printVerdict } from './verify.ts'

interface Options {
  readonly for?: number
  readonly fresh?: true
  readonly frames?: string
  readonly rate?: number
  readonly seed?: number
  readonly data: string
  readonly docker?: true
}

const examples = `
Examples:
  tickhouse start                                  everything, with a simulated venue
  tickhouse start --for 30s --rate 1000            for half a minute, 1,000 frames a second
  tickhouse start --fresh --frames ./my-frames     only the frames of a folder, in an empty QuestDB
  KIWOOM_ENV=mock KIWOOM_APP_KEY=… KIWOOM_SECRET_KEY=… tickhouse start
  KAFKA_BROKERS=kafka:9092 QDB_CLIENT_CONF="http::addr=questdb:9000;" tickhouse start

Ctrl-C ends it in good order: what is on its way is stored and compared first. A second Ctrl-C does not wait.`

/** `tickhouse start`: servers, simulator or venue, collector and sink, until it is stopped. Exit code 1 when something was not stored. */
export function start(): Command {
  return new Command('start')
    .description('Start Kafka, QuestDB, the simulator, the collector and the sink, and show what arrives')
    .option('--for <duration>', 'stop after this long, such as 30s or 5m', durationMs)
    .option('--fresh', 'remove the data of former runs first')
    .option('--frames <folder>', 'let the simulator send the .json frames of this folder once, unchanged')
    .option('--rate <frames>', 'frames per second of the simulator; 0 is as fast as they are read', count)
    .option('--seed <number>', 'seed of the simulated market', count)
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
      const report = await run(given, { screen, progress, stop, hurry }).finally(() => progress.end())
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
function startOptions({ for: forMs, fresh, frames, rate, seed, data, docker }: Options, env: Env): StartOptions {
  loadConfig({ mode: choice('KIWOOM_ENV', ['simulator', 'mock', 'production'], { default: 'simulator' }) }, env)
  return {
    forMs,
    fresh: fresh === true,
    framesDirectory: frames === undefined ? undefined : folder(frames),
    rate,
    seed,
    data: resolve(data),
    docker: docker === true,
    env,
  }
}

function folder(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`Expected a folder for --frames, was "${path}"`)
  return resolve(path)
}
