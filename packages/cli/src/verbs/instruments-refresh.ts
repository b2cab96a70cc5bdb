import { loadCalendar, type TradingCalendar } from '@tickhouse/calendar'
import { restAccessIn } from '@tickhouse/kiwoom'
import { type ListingReport, refreshListing } from '@tickhouse/launch'
import { readRunFile } from '@tickhouse/page'
import { counted, type Doing, grouped, messageOf, UsageError } from '@tickhouse/runtime'
import { lookThrough, type Store } from '@tickhouse/store'
import { Command } from 'commander'
import { dataOption, koreanDate } from '../arguments.ts'
import { loadConnections, withStore } from '../connections.ts'
import { interruptible } from '../interruptible.ts'
import { complain, type Format, formatOption, printJson, printLines } from '../output.ts'

/** What every verb about instruments takes. */
export interface StoreOptions {
  readonly format: Format
  readonly data: string
}

interface Options extends StoreOptions {
  readonly since?: string
  readonly list: boolean
}

const help = `
The venue is asked with KIWOOM_ENV, KIWOOM_APP_KEY[_FILE] and KIWOOM_SECRET_KEY[_FILE], for a token and then some twenty times, five times a
second at most. By some reports a new token ends the one before it: while a collector captures with the same app key, ask when no venue trades,
or with a key of its own. A running \`tickhouse start\` asks once a trading day by itself.

Examples:
  tickhouse instruments refresh
  KIWOOM_ENV=production KIWOOM_APP_KEY_FILE=… KIWOOM_SECRET_KEY_FILE=… tickhouse instruments refresh
  tickhouse instruments refresh --no-list --since 2026-11-01     what records tell of these days, without the venue

Exit code 1 when a list could not be had; one that the venue does not serve is only named.`

/** `tickhouse instruments refresh`. */
export function refresh(): Command {
  return new Command('refresh')
    .description('Ask the venue for its list of instruments, and store what is new')
    .option('--since <date>', 'also look through the records stored from this Korean date on', koreanDate)
    .option('--no-list', 'do not ask the venue')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if (!options.list && options.since === undefined) throw new UsageError('Expected --since with --no-list')
      const limits = { limitMs: 3_600_000, undone: () => 'What was stored stays; run the same command again.' }
      await onStore(options, store => interruptible(limits, doing => bringUpToDate(store, options, doing)))
    })
}

/** Works on the QuestDB that the environment or a running start names. */
export async function onStore<T>({ data }: StoreOptions, work: (store: Store) => Promise<T>): Promise<T> {
  const { configurationString } = loadConnections(process.env, data, ['configurationString'])
  return await withStore('instruments', configurationString, work)
}

async function bringUpToDate(store: Store, { since, list, data, format }: Options, doing: Doing): Promise<void> {
  const calendar = loadCalendar(process.env)
  const looked = since === undefined ? undefined : await lookThrough(store.instruments, since, Date.now() * 1000, doing)
  const report = list ? await ask(store, calendar, data, doing) : undefined
  if (format === 'json')
    printJson({ looked, ...report, missing: report?.missing.map(({ code, error }) => ({ code, reason: messageOf(error) })) })
  else {
    if (looked !== undefined) printLines([`${counted(looked, 'row')} of instrument written from records.`])
    if (report !== undefined) printReport(report)
  }
  if (report?.missing.some(({ error }) => error.code !== 'KIWOOM_REQUEST_REFUSED')) process.exitCode = 1
}

function printReport({ instruments, written, unreadable, missing }: ListingReport): void {
  const { listing, instrument } = written
  printLines([
    `${counted(instruments, 'instrument')}: ${counted(listing, 'row')} of listing and ${grouped(instrument)} of instrument written.`,
  ])
  if (unreadable > 0) complain(`${counted(unreadable, 'row')} of the lists could not be read.`)
  for (const { code, error } of missing) complain(`List ${code} is missing: ${messageOf(error)}`)
}

function ask(store: Store, calendar: TradingCalendar, data: string, doing: Doing): Promise<ListingReport> {
  const simulator = readRunFile(data)?.processes.find(({ name }) => name === 'simulator')?.address
  const access = restAccessIn(process.env, simulator)
  if (access === undefined)
    throw new UsageError(
      'Expected KIWOOM_ENV (mock or production), KIWOOM_APP_KEY[_FILE] and KIWOOM_SECRET_KEY[_FILE] in the environment, or a running `tickhouse start` with the simulator',
    )
  return refreshListing({ access, store, calendar }, doing)
}
