import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'
import { encoderFor } from './lines.ts'
import { RowBuffer } from './row-buffer.ts'

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
