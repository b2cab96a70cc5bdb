import type { QuestType, TableDefinition } from '@tickhouse/catalogue'
import { quoted } from '@tickhouse/store'

// What DuckDB is told of files and their columns.

/** A column of a file, with the type that it has in QuestDB. */
export interface FileColumn {
  readonly name: string
  readonly type: QuestType
}

/** The columns of a table's files. */
export function columnsOf({ columns }: TableDefinition): FileColumn[] {
  return columns.map(({ name, questType: type }) => ({ name, type }))
}

/** The folders of an archive look like columns, and are not read as such. */
export function rowsOf(files: readonly string[]): string {
  return `read_parquet([${files.map(file => quoted(literalPath(file))).join(', ')}], hive_partitioning = false)`
}

/** A path of which no character stands for others. */
function literalPath(path: string): string {
  return path.replaceAll(/[[*?]/g, '[$&]')
}

/** The name of a column in SQL. */
export function named({ name }: FileColumn): string {
  return `"${name}"`
}

const types: Readonly<Record<QuestType, string>> = {
  SYMBOL: 'VARCHAR',
  VARCHAR: 'VARCHAR',
  DOUBLE: 'DOUBLE',
  LONG: 'BIGINT',
  INT: 'INTEGER',
  TIMESTAMP: 'TIMESTAMPTZ',
  'DOUBLE[]': 'DOUBLE[]',
  'DOUBLE[][]': 'DOUBLE[][]',
}

/** How a column stands in a file, whatever its rows hold. What is missing is null, where QuestDB exports NaN. */
export function storedAs(column: FileColumn): string {
  const value = `${named(column)}::${types[column.type]}`
  if (column.type === 'DOUBLE[]') return `list_transform(${value}, lambda x: ${orNull('x')})`
  if (column.type === 'DOUBLE[][]') return `list_transform(${value}, lambda y: list_transform(y, lambda x: ${orNull('x')}))`
  return column.type === 'DOUBLE' ? orNull(value) : value
}

function orNull(number: string): string {
  return `nullif(${number}, 'nan'::DOUBLE)`
}

/** Numbers of JavaScript hold each time and count exactly, and are made faster than its large integers. */
export function readAs(column: FileColumn): string {
  if (column.type === 'TIMESTAMP') return `epoch_us(${named(column)})::DOUBLE`
  return column.type === 'LONG' ? `${named(column)}::DOUBLE` : named(column)
}
