import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'
import type { SqlRow } from '../query/query.ts'
import { RowBuffer } from '../rows/row-buffer.ts'
import { encoderFor } from '../rows/row-encoder.ts'

/** How the rows of a table compare with those that it should hold. */
export interface ExactRows {
  readonly same: boolean
  /** It has others besides, which only emptying it removes. */
  readonly outdated: boolean
}

/** The rows of records that we make ourselves and that come from no topic. Throws for a record that the table cannot hold: that is a mistake of ours. */
export function encodeRecords(table: TableDefinition, records: readonly DataRecord[]): RowBuffer {
  const encoder = encoderFor(table)
  const rows = new RowBuffer()
  for (const record of records) {
    const rejection = encoder.encode(record, 0, 0, rows)
    if (rejection) throw new Error(`A row of ${table.name} cannot be written: ${rejection.column}: ${rejection.reason}`)
  }
  return rows
}

/** Whether a table's rows are these records, each once, and whether it has others besides. Its deduplication keys tell records apart. */
export function compareRows({ columns, dedupKeys }: TableDefinition, records: readonly DataRecord[], found: readonly SqlRow[]): ExactRows {
  const keyOf = (row: Readonly<Record<string, unknown>>) => JSON.stringify(dedupKeys.map(name => row[name] ?? null))
  const textOf = (row: Readonly<Record<string, unknown>>) => JSON.stringify(columns.map(({ name }) => row[name] ?? null))
  const wanted = new Map(records.map(record => [keyOf(record), textOf(record)]))
  const outdated = found.some(row => !wanted.has(keyOf(row)))
  return { outdated, same: !outdated && found.length === wanted.size && found.every(row => wanted.get(keyOf(row)) === textOf(row)) }
}
