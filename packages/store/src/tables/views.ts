import { views as all } from '@tickhouse/catalogue'
import { choice, type Env, type Logger, loadConfig, messageOf } from '@tickhouse/runtime'
import { isOfOneTable, StoreError } from '../errors.ts'
import { quoted, type RunQuery } from '../query/query.ts'
import { type ExistingView, emptiedBy, planViews, type ViewPlan, viewStatements, type WantedViews } from './view-plan.ts'

/** The setting that says which views there are. */
export const viewSettings = {
  views: choice('VIEWS', ['none', 'basic', 'all'], {
    default: 'all',
    describe:
      'Which [views](views.md) QuestDB has: `all`, or `basic`: without the bars and quotes that it keeps up to date, which cost a little processor and disk',
  }),
} as const

/** The views of the catalogue, and which of them VIEWS asks for. Throws ConfigError. */
export function wantedViews(env: Env): WantedViews {
  const { views: setting } = loadConfig(viewSettings, env)
  return { all, wanted: new Set(all.filter(({ level }) => setting === 'all' || setting === level).map(({ name }) => name)) }
}

interface TableRow {
  readonly table_name: string
  readonly table_type: 'T' | 'V' | 'M'
  readonly partitionBy: string
}

interface MaterializedRow {
  readonly view_name: string
  readonly view_sql: string
  readonly base_table_name: string
  readonly refresh_type: string
  readonly timer_interval: number
  readonly timer_interval_unit: string | null
  readonly view_status: string
  readonly invalidation_reason: string | null
}

/** Makes the views what the catalogue says. */
export class Views {
  readonly #run: RunQuery
  readonly #log: Logger

  constructor(run: RunQuery, log: Logger) {
    this.#run = run
    this.#log = log
  }

  /** Compares the views that are wanted with what QuestDB has; changes nothing. */
  async plan(views: WantedViews, signal?: AbortSignal): Promise<ViewPlan> {
    try {
      return await this.#plan(views, signal)
    } catch (error) {
      if (!isOfOneTable(error)) throw error
      return withoutViews(views, messageOf(error))
    }
  }

  async #plan(views: WantedViews, signal: AbortSignal | undefined): Promise<ViewPlan> {
    const existing = await this.#existing(views, signal)
    const plan = planViews(views, existing, new Set())
    const irreplaceable = new Set<string>()
    for (const name of emptiedBy(plan)) if (!(await this.#canBeMadeAgain(name, views, signal))) irreplaceable.add(name)
    return irreplaceable.size === 0 ? plan : planViews(views, existing, irreplaceable)
  }

  /** Carries out all of a plan that can be; a second time it finds everything done. In the end throws STORE_VIEW_REFUSED with what QuestDB would not make. */
  async apply(plan: ViewPlan, signal?: AbortSignal): Promise<void> {
    const failed: { view: string; reason: string }[] = []
    for (const { name, statement } of viewStatements(plan, all))
      try {
        await this.#run(statement, signal)
        this.#log.info({ view: name }, statement.startsWith('DROP') ? 'View dropped' : 'View created')
      } catch (error) {
        if (!isOfOneTable(error)) throw error
        failed.push({ view: name, reason: messageOf(error) })
      }
    for (const { name, reason, mend } of plan.kept) this.#log.warn({ view: name, reason, mend }, 'View stays as it is')
    if (failed.length === 0) return
    const text = `Views were not made; everything else is done:\n${failed.map(({ view, reason }) => `${view}: ${reason}`).join('\n')}`
    throw new StoreError('STORE_VIEW_REFUSED', text, { failed })
  }

  /** Whatever has the name of a view, and every view besides. */
  async #existing({ wanted }: WantedViews, signal: AbortSignal | undefined): Promise<ExistingView[]> {
    const tables = await this.#run<TableRow>('SELECT table_name, table_type, partitionBy FROM tables()', signal)
    const plain = await this.#run<{ view_name: string; view_sql: string }>('SELECT view_name, view_sql FROM views()', signal)
    const materialized = await this.#run<MaterializedRow>('SELECT * FROM materialized_views()', signal)
    const partitions = new Map(tables.map(({ table_name: name, partitionBy }) => [name, partitionBy]))
    return [
      ...tables.flatMap(({ table_name: name, table_type: type }) =>
        type === 'T' && wanted.has(name) ? [{ name, kind: 'table' as const, sql: '' }] : [],
      ),
      ...plain.map(({ view_name: name, view_sql: sql }) => ({ name, kind: 'view' as const, sql: sql.trim() })),
      ...materialized.map(row => materializedView(row, partitions.get(row.view_name)!)),
    ]
  }

  /** Whether the rows are still there that the rows of a materialized view were made from; of a view that is not in the catalogue nobody knows. */
  async #canBeMadeAgain(name: string, { all: views }: WantedViews, signal: AbortSignal | undefined): Promise<boolean> {
    const oldest = views.find(view => view.name === name)?.materialized?.oldest
    const [kept] = await this.#run<Oldest>(oldest?.kept ?? `SELECT timestamp AS oldest FROM ${quoted(name)} LIMIT 1`, signal)
    if ((kept?.oldest ?? null) === null) return true
    if (oldest === undefined) return false
    const [source] = await this.#run<Oldest>(oldest.source, signal)
    return (source?.oldest ?? null) !== null && source!.oldest! <= kept!.oldest!
  }
}

/** What can be done where QuestDB does not even tell its views, as before 9.3. */
function withoutViews({ wanted }: WantedViews, reason: string): ViewPlan {
  const mend = 'upgrade QuestDB, or set VIEWS=none'
  return {
    create: [],
    replace: [],
    drop: [],
    kept: [...wanted].map(name => ({ name, reason: `is not there: ${reason}`, mend })),
    unchanged: [],
  }
}

interface Oldest {
  readonly oldest: number | null
}

function materializedView(row: MaterializedRow, partitionBy: string): ExistingView {
  const { refresh_type: type, timer_interval: interval, timer_interval_unit: unit } = row
  return {
    name: row.view_name,
    kind: 'materialized view',
    sql: row.view_sql.trim(),
    base: row.base_table_name,
    refresh: type === 'timer' ? `EVERY ${interval}${unit?.[0]?.toLowerCase()}` : type.toUpperCase(),
    partitionBy,
    ...(row.view_status === 'invalid' && { invalid: row.invalidation_reason ?? 'for an unknown reason' }),
  }
}
