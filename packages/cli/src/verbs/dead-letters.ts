import {
  type DeadLetter,
  type DeadLetterFilter,
  datasetNamed,
  deadLettersIn,
  deadLettersNamed,
  deadLetterText,
  type FullDeadLetter,
  type RetryOutcome,
  rawTexts,
  requireJournalWith,
  retryDeadLetters,
  storedDeadLetters,
  wholeFrame,
} from '@tickhouse/audit'
import { type Doing, grouped, timeText, UsageError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { Command, Option } from 'commander'
import { dataOption, timeUs } from '../arguments.ts'
import { busFor, type Connections, loadConnections, withStore } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { type Format, formatOption, print, printExactly, printJson, printLines } from '../output.ts'

interface Common {
  readonly format: Format
  readonly data: string
}

interface ListOptions extends Common {
  readonly from?: number
  readonly to?: number
  readonly session?: string
  readonly dataset?: string
  readonly reason?: string
  readonly stage?: string
}

interface RetryWords extends Common {
  readonly all?: boolean
  readonly dryRun?: boolean
}

const timeoutMs = 24 * 3_600_000
const detailWidth = 80

/** `tickhouse dead-letters list|show|retry`: what could not be read or stored, and trying it again once that is mended. */
export function deadLetters(): Command {
  return new Command('dead-letters')
    .description('List, show and retry frames, items and records that could not be read or stored')
    .addCommand(list())
    .addCommand(show())
    .addCommand(retry())
}

function list(): Command {
  return new Command('list')
    .description('List dead letters, newest last, with their id and whether their record has been stored since')
    .option('--from <time>', 'only from this time on (UTC unless it has an offset)', timeUs)
    .option('--to <time>', 'only before this time', timeUs)
    .option('--session <id>', 'only of this session')
    .option('--dataset <name>', 'only of this dataset; `unknown` for those without a dataset')
    .option('--reason <code>', 'only with this reason, such as no_values or bad_value')
    .addOption(new Option('--stage <stage>', 'only of this stage').choices(['collector', 'sink']))
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  tickhouse dead-letters list --from 2026-11-22\n  tickhouse dead-letters list --stage sink --format json',
    )
    .action(async (options: ListOptions) => {
      const { letters, stored } = await withTables(tablesOnly(options), onlyRead, async (store, { tell, signal }) => {
        const letters = await deadLettersIn(store, filterOf(options), { tell, signal })
        tell(() => `Looking for the rows that ${grouped(letters.length)} dead letters stand for`)
        return { letters, stored: await storedDeadLetters(store, letters, signal) }
      })
      printLetters(letters, stored, options.format)
    })
}

function show(): Command {
  return new Command('show')
    .description('Show one dead letter in full, with its text and its offset in Kafka')
    .argument('<id>', 'as `tickhouse dead-letters list` names it')
    .option('--whole', 'print only the text; when it was cut, the whole frame from the journal in JOURNAL_DIR')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  tickhouse dead-letters show 1m82rkex8z2g/trade/7\n  tickhouse dead-letters show 1m82rkex8z2g/trade/7/sink --format json\n  tickhouse dead-letters show 1m82rkex8z2g/unknown/3 --whole',
    )
    .action(async (id: string, options: Common & { readonly whole?: boolean }) => {
      if (options.whole) return await printWhole(id, options)
      const full = await withTables(tablesOnly(options), onlyRead, async (store, { tell, signal }) => {
        tell(() => `Looking for dead letter ${id}`)
        const letters = await deadLettersNamed(store, [id], signal)
        const stored = await storedDeadLetters(store, letters, signal)
        const found: FullDeadLetter[] = []
        for await (const chunk of rawTexts(store, letters, signal))
          found.push(...chunk.map(([letter, raw]) => ({ ...letter, state: stateOf(letter, stored), raw })))
        return found
      })
      if (options.format === 'json') printJson(full)
      else printLines(full.flatMap((letter, index) => [...(index === 0 ? [] : ['']), ...deadLetterText(letter)]))
    })
}

async function printWhole(id: string, { data }: Common): Promise<void> {
  const connections = loadConnections(process.env, data, ['configurationString', 'journalDirectories'])
  await withTables(connections, onlyRead, async (store, { tell, signal }) => {
    tell(() => `Looking for dead letter ${id}`)
    for await (const chunk of rawTexts(store, await deadLettersNamed(store, [id], signal), signal))
      for (const [letter, raw] of chunk)
        printExactly((await wholeFrame(await requireJournalWith(letter.session, connections.journalDirectories), letter)) ?? raw)
  })
}

