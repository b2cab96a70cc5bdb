import { loadCalendar } from '@tickhouse/calendar'
import { tableDefinitions } from '@tickhouse/catalogue'
import { createLogger, messageOf } from '@tickhouse/runtime'
import { bringInLine, openStore, type Store, StoreError, type TablePlan, type ViewPlan, wantedViews } from '@tickhouse/store'
import { Command } from 'commander'
import { loadConnections } from '../connections.ts'
import { withinMinutes } from '../interruptible.ts'
import { complain, type Format, formatOption, print, printJson, printLines } from '../output.ts'

interface Options {
  readonly format: Format
  readonly data: string
  readonly lenient?: true
}

/** `tickhouse tables plan|apply`: brings QuestDB's tables and views in line with the catalogue. */
export function tables(): Command {
  return new Command('tables')
    .description("Show or make the differences between QuestDB's tables and views and the catalogue")
    .addCommand(verb('plan', 'Show what apply would do; change nothing', () => {}))
    .addCommand(
      verb(
        'apply',
        'Create what is missing, fill the tables of the catalogue, replace views that differ; a second time it finds everything done',
        command => command.option('--lenient', 'exit 0 when the only differences left are views that QuestDB refused to make'),
      ),
    )
}

function verb(name: 'plan' | 'apply', description: string, add: (command: Command) => void): Command {
  const command = new Command(name)
    .description(description)
    .option('--data <folder>', 'data folder of `tickhouse start`, for the address of QuestDB when the environment has none', '.tickhouse')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Columns are only ever added. VIEWS says which views there are; one whose rows could not be made again is kept, and so is one of yours.

Examples:
  tickhouse tables ${name}
  QDB_CLIENT_CONF="http::addr=questdb:9000;" VIEWS=all tickhouse tables ${name} --format json`,
    )
    .action((options: Options) => run(name, options))
  add(command)
  return command
}

async function run(name: 'plan' | 'apply', { format, data, lenient }: Options): Promise<void> {
  const [calendar, views] = [loadCalendar(process.env), wantedViews(process.env)]
  const store = connect(data)
  try {
    const plan = await withinMinutes('Nothing was changed.', async ({ tell, signal }) => {
      tell(() => `Asking QuestDB at ${store.address} for its tables`)
      await store.connect(signal)
      return { ...(await store.tables.plan(tableDefinitions, signal)), views: await store.views.plan(views, signal) }
    })
    printPlan(plan, format)
    if (name === 'apply')
      await withinMinutes('What was made stays; run the same command again.', ({ signal }) =>
        bringInLine(store, { plan, calendar, views }, signal),
      )
  } catch (error) {
    if (lenient !== true || !(error instanceof StoreError) || error.code !== 'STORE_VIEW_REFUSED') throw error
    complain(messageOf(error))
  } finally {
    store.close()
  }
}

function connect(data: string): Store {
  const { configurationString } = loadConnections(process.env, data, ['configurationString'])
  const log = createLogger({ name: 'tables', level: process.env['LOG_LEVEL'] ?? 'warn' })
  return openStore({ configurationString, log })
}

/** One line per difference, or the plan as JSON. */
export function printPlan(plan: TablePlan & { readonly views: ViewPlan }, format: Format): void {
  if (format === 'json') return void printJson(plan)
  const rows = [...tableRows(plan), ...viewRows(plan.views)]
  const { unchanged, views } = plan
  if (rows.length === 0) printLines([`All ${unchanged.length} tables and ${views.unchanged.length} views are as the catalogue says.`])
  else print(rows, ['table', 'action', 'what', 'from', 'to'], 'table')
}

function tableRows({ create, add, refused, extra }: TablePlan) {
  return [
    ...create.map(({ name, columns }) => ({ table: name, action: 'create', what: 'columns', from: null, to: columns.length })),
    ...add.map(({ table, column }) => ({ table, action: 'add', what: `column ${column.name}`, from: null, to: column.questType })),
    ...extra.map(({ table, column }) => ({ table, action: 'keep', what: `column ${column}`, from: null, to: null })),
    ...refused.map(({ table, subject, expected, found }) => ({ table, action: 'REFUSED', what: subject, from: found, to: expected })),
  ]
}

function viewRows({ create, replace, drop, kept }: ViewPlan) {
  const row = (table: string, action: string, what: string) => ({ table, action, what, from: null, to: null })
  return [
    ...drop.map(({ name, kind }) => row(name, 'drop', kind)),
    ...create.map(({ name, materialized }) => row(name, 'create', materialized ? 'materialized view' : 'view')),
    ...replace.map(({ view, reason }) => row(view.name, 'replace', reason)),
    ...kept.map(({ name, reason, mend }) => row(name, 'KEEP', `${reason}: ${mend}`)),
  ]
}
