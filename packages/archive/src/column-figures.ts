import { timeCondition } from '@tickhouse/audit'
import type { Interval } from '@tickhouse/calendar'
import type { QuestType, TableDefinition } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'
import type { Parquet } from './parquet.ts'
import { columnsOf, type FileColumn } from './parquet-sql.ts'

// QuestDB makes the files that an archive is made of, and may make one that lacks values. So figures about every column are asked for twice: in SQL, and of the files.

/** A figure of a column in SQL of QuestDB and of DuckDB. */
interface Figure {
  readonly name: string
  readonly quest: string
  readonly duck: string
}

/** How many values there are, and how much they come to: bytes of a text, amounts of a number whatever their sign. */
const figures: Readonly<Record<QuestType, (column: string) => readonly Figure[]>> = {
  SYMBOL: column => [counted(column), bytes(column, `cast(${column} AS VARCHAR)`)],
  VARCHAR: column => [counted(column), bytes(column, column)],
  DOUBLE: column => [
    { ...counted(column), duck: `count(${number(column)})` },
    { name: 'amount', quest: `sum(abs(${column}))`, duck: `sum(abs(${number(column)}))` },
  ],
  LONG: column => [counted(column), amount(column)],
  INT: column => [counted(column), amount(column)],
  TIMESTAMP: column => [
    counted(column),
    { name: 'remainder', quest: `sum(cast(${column} AS LONG) % 1000003)`, duck: `sum(epoch_us("${column}") % 1000003)` },
  ],
  'DOUBLE[]': column => [elements(column, `"${column}"`)],
  'DOUBLE[][]': column => [elements(column, `flatten("${column}")`)],
}

/** Sums of fractions differ in their last digits by the order in which they are added. */
const tolerance = 1e-9

/** How what some files hold differs from what QuestDB says of a table in some time, a sentence for each figure. */
export async function columnDifferences(
  { store, parquet, signal }: { readonly store: Store; readonly parquet: Parquet; readonly signal: AbortSignal },
  { table, time, files }: { readonly table: TableDefinition; readonly time: Interval; readonly files: readonly string[] },
): Promise<string[]> {
  const wanted = columnsOf(table).flatMap(figuresOf)
  const asked = wanted.map(({ name, quest }) => `${quest} AS "${name}"`).join(', ')
  const [stored] = await store.query<Record<string, number | null>>(
    `SELECT ${asked} FROM ${table.name} WHERE ${timeCondition(time)}`,
    signal,
  )
  const exported = await parquet.figures(Object.fromEntries(wanted.map(({ name, duck }) => [name, duck])), files)
  return wanted.flatMap(({ name }) => {
    const [one, other] = [stored![name] ?? 0, exported[name] ?? 0]
    return Math.abs(one - other) <= tolerance * Math.max(Math.abs(one), Math.abs(other))
      ? []
      : [`${name}: ${one} in QuestDB, ${other} in its files`]
  })
}

function figuresOf({ name: column, type }: FileColumn): Figure[] {
  return figures[type](column).map(figure => ({ ...figure, name: `${figure.name} of ${column}` }))
}

function counted(column: string): Figure {
  return { name: 'values', quest: `count(${column})`, duck: `count("${column}")` }
}

/** QuestDB gives -1 for the bytes of null. */
function bytes(column: string, text: string): Figure {
  return { name: 'bytes', quest: `sum(length_bytes(${text})) + count() - count(${column})`, duck: `sum(strlen("${column}"))` }
}

function amount(column: string): Figure {
  return { name: 'amount', quest: `sum(cast(abs(${column}) AS DOUBLE))`, duck: `sum(abs("${column}")::DOUBLE)` }
}

function elements(column: string, list: string): Figure {
  return { name: 'elements', quest: `sum(array_count(${column}))`, duck: `sum(len(list_filter(${list}, lambda x: NOT isnan(x))))` }
}

function number(column: string): string {
  return `nullif("${column}", 'nan'::DOUBLE)`
}