const retryHelp = `
Examples:
  tickhouse dead-letters retry --all --dry-run
  tickhouse dead-letters retry 1m82rkex8z2g/trade/7 1m82rkex8z2g/order_book/12/sink

After a fix: a newer catalogue, a mended table. What the sink could not store is written with its own place in Kafka. What the collector could not read is read
again from the journal; what becomes a record is published under the number that was kept for it, unless it is in its topic already, and stored.
A second time, or beside a running sink, nothing doubles. Letters of an unknown dataset have no number: \`tickhouse rebuild\` makes their records.`

function retry(): Command {
  return new Command('retry')
    .description('Try again to store the records of dead letters; exit 1 when some are still refused')
    .argument('[id...]', 'as `tickhouse dead-letters list` names them')
    .option('--all', 'all dead letters whose record is not stored')
    .option('--dry-run', 'only say what would happen')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', retryHelp)
    .action(async (ids: string[], options: RetryWords) => {
      if (ids.length > 0 === (options.all === true)) throw new UsageError('Expected some ids, or --all')
      const connections = loadConnections(process.env, options.data)
      const dryRun = options.dryRun === true
      const undone = dryRun ? onlyRead : 'What was stored so far stays; run the same command again, nothing doubles.'
      const outcomes = await withTables(connections, undone, (store, doing) => retried(ids, dryRun, { store, connections, ...doing }))
      printOutcomes(outcomes, options.format)
      if (outcomes.some(({ outcome }) => outcome === 'still refused')) process.exitCode = 1
    })
}

async function retried(
  ids: readonly string[],
  dryRun: boolean,
  { store, connections, ...doing }: { store: Store; connections: Connections } & Doing,
): Promise<RetryOutcome[]> {
  const letters = ids.length > 0 ? await deadLettersNamed(store, ids, doing.signal) : await openDeadLetters(store, doing)
  const { journalDirectories } = connections
  return retryDeadLetters(letters, {
    journalDirectories,
    bus: busFor('dead-letters', connections.brokers, process.env),
    store,
    dryRun,
    ...doing,
  })
}

async function openDeadLetters(store: Store, doing: Doing): Promise<DeadLetter[]> {
  const letters = await deadLettersIn(store, {}, doing)
  doing.tell(() => `Looking for the rows that ${grouped(letters.length)} dead letters stand for`)
  const stored = await storedDeadLetters(store, letters, doing.signal)
  return letters.filter(({ id }) => !stored.has(id))
}

const onlyRead = 'Nothing was changed.'

async function withTables<T>(connections: Connections, undone: string, work: (store: Store, doing: Doing) => Promise<T>): Promise<T> {
  const limits = { limitMs: timeoutMs, undone: () => undone }
  return await withStore('dead-letters', connections.configurationString, store => interruptible(limits, doing => work(store, doing)))
}

/** Looking needs QuestDB alone. */
function tablesOnly({ data }: Common): Connections {
  return loadConnections(process.env, data, ['configurationString'])
}

function filterOf({ from, to, session, dataset, reason, stage }: ListOptions): DeadLetterFilter {
  const only = { session, dataset: dataset && datasetNamed(dataset), reason, stage }
  const given = Object.entries(only).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { fromUs: from, toUs: to, only: Object.fromEntries(given) }
}

function stateOf({ id }: DeadLetter, stored: ReadonlySet<string>): 'open' | 'stored' {
  return stored.has(id) ? 'stored' : 'open'
}

function printLetters(letters: readonly DeadLetter[], stored: ReadonlySet<string>, format: Format): void {
  const rows = letters.map(letter => ({ ...letter, time: timeText(letter.timestamp), state: stateOf(letter, stored) }))
  const cut = ({ detail }: DeadLetter) => (detail !== null && detail.length > detailWidth ? `${detail.slice(0, detailWidth)}…` : detail)
  const shown = format === 'json' ? rows : rows.map(row => ({ ...row, detail: cut(row) }))
  print(shown, ['id', 'time', 'stage', 'dataset', 'reason', 'state', 'detail'], format)
}

function printOutcomes(outcomes: readonly RetryOutcome[], format: Format): void {
  print(outcomes, ['id', 'reason', 'outcome', 'detail'], format)
  if (format === 'json') return
  const counts = [...Map.groupBy(outcomes, ({ outcome }) => outcome)].map(([outcome, group]) => `${group.length} ${outcome}`)
  printLines([counts.join(', ') || 'No dead letter is open'])
}
