import { certify, compareStages, keepCertificate, type Order, orderOf, tradingHours, type VerifyReport } from '@tickhouse/audit'
import { sinkGroupOf } from '@tickhouse/bus'
import { loadCalendar } from '@tickhouse/calendar'
import { plural, UsageError } from '@tickhouse/runtime'
import { Command } from 'commander'
import { dataOption, durationMs } from '../arguments.ts'
import { busFor, loadConnections, sampleOf, withStore } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { complain, type Format, formatOption, print, printExactly, printJson, printLines } from '../output.ts'

interface Options {
  readonly session?: string
  readonly date?: string
  readonly window?: string
  readonly output?: string
  readonly journal?: readonly string[]
  readonly wait: number
  readonly format: Format
  readonly data: string
}

const help = `
Without --date: all sessions of the journal, or one; exit 1 when a record is missing or stored twice. A dataset whose topic or table cannot
be read is \`unknown\`, with the reason (exit 1); the others are judged.
With --date: a certificate of that Korean date as JSON, and its condition in the table data_condition.
  complete  nothing is missing                                        exit 0
  pending   the window or the way of a record is not over             exit 0
  degraded  something is known to be missing                          exit 1
  missing   nothing was captured                                      exit 1
  closed    nothing was captured on a day without market              exit 0
While a session goes on, what came until the end of the window is judged.

Examples:
  tickhouse verify
  tickhouse verify --journal /data/one/journal /data/two/journal
  tickhouse verify --date yesterday
  tickhouse verify --date yesterday --journal /data/one/journal /data/two/journal
  tickhouse verify --date 2026-11-25 --window 09:00-15:30 --output - | jq .condition
  JOURNAL_DIR=/data/journal KAFKA_BROKERS=kafka:9092 QDB_CLIENT_CONF="http::addr=questdb:9000;" tickhouse verify --wait 1m`

/** `tickhouse verify`: proves that journal, topics and tables hold the same records, or what a date is worth. Exit code 1 when something is missing. */
export function verify(): Command {
  return new Command('verify')
    .description('Compare journal, topics and tables per session and dataset; with --date, certify a Korean date')
    .option('--session <id>', 'only this session')
    .option('--date <date>', 'certify this Korean date: 2026-11-25, today or yesterday')
    .option(
      '--window <hours>',
      `hours of the date that must be covered, Korean time, or all (default: those of the calendar, ${tradingHours} on a regular day)`,
    )
    .option('--output <file>', 'file of the certificate, - for stdout (default: certificates/<date>.json in the data folder)')
    .option(
      '--journal <folder...>',
      'journals of one or more collectors (default: JOURNAL_DIR, or that of the sample day of the date, or of a running start)',
    )
    .option('--wait <duration>', 'how long to wait for records that are still on their way', durationMs, 10_000)
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const { date, session, window, output, wait: waitMs, format } = options
      if (date === undefined && (window !== undefined || output !== undefined))
        throw new UsageError('Expected --date with --window and --output')
      if (date !== undefined && session !== undefined) throw new UsageError('Expected either --date or --session, not both')
      if (date === undefined) return report(await withServers(options, servers => compareStages({ ...servers, session, waitMs })), format)
      const order = orderOf({ ...options, date }, loadCalendar(process.env), Date.now() * 1000)
      await withServers({ ...options, date: order.date }, servers => certifyDate(order, options, servers))
    })
}

/** Certifies a date: writes the certificate and the table of conditions, says what it is. Exit code 1 when something is missing. */
async function certifyDate(order: Order, { wait: waitMs, format }: Options, servers: Servers): Promise<void> {
  const certificate = await certify({ ...servers, ...order, waitMs })
  const { text, summary } = await keepCertificate(servers.store, certificate, order.output, servers.signal)
  const isForMachines = order.output === '-' || format === 'json'
  if (isForMachines) {
    printExactly(text)
    complain(summary)
  } else printLines(summary.split('\n'))
  if (certificate.condition === 'degraded' || certificate.condition === 'missing') process.exitCode = 1
}

function report(found: VerifyReport, format: Format): void {
  printReport(found, format)
  if (found.verdict === 'incomplete') process.exitCode = 1
}

type Servers = Omit<Parameters<typeof compareStages>[0], 'session' | 'waitMs'> & { readonly group: string }

const limitMs = 3 * 3_600_000

async function withServers<T>(
  { data, date, journal = sampleOf(date, data, process.env) }: Options,
  use: (servers: Servers) => Promise<T>,
): Promise<T> {
  const env = journal === undefined ? process.env : { ...process.env, JOURNAL_DIR: journal.join(',') }
  const { brokers, configurationString, journalDirectories } = loadConnections(env, data)
  const bus = busFor('verify', brokers, process.env)
  const group = sinkGroupOf(process.env)
  const again = 'Nothing was changed: run the same command again, it begins anew.'
  const undone = () =>
    `${date === undefined ? 'Nothing was judged complete or incomplete' : `No certificate of ${date} was made`}. ${again}`
  return await withStore('verify', configurationString, store =>
    interruptible({ limitMs, undone }, doing => use({ journalDirectories, bus, store, group, ...doing })),
  )
}

/** The report as a person reads it: one line per (session, dataset), what is wrong, the gaps, the verdict. */
export function printReport(report: VerifyReport, format: Format): void {
  if (format === 'json') return void printJson(report)
  print(report.findings, ['collector', 'session', 'dataset', 'journal', 'topic', 'table', 'dead_letters', 'verdict'], 'table')
  printVerdict(report)
}

/** What is wrong, the gaps, and the verdict in one line. */
export function printVerdict({ findings, gaps, verdict, records, sessions, dead_letters }: VerifyReport): void {
  printLines([
    ...findings.flatMap(({ session, dataset, problems }) => problems.map(problem => `${session} ${dataset}: ${problem}`)),
    ...gaps.map(({ from, to, session, reason, evidence }) => {
      return `gap ${time(from)} … ${time(to)} in ${session}: ${reason}${evidence ? ` (${evidence})` : ''}`
    }),
    `${verdict}: ${of(records, 'record')} of ${of(sessions, 'session')}, ${of(gaps.length, 'gap')}, ${of(dead_letters, 'dead letter')}`,
  ])
}

/** Without separators, for programs that read the verdict. */
function of(count: number, noun: string): string {
  return `${count} ${plural(count, noun)}`
}

function time(us: number): string {
  return new Date(us / 1000).toISOString()
}
