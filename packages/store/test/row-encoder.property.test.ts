import { type DataRecord, entities, entityOf, type TableDefinition } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ParsedRow, type ParsedValue, parseLines } from './line-protocol.ts'
import { officialRow } from './official-client.ts'
import { recordsOf } from './records.ts'

const table = fc.constantFrom(...entities.map(entity => entity.table))
const tableAndRecords = table.chain(chosen => fc.tuple(fc.constant(chosen), fc.array(recordsOf(chosen), { minLength: 1, maxLength: 5 })))
const position = fc.tuple(fc.nat(2 ** 31 - 1), fc.maxSafeNat())

test('a row has the very bytes that the official client makes of the record', () => {
  fc.assert(
    fc.property(tableAndRecords, position, ([chosen, records], [partition, offset]) => {
      const rows = new RowBuffer(16)
      const encoder = encoderFor(chosen)
      for (const record of records) expect(encoder.encode(record, partition, offset, rows)).toBeUndefined()
      const expected = Buffer.concat(records.map(record => officialRow(chosen, record, partition, offset)))
      expect(rows.slice().toString('latin1')).toBe(expected.toString('latin1'))
    }),
    { numRuns: 300 },
  )
})

test('what is encoded reads back as the record', () => {
  fc.assert(
    fc.property(tableAndRecords, position, ([chosen, records], [partition, offset]) => {
      const rows = new RowBuffer()
      const encoder = encoderFor(chosen)
      for (const record of records) encoder.encode(record, partition, offset, rows)
      expect(parseLines(rows.slice())).toEqual(records.map(record => expectedRow(chosen, record, partition, offset)))
    }),
    { numRuns: 300 },
  )
})

test('any value whatsoever becomes a row or a rejection, and a rejected record leaves no byte behind', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true })
  const { table: trade } = entityOf('trade')
  const spoiled = fc
    .tuple(recordsOf(trade), fc.dictionary(fc.constantFrom(...trade.columns.map(({ name }) => name)), anything))
    .map(([record, other]) => ({ ...record, ...other }))
  fc.assert(
    fc.property(fc.oneof(anything, spoiled), value => {
      const rows = new RowBuffer()
      const rejection = encoderFor(trade).encode(value as DataRecord, 0, 0, rows)
      expect(rows.rowCount).toBe(rejection ? 0 : 1)
      expect(parseLines(rows.slice())).toHaveLength(rows.rowCount)
    }),
    { numRuns: 2000 },
  )
})

function expectedRow(definition: TableDefinition, record: DataRecord, partition: number, offset: number): ParsedRow {
  const row = { ...record, kafka_partition: partition, kafka_offset: offset } as Record<string, unknown>
  const present = definition.columns.filter(({ name }) => row[name] !== undefined && row[name] !== null && name !== 'timestamp')
  const symbols = present.filter(({ questType }) => questType === 'SYMBOL')
  const fields = present.filter(({ questType }) => questType !== 'SYMBOL')
  return {
    table: definition.name,
    symbols: Object.fromEntries(symbols.map(({ name }) => [name, row[name] as string])),
    fields: Object.fromEntries(fields.map(({ name, questType }) => [name, expectedValue(name, questType, row[name])])),
    timestamp: String(record.timestamp),
  }
}

function expectedValue(name: string, questType: string, value: unknown): ParsedValue {
  if (name === 'unreadable') return { kind: 'text', value: unreadableText(value as Record<string, string>) }
  if (questType === 'VARCHAR') return { kind: 'text', value: value as string }
  if (questType === 'DOUBLE') return { kind: 'double', value: value as number }
  if (questType === 'TIMESTAMP') return { kind: 'time', digits: String(value) }
  if (questType === 'LONG' || questType === 'INT') return { kind: 'integer', digits: String(value) }
  const elements = (value as unknown[]).flat().map(element => (element ?? Number.NaN) as number)
  const dimensions = questType === 'DOUBLE[]' ? [elements.length] : [(value as unknown[]).length, (value as unknown[][])[0]!.length]
  return { kind: 'array', dimensions, elements }
}

function unreadableText(texts: Record<string, string>): string {
  return Object.entries(texts)
    .map(([fid, raw]) => `${fid}=${raw}`)
    .join(';')
}
