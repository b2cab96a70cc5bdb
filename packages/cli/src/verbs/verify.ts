import { Command } from 'commander'
import { dataOption, durationMs } from '../arguments.ts'
import { busFor, storeFor } from '../connect.ts'
import { loadConnections } from '../connections.ts'
import { type Format, formatOption, print } from '../output.ts'
import { verify as compare, type VerifyReport } from '../verify/verify.ts'

interface Options {
  readonly session?: string
  readonly wait: number
  readonly format: Format
  readonly data: string
}

/** `tickhouse verify`: proves that journal, topics and tables hold the same records. Exit code 1 when they do not. */
export function verify(): Command {
  return new Command('verify')
    .description('Compare journal, topics and tables per session and dataset; exit 1 when a record is missing or stored twice')
    .option('--session <id>', 'only this session')
    .option('--wait <duration>', 'how long to wait for records that are on their way', durationMs, 10_000)
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  tickhouse verify\n  tickhouse verify --format json\n  JOURNAL_DIR=/data/journal KAFKA_BROKERS=kafka:9092 QDB_CLIENT_CONF="http::addr=questdb:9000;" tickhouse verify --wait 1m',
    )
    .action(async (options: Options) => {
      const report = await run(options)
      printReport(report, options.format)
      if (report.verdict === 'incomplete') process.exitCode = 1
    })
}

async function run({ session, wait, data }: Options): Promise<VerifyReport> {
  const { brokers, configurationString, journalDirectory } = loadConnections(process.env, data)
  const bus = busFor('verify', brokers, process.env)
  const store = storeFor('verify', configurationString, process.env)
  try {
    return await compare({ journalDirectory, bus, store, session, waitMs: wait, signal: AbortSignal.timeout(3_600_000) })
  } finally {
    store.close()
  }
}

/** The report as a person reads it: one line per (session, dataset), what is wrong, the gaps, the verdict. */
export function printReport(report: VerifyReport, format: Format): void {
  if (format === 'json') return void process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  print(report.findings, ['session', 'dataset', 'journal', 'topic', 'table', 'dead_letters', 'verdict'], 'table')
  printVerdict(report)
}

/** What is wrong, the gaps, and the verdict in one line. */
export function printVerdict(report: VerifyReport): void {
  for (const { session, dataset, problems } of report.findings)
    for (const problem of problems) console.log(`${session} ${dataset}: ${problem}`)
  for (const gap of report.gaps)
    console.log(`gap ${time(gap.from)} … ${time(gap.to)} in ${gap.session}: ${gap.reason}${gap.evidence ? ` (${gap.evidence})` : ''}`)
  console.log(
    `${report.verdict}: ${report.records} records of ${report.sessions} sessions, ${report.gaps.length} gaps, ${report.dead_letters} dead letters`,
  )
}

function time(us: number): string {
  return new Date(us / 1000).toISOString()
}
