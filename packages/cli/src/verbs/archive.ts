import { type ArchiveFinding, type ArchiveReport, archiveDate, type RestoredDataset, restoreDate, verifyArchive } from '@tickhouse/archive'
import { dateOf } from '@tickhouse/audit'
import { counted, type Doing, grouped, sizeText } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { loadConnections, withStore } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { type Format, formatOption, print, printJson, printLines } from '../output.ts'

interface Common {
  readonly date: string
  readonly dataset?: readonly string[]
  readonly format: Format
  readonly data: string
}

interface WriteOptions extends Common {
  readonly to: string
  readonly uncertified?: true
}

interface RestoreWords extends Common {
  readonly from: string
}

const limitMs = 24 * 3_600_000
const examples = `
Examples:
  tickhouse archive --date yesterday --to /archive
  tickhouse archive --date 2026-11-26 --dataset trade order_book --to /archive
  tickhouse archive verify /archive
  tickhouse archive restore --date 2026-11-26 --from /archive`

const help = `
A file for each dataset, sorted by symbol and time, in Hive folders that DuckDB, pandas, polars and Spark know, with a manifest and the
certificate of the date: see docs/storage.md. The date must be certified (\`tickhouse verify --date\`) and over. Run again after an interruption it
goes on; what is there under the same certificate stays as it is.
${examples}`

/** `tickhouse archive`: trading days as files of Parquet, written, verified and put back. */
export function archive(): Command {
  return new Command('archive')
    .description('Archive a trading day from QuestDB as Parquet; verify archives, restore days')
    .addCommand(write(), { isDefault: true })
    .addCommand(verify())
    .addCommand(restore())
    .addHelpText('after', examples)
}

function write(): Command {
  return new Command('write')
    .description('Archive a trading day; the word may be left out')
    .requiredOption('--date <date>', 'Korean date: 2026-11-25, today or yesterday')
    .requiredOption('--to <folder>', 'folder of the archive')
    .option('--dataset <name...>', 'only these datasets (default: all)')
    .option('--uncertified', 'archive also a date that is not certified, or not over; the manifest says so')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(async ({ date: word, to, dataset, data, uncertified, format }: WriteOptions) => {
      const date = readDate(word)
      const options = { date, to, datasets: dataset, data, uncertified: uncertified === true }
      const undone = `${date} is not archived yet; run the same command again, it goes on.`
      printReport(to, await onStore(data, undone, (store, doing) => archiveDate(options, { store, ...doing })), format)
    })
}

function verify(): Command {
  return new Command('verify')
    .description('Read every file of an archive and compare it with its manifest; exit 1 when one is damaged')
    .argument('<folder>', 'folder of the archive')
    .option('--date <date>', 'only this Korean date')
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  tickhouse archive verify /archive\n  tickhouse archive verify /archive --date 2026-11-26')
    .action(async (folder: string, { date, format }: Partial<Pick<Common, 'date'>> & Pick<Common, 'format'>) => {
      const limits = { limitMs, undone: () => 'Nothing was changed.' }
      const findings = await interruptible(limits, doing => verifyArchive(folder, date && readDate(date), doing))
      printFindings(folder, findings, format)
      if (findings.some(({ problems }) => problems.length > 0)) process.exitCode = 1
    })
}

function restore(): Command {
  return new Command('restore')
    .description('Put a trading day from an archive back into QuestDB, exactly once with what is there')
    .requiredOption('--date <date>', 'Korean date')
    .requiredOption('--from <folder>', 'folder of the archive')
    .option('--dataset <name...>', 'only these datasets (default: those of the archive)')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  tickhouse archive restore --date 2026-11-26 --from /archive')
    .action(async ({ date, dataset, from, data, format }: RestoreWords) => {
      const options = { date: readDate(date), datasets: dataset, from }
      const undone = 'What was restored stays; run the same command again, it goes on.'
      const restored = await onStore(data, undone, (store, doing) => restoreDate(options, { store, ...doing }))
      printRestored(options.date, restored, format)
    })
}

function readDate(word: string): string {
  return dateOf(word, Date.now() * 1000)
}

async function onStore<T>(data: string, undone: string, work: (store: Store, doing: Doing) => Promise<T>): Promise<T> {
  const { configurationString } = loadConnections(process.env, data, ['configurationString'])
  const limits = { limitMs, undone: () => undone }
  return await withStore('archive', configurationString, store => interruptible(limits, doing => work(store, doing)))
}

function printReport(folder: string, { manifest, written }: ArchiveReport, format: Format): void {
  if (format === 'json') return void printJson(manifest)
  const { date, condition, uncertified, datasets } = manifest
  const rows = datasets.map(({ dataset, rows: count, file }) => ({
    dataset,
    rows: grouped(count),
    bytes: grouped(file?.bytes ?? 0),
    'bytes a row': count === 0 ? null : Math.round(file!.bytes / count),
    file: file?.file ?? null,
  }))
  print(rows, ['dataset', 'rows', 'bytes', 'bytes a row', 'file'], format)
  const worth = condition ?? `not certified (${uncertified})`
  const already = written.length === 0 ? ', archived already' : ''
  printLines([`${date}: ${worth}; ${sum(datasets.map(({ rows, file }) => ({ rows, bytes: file?.bytes ?? 0 })))} in ${folder}${already}`])
}

function printFindings(folder: string, findings: readonly ArchiveFinding[], format: Format): void {
  if (format === 'json') return void printJson(findings)
  const dates = new Set(findings.map(({ date }) => date))
  const problems = findings.flatMap(finding => finding.problems)
  printLines([
    ...problems,
    `${problems.length === 0 ? 'whole' : 'damaged'}: ${counted(dates.size, 'date')} in ${folder}, ${sum(findings)}, ${counted(problems.length, 'problem')}`,
  ])
}

function printRestored(date: string, restored: readonly RestoredDataset[], format: Format): void {
  print(restored, ['dataset', 'rows', 'written'], format)
  if (format === 'json') return
  const written = restored.reduce((total, one) => total + one.written, 0)
  printLines([`${date}: ${counted(written, 'row')} written; every row of the archive is in QuestDB`])
}

function sum(parts: readonly { readonly rows: number; readonly bytes: number }[]): string {
  const total = (name: 'rows' | 'bytes') => parts.reduce((all, part) => all + part[name], 0)
  return `${counted(total('rows'), 'row')}, ${sizeText(total('bytes'))}`
}
