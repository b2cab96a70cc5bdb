import { koreanTime } from '@tickhouse/calendar'
import { UsageError } from '@tickhouse/runtime'
import { type InstrumentHistory, type InstrumentRow, instrumentsNamed, listInstruments, type Store } from '@tickhouse/store'
import { Command } from 'commander'
import { dataOption } from '../arguments.ts'
import { withinMinutes } from '../interruptible.ts'
import { formatOption, print, printJson } from '../output.ts'
import { onStore, refresh, type StoreOptions } from './instruments-refresh.ts'

interface ListOptions extends StoreOptions {
  readonly market?: string
  readonly kind?: string
  readonly seen?: true
}

const columns = ['symbol', 'name', 'market', 'kind', 'listed_shares', 'venues', 'first_day', 'last_day'] as const

const listHelp = `
Examples:
  tickhouse instruments list 삼성
  tickhouse instruments list --kind etf --market KOSPI
  tickhouse instruments list --seen --format json`

/** `tickhouse instruments refresh|list|show`: who a symbol is. */
export function instruments(): Command {
  return new Command('instruments')
    .description('Show who a symbol is, and bring that up to date from the list of the venue')
    .addCommand(refresh())
    .addCommand(list())
    .addCommand(show())
}

function list(): Command {
  return new Command('list')
    .description('List instruments whose code or name holds a text; all without one')
    .argument('[text]', 'a part of the code or of the name')
    .option('--market <market>', 'only those listed there, such as KOSDAQ')
    .option('--kind <kind>', 'only those of that kind, such as etf')
    .option('--seen', 'only those of which there are records')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', listHelp)
    .action(async (text: string | undefined, options: ListOptions) => {
      const rows = await onStore(options, store =>
        withinMinutes('Nothing was listed.', ({ signal }) => listInstruments(store.query, { text, ...options }, signal)),
      )
      print(options.format === 'json' ? rows.map(withoutTimestamp) : rows, columns, options.format)
    })
}

function show(): Command {
  return new Command('show')
    .description('Show one instrument, and what the list of the venue said of it when')
    .argument('<symbol>', 'its code or its name')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  tickhouse instruments show 005930\n  tickhouse instruments show 삼성전자 --format json')
    .action(async (word: string, options: StoreOptions) => {
      const found = await onStore(options, store => withinMinutes('Nothing was shown.', ({ signal }) => find(store, word, signal)))
      if (options.format === 'json') printJson(found.map(({ row, history }) => ({ ...withoutTimestamp(row), history })))
      else for (const { row, history } of found) showOne(row, history)
    })
}

/** Throws UsageError where nothing has that code or name. */
async function find(store: Store, word: string, signal: AbortSignal): Promise<InstrumentHistory[]> {
  const found = await instrumentsNamed(store.query, word, signal)
  if (found.length > 0) return found
  throw new UsageError(
    `Expected the code or the name of an instrument, was "${word}"; \`tickhouse instruments list\` looks for parts of them`,
  )
}

function showOne(row: InstrumentRow, history: InstrumentHistory['history']): void {
  const shown = { ...withoutTimestamp(row), updated_at: koreanTime(row.updated_at) }
  const facts = Object.entries(shown).map(([column, value]) => ({ column, value }))
  print(facts, ['column', 'value'], 'table')
  if (history.length > 0) print(history, ['from', 'last_day', 'name', 'market', 'kind', 'listed_shares', 'nxt', 'audit', 'state'], 'table')
}

/** The time of a row is only a part of its key. */
function withoutTimestamp(row: InstrumentRow): Omit<InstrumentRow, 'timestamp'> {
  const { timestamp: _, ...rest } = row as InstrumentRow & { readonly timestamp: number }
  return rest
}
