import { examine, type Finding, report } from '@tickhouse/doctor'
import { CollectorWatch, knownServices, readRunFile } from '@tickhouse/page'
import { openStore } from '@tickhouse/store'
import { Command } from 'commander'
import { dataOption, durationMs } from '../arguments.ts'
import { busFor, loadConnections, verbLog } from '../connections.ts'
import { withinMinutes } from '../interruptible.ts'
import { type Format, formatOption, printJson, printLines } from '../output.ts'

interface Options {
  readonly outageBudget: number
  readonly token?: true
  readonly data: string
  readonly format: Format
}

const examples = `
Examples:
  tickhouse doctor
  tickhouse doctor --outage-budget 120h
  tickhouse doctor --format json | jq '.[] | select(.verdict != "ok")'
  KAFKA_BROKERS=kafka:9092 QDB_CLIENT_CONF="http::addr=questdb:9000;" JOURNAL_DIR=/data/journal tickhouse doctor
  COLLECTOR_URL=http://one:9300,http://two:9300 SINK_URL=http://sink:9300 JOURNAL_DIR=/data/one,/data/two … tickhouse doctor

It changes nothing. Exit code 1 when a check fails, 0 when there are only warnings.`

/** `tickhouse doctor`: what is wrong with a running installation, and the command or setting that mends it. */
export function doctor(): Command {
  return new Command('doctor')
    .description('Check a running installation and say how to repair it; exit 1 when a check fails')
    .option('--outage-budget <duration>', 'longest outage of QuestDB that must lose nothing, such as 72h', durationMs, 3 * 86_400_000)
    .option('--token', 'request a token from the venue even while the collector is logged in')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const findings = await look(options)
      if (options.format === 'json') printJson(findings)
      else printLines(report(findings))
      if (findings.some(({ verdict }) => verdict === 'fail')) process.exitCode = 1
    })
}

async function look({ outageBudget, token, data }: Options): Promise<Finding[]> {
  const { env } = process
  const { brokers, configurationString, journalDirectories } = loadConnections(env, data, [])
  if (brokers.length === 0 && configurationString === '' && journalDirectories.length === 0) loadConnections(env, data)
  const services = await knownServices(env, data)
  const log = verbLog('doctor', env, 'silent')
  const store = configurationString === '' ? undefined : openStore({ configurationString, log })
  try {
    const installation = {
      env,
      data,
      run: readRunFile(data),
      brokers,
      bus: brokers.length === 0 ? undefined : busFor('doctor', brokers, env, log),
      store,
      services,
      collectors: await new CollectorWatch().look(services?.addresses.collectors ?? []),
      journalDirectories,
      outageBudgetMs: outageBudget,
      askForToken: token === true,
    }
    return await withinMinutes('Nothing was changed.', ({ tell }) => {
      tell(() => 'Looking at everything')
      return examine(installation)
    })
  } finally {
    store?.close()
  }
}
