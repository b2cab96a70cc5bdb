import { SenderBufferV2 } from '@questdb/nodejs-client'
import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'

/** The bytes that the official client makes of a record, its fields in the order of the record. */
export function officialRow(table: TableDefinition, record: DataRecord, partition: number, offset: number): Buffer {
  const buffer = new SenderBufferV2({ protocol: 'http' } as ConstructorParameters<typeof SenderBufferV2>[0])
  buffer.table(table.name)
  const types = new Map(table.columns.map(({ name, questType }) => [name, questType]))
  const entries = Object.entries(record).filter(([name, value]) => types.has(name) && value !== null && value !== undefined)
  for (const { name, questType } of table.columns) {
    const value = record[name]
    if (questType === 'SYMBOL' && value !== null && value !== undefined) buffer.symbol(name, value)
  }
  for (const [name, value] of entries) if (name !== 'timestamp') writeField(buffer, name, types.get(name)!, value)
  if (types.has('kafka_partition')) buffer.intColumn('kafka_partition', partition)
  if (types.has('kafka_offset')) buffer.intColumn('kafka_offset', offset)
  buffer.at(record.timestamp, 'us')
  return Buffer.from(buffer.toBufferView())
}

function writeField(buffer: SenderBufferV2, name: string, type: string, value: unknown): void {
  if (type === 'DOUBLE') buffer.floatColumn(name, value as number)
  else if (type === 'LONG' || type === 'INT') buffer.intColumn(name, value as number)
  else if (type === 'TIMESTAMP') buffer.timestampColumn(name, value as number, 'us')
  else if (type === 'VARCHAR') buffer.stringColumn(name, textOf(name, value))
  else if (type.endsWith('[]')) buffer.arrayColumn(name, withoutNulls(value as unknown[]))
}

function textOf(name: string, value: unknown): string {
  if (name !== 'unreadable') return value as string
  return Object.entries(value as Record<string, string>)
    .map(([fid, text]) => `${fid}=${text}`)
    .join(';')
}

/** The client takes no nulls in arrays. */
function withoutNulls(value: unknown[]): unknown[] {
  return value.map(element => (Array.isArray(element) ? withoutNulls(element) : (element ?? Number.NaN)))
}
