import type { ColumnDefinition, TableDefinition } from '../definitions.ts'
import type { ViewDefinition } from '../views/view.ts'

/** The statement that creates a table: WAL, partitioned, deduplicated, so that writing a row again changes nothing. */
export function ddlOf(table: TableDefinition): string {
  const columns = table.columns.map(column => `  ${ddlOfColumn(column)}`).join(',\n')
  return `CREATE TABLE IF NOT EXISTS ${table.name} (\n${columns}\n) TIMESTAMP(timestamp) PARTITION BY ${table.partitionBy} WAL\nDEDUP UPSERT KEYS(${table.dedupKeys.join(', ')});\n`
}

/** One column as it stands in CREATE TABLE and after ADD COLUMN. */
export function ddlOfColumn(column: ColumnDefinition): string {
  return `${column.name} ${column.questType}`
}

/** Begins what we define, so that a view of ours is told from one of somebody else. */
export const ourMark = '/* tickhouse */'

/** What a view stands for, as QuestDB keeps it. */
export function viewSql({ select }: ViewDefinition): string {
  return `${ourMark}\n${select}`
}

/** The statement that makes a view; a materialized one must not be there yet. */
export function ddlOfView(view: ViewDefinition): string {
  const { name, materialized } = view
  if (materialized === undefined) return `CREATE OR REPLACE VIEW ${name} AS (${viewSql(view)}\n);\n`
  const { base, refresh, partitionBy } = materialized
  return `CREATE MATERIALIZED VIEW ${name} WITH BASE '${base}' REFRESH ${refresh} AS (${viewSql(view)}\n) PARTITION BY ${partitionBy};\n`
}
