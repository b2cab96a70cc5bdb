import type { ColumnDefinition, QuestType } from '../definitions.ts'
import { entityOf } from '../entities.ts'

/** A column of a view. Texts that a query makes are STRING in QuestDB. */
export type ViewColumn = Omit<ColumnDefinition, 'required' | 'questType'> & { readonly questType: QuestType | 'STRING' }

/** How QuestDB keeps the rows of a view. */
export interface Materialization {
  /** The table or the view from whose commits it follows. */
  readonly base: string
  /** As QuestDB spells it behind REFRESH. */
  readonly refresh: 'IMMEDIATE' | 'EVERY 1m'
  readonly partitionBy: 'DAY' | 'MONTH' | 'YEAR'
  /** Two queries of one time: where the rows of the view begin, and where those begin from which they can be made again. */
  readonly oldest: { readonly kept: string; readonly source: string }
}

/** A question that everybody would otherwise write, under a name. */
export interface ViewDefinition {
  readonly name: string
  /** Which setting of VIEWS brings it: `all` where it costs QuestDB something while nobody queries, or reads what does. */
  readonly level: 'basic' | 'all'
  /** What its rows are, in sentences. */
  readonly description: string
  readonly columns: readonly ViewColumn[]
  /** The statement SELECT that it stands for. */
  readonly select: string
  /** For views whose rows QuestDB keeps; the others are worked out by each query. */
  readonly materialized?: Materialization
  /** A query to begin with. */
  readonly example: string
}

/** The rows of the exchanges, without combined items, which repeat them. */
export const ofExchanges = "venue IN ('KRX', 'NXT')"

/** A column with the expression that fills it. */
export interface Expression extends ViewColumn {
  readonly sql: string
}

/** A column that no table has. */
export function made(
  name: string,
  questType: ViewColumn['questType'],
  sql: string,
  description: string,
  more: Pick<ViewColumn, 'unit' | 'legend'> = {},
): Expression {
  return { name, questType, sql, description, ...more }
}

/** Takes columns of a dataset as they stand there, under the same or another name. */
export function columnsOf(dataset: string, alias?: string): (column: string, name?: string) => Expression {
  const { columns } = entityOf(dataset).table
  return (column, name = column) => {
    const { required: _, ...definition } = columns.find(one => one.name === column)!
    return { ...definition, name, sql: alias === undefined ? column : `${alias}.${column}` }
  }
}

/** `SELECT …` of expressions, one a line, and what stands behind it. */
export function select(expressions: readonly Expression[], from: string): string {
  const lines = expressions.map(({ name, sql }) => `  ${sql === name || sql.endsWith(`.${name}`) ? sql : `${sql} AS ${name}`}`)
  return `SELECT\n${lines.join(',\n')}\n${from}`
}

/** The columns that expressions fill. */
export function described(expressions: readonly Expression[]): ViewColumn[] {
  return expressions.map(({ sql: _, ...column }) => column)
}

/** What a code means, in the words of its legend; null for a code without one. */
export function meaningOf(legend: Readonly<Record<string, string>>, sql: string): string {
  const cases = Object.entries(legend).map(([code, meaning]) => `WHEN '${code}' THEN '${meaning.replaceAll("'", "''")}'`)
  return `CASE ${sql} ${cases.join(' ')} END`
}

/** The legend of a column of a dataset. */
export function legendOf(dataset: string, column: string): Readonly<Record<string, string>> {
  return entityOf(dataset).table.columns.find(({ name }) => name === column)!.legend!
}
