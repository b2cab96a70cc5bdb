import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'

/** A small table of any name, with the header that every table has. */
export function ticksTable(name = 'ticks'): TableDefinition {
  const column = (columnName: string, questType: TableDefinition['columns'][number]['questType'], required = true) => ({
    name: columnName,
    questType,
    required,
    description: columnName,
  })
  return {
    name,
    columns: [
      column('timestamp', 'TIMESTAMP'),
      column('symbol', 'SYMBOL'),
      column('venue', 'SYMBOL'),
      column('session', 'SYMBOL'),
      column('seq', 'LONG'),
      column('price', 'DOUBLE', false),
      column('note', 'VARCHAR', false),
      column('ladder', 'DOUBLE[][]', false),
      column('sizes', 'DOUBLE[]', false),
      column('kafka_partition', 'INT'),
      column('kafka_offset', 'LONG'),
    ],
    dedupKeys: ['timestamp', 'symbol', 'venue', 'session', 'seq'],
    partitionBy: 'HOUR',
  }
}

export const firstUs = 1_700_000_000_000_000

/** Record number `seq` of a session, one per ms. */
export function tick(seq: number, more: Readonly<Record<string, unknown>> = {}): DataRecord {
  return { timestamp: firstUs + seq * 1000, symbol: '005930', venue: 'KRX', session: 's1', seq, price: 71_500 + seq, ...more }
}

/** The rows of records, whose offsets are their places; throws for a record that is rejected. */
export function rowsOf(table: TableDefinition, records: readonly DataRecord[], partition = 0): RowBuffer {
  const rows = new RowBuffer()
  const encoder = encoderFor(table)
  records.forEach((record, offset) => {
    const rejection = encoder.encode(record, partition, offset, rows)
    if (rejection) throw new Error(`${rejection.column}: ${rejection.reason}`)
  })
  return rows
}

/** Ticks 1 to `count`; `more` adds to each. */
export function ticks(count: number, more: (seq: number) => Readonly<Record<string, unknown>> = () => ({})): DataRecord[] {
  return Array.from({ length: count }, (_, index) => tick(index + 1, more(index + 1)))
}
