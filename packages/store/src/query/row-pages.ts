import type { Interval } from '@tickhouse/calendar'
import type { TableDefinition } from '@tickhouse/catalogue'
import { quoted, type RunQuery, type SqlRow, timeLiteral } from './query.ts'

/** Which rows of a table to read, and how much of them. */
export interface RowSelection extends Partial<Interval> {
  readonly table: TableDefinition
  /** The deduplication keys must be among them; all columns when left out. */
  readonly columns?: readonly string[]
  /** Columns of text and what must stand in them. */
  readonly only?: Readonly<Record<string, string>>
  readonly pageRows?: number
}

/**
 * Reads rows in the order of their time, page by page. Each page begins at the time of the last row before it, which QuestDB finds without a scan; rows of that
 * very time that were handed over already are left out.
 */
export async function* rowPages(run: RunQuery, selection: RowSelection, signal?: AbortSignal): AsyncGenerator<SqlRow[]> {
  const { table, pageRows = 2_000 } = selection
  let fromUs = selection.fromUs ?? 0
  let handedOver: ReadonlySet<string> = new Set()
  for (;;) {
    const limit = pageRows + handedOver.size
    const rows = await run(`${statement(selection, fromUs)} LIMIT ${limit}`, signal)
    const fresh = rows.filter(row => row['timestamp'] !== fromUs || !handedOver.has(keyOf(table, row)))
    if (fresh.length > 0) yield fresh
    if (rows.length < limit) return
    fromUs = rows.at(-1)!['timestamp'] as number
    handedOver = new Set(rows.filter(row => row['timestamp'] === fromUs).map(row => keyOf(table, row)))
  }
}

function statement({ table, columns = table.columns.map(({ name }) => name), only = {}, toUs }: RowSelection, fromUs: number): string {
  const conditions = [
    `timestamp >= ${timeLiteral(fromUs)}`,
    ...(toUs === undefined ? [] : [`timestamp < ${timeLiteral(toUs)}`]),
    ...Object.entries(only).map(([column, value]) => `${column} = ${quoted(value)}`),
  ]
  return `SELECT ${columns.join(', ')} FROM ${table.name} WHERE ${conditions.join(' AND ')} ORDER BY timestamp`
}

function keyOf({ dedupKeys }: TableDefinition, row: SqlRow): string {
  return JSON.stringify(dedupKeys.map(name => row[name]))
}
