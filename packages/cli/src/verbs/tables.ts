import { loadCalendar } from '@tickhouse/calendar'
import { dictionary, tableDefinitions } from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { openStore, type Store, type TablePlan } from '@tickhouse/store'
import { Command } from 'commander'
import { loadConnections } from '../connections.ts'
import { withinMinutes } from '../interruptible.ts'
import { type Format, formatOption, print, printJson, printLines } from '../output.ts'

interface Options {
  readonly format: Format
  readonly data: string
}

/** `tickhouse tables plan|apply`: brings QuestDB's tables in line with the catalogue, adding only. */
export function tables(): Command {
  return new Command('tables')
    .description("Show or make the differences between QuestDB's tables and the catalogue")
    .addCommand(verb('plan', 'Show what apply would do; changes nothing', async () => {}))
    .addCommand(
      verb(
        'apply',
        'Create what is missing, and fill the dictionary and the trading calendar; a second time it finds everything done',
        async (store, plan, signal) => {
          const calendar = loadCalendar(process.env)
          const applying = store.tables.apply(plan, signal)
          await applying.catch(() => {})
          await store.tables.fillDictionary(dictionary(), signal)
          await store.tables.fillCalendar(calendar, Date.now() * 1000, signal)
          await applying
        },
      ),
    )
}

function verb(
  name: 'plan' | 'apply',
  description: string,
  run: (store: Store, plan: TablePlan, signal: AbortSignal) => Promise<void>,
): Command {
  return new Command(name)
    .description(description)
    .option('--data <folder>', 'data folder of `tickhouse start`, for the address of QuestDB when the environment has none', '.tickhouse')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `\nExamples:\n  tickhouse tables ${name}\n  QDB_CLIENT_CONF="http::addr=questdb:9000;" tickhouse tables ${name} --format json`,
    )
    .action(async ({ format, data }: Options) => {
      const store = connect(data)
      try {
        const plan = await withinMinutes('Nothing was changed.', async ({ tell, signal }) => {
          tell(() => `Asking QuestDB at ${store.address} for its tables`)
          await store.connect(signal)
          return store.tables.plan(tableDefinitions, signal)
        })
        printPlan(plan, format)
        await withinMinutes('What was made stays; run the same command again.', ({ signal }) => run(store, plan, signal))
      } finally {
        store.close()
      }
    })
}

function connect(data: string): Store {
  const { configurationString } = loadConnections(process.env, data, ['configurationString'])
  const log = createLogger({ name: 'tables', level: process.env['LOG_LEVEL'] ?? 'warn' })
  return openStore({ configurationString, log })
}

/** One line per difference, or the plan as JSON. */
export function printPlan(plan: TablePlan, format: Format): void {
  if (format === 'json') return void printJson(plan)
  const rows = planRows(plan)
  if (rows.length === 0) printLines([`All ${plan.unchanged.length} tables are as the catalogue says.`])
  else print(rows, ['table', 'action', 'what', 'from', 'to'], 'table')
}

function planRows({ create, add, refused, extra }: TablePlan) {
  return [
    ...create.map(({ name, columns }) => ({ table: name, action: 'create', what: 'columns', from: null, to: columns.length })),
    ...add.map(({ table, column }) => ({ table, action: 'add', what: `column ${column.name}`, from: null, to: column.questType })),
    ...extra.map(({ table, column }) => ({ table, action: 'keep', what: `column ${column}`, from: null, to: null })),
    ...refused.map(({ table, subject, expected, found }) => ({ table, action: 'REFUSED', what: subject, from: found, to: expected })),
  ]
}
