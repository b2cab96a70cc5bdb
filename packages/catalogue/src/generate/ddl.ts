import type { ColumnDefinition, TableDefinition } from '../definitions.ts'

/** The statement that creates a table: WAL, partitioned, deduplicated, so that writing a row again changes nothing. */
export function ddlOf(table: TableDefinition): string {
  const columns = table.columns.map(column => `  ${ddlOfColumn(column)}`).join(',\n')
  return `CREATE TABLE IF NOT EXISTS ${table.name} (\n${columns}\n) TIMESTAMP(timestamp) PARTITION BY ${table.partitionBy} WAL\nDEDUP UPSERT KEYS(${table.dedupKeys.join(', ')});\n`
}

/** One column as it stands in CREATE TABLE and after ADD COLUMN. */
export function ddlOfColumn(column: ColumnDefinition): string {
  return `${column.name} ${column.questType}`
}
