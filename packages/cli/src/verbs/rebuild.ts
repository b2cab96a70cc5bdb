import { explain, type RebuildReport, rebuildTable, requireJournalWith } from '@tickhouse/audit'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { busFor, loadConnections, withStore } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { type Format, formatOption, print, printJson, printLines } from '../output.ts'

interface Options {
  readonly dataset: string
  readonly session: string
  readonly dryRun?: boolean
  readonly format: Format
  readonly data: string
}

const timeoutMs = 24 * 3_600_000
const columns = ['table', 'records', 'rows', 'same', 'missing', 'different', 'other_key', 'extra', 'unpublished']
const help = `
Examples:
  tickhouse rebuild --dataset trade --session 1m82rkex8z2g --dry-run
  tickhouse rebuild --dataset trade --session 1m82rkex8z2g

The session is read from the journal again with today's catalogue and compared with the table, column by column. Rows that are missing
or different are written with the place that their records have in Kafka; a record that is in no topic is published first. Rows are never removed.
Done again, or ended half-way and done again, it comes to the same. Exit code 0 when the table holds what the journal gives.`

/** `tickhouse rebuild`: makes a table hold of one session what the journal gives. Exit code 1 when it does not. */
export function rebuild(): Command {
  return new Command('rebuild')
    .description('Rebuild the rows of one session in a table from its journal, by the current catalogue; exit 1 when a difference is left')
    .requiredOption('--dataset <name>', 'the dataset, as `tickhouse catalogue` lists them')
    .requiredOption('--session <id>', 'a session of the journal')
    .option('--dry-run', 'only compare; publish and write nothing')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const report = await rebuilt(options)
      printReport(report, options.format)
      if (report.verdict === 'incomplete') process.exitCode = 1
    })
}

async function rebuilt({ dataset, session, dryRun = false, data }: Options): Promise<RebuildReport> {
  const connections = loadConnections(process.env, data)
  return await withStore('rebuild', connections.configurationString, async store => {
    const journalDirectory = await requireJournalWith(session, connections.journalDirectories)
    const bus = busFor('rebuild', connections.brokers, process.env)
    const undone = () => (dryRun ? 'Nothing was changed.' : 'What was published and written stays; run the same command again, it goes on.')
    const limits = { limitMs: timeoutMs, undone }
    return await interruptible(limits, doing => rebuildTable({ journalDirectory, bus, store, dataset, session, dryRun, ...doing }))
  })
}

function printReport(report: RebuildReport, format: Format): void {
  if (format === 'json') return void printJson(report)
  const { before, after } = report
  print([{ table: 'before', ...before }, ...(after ? [{ table: 'after', ...after }] : [])], columns, format)
  printLines(explain(report))
}
