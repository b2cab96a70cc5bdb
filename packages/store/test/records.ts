import type { ColumnDefinition, DataRecord, TableDefinition } from '@tickhouse/catalogue'
import fc from 'fast-check'

/** Every text that QuestDB can hold in a SYMBOL: well-formed Unicode without null characters. */
const text = fc.string({ unit: 'binary', maxLength: 20 }).map(value => value.replaceAll('\0', '_'))
const nonEmptyText = text.map(value => value || '*')
const double = fc.double({ noNaN: true, noDefaultInfinity: true })
const element = fc.option(double, { freq: 5 })
const unreadable = fc.dictionary(fc.nat(99_999).map(String), text, { maxKeys: 3 })
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, length]) => fc.array(fc.array(element, { minLength: length, maxLength: length }), { minLength: rows, maxLength: rows }))

/** Records that a table can hold, with columns absent, null and out of order. */
export function recordsOf(table: TableDefinition): fc.Arbitrary<DataRecord> {
  const columns = table.columns.filter(({ name }) => !name.startsWith('kafka_'))
  const required = columns.filter(column => column.required).map(({ name }) => name)
  const shape = Object.fromEntries(
    columns.map(column => [column.name, column.required ? columnValue(column) : fc.option(columnValue(column))]),
  )
  const inOrder = fc.record(shape, { requiredKeys: required })
  const shuffled = inOrder.chain(record => fc.shuffledSubarray(Object.entries(record), { minLength: Object.keys(record).length }))
  return fc.oneof(inOrder, shuffled.map(Object.fromEntries)) as fc.Arbitrary<unknown> as fc.Arbitrary<DataRecord>
}

function columnValue({ name, questType, required }: ColumnDefinition): fc.Arbitrary<unknown> {
  if (name === 'timestamp') return fc.maxSafeNat()
  if (name === 'unreadable') return unreadable
  switch (questType) {
    case 'SYMBOL':
      return required ? nonEmptyText : text
    case 'VARCHAR':
      return text
    case 'DOUBLE':
      return double
    case 'INT':
      return fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 })
    case 'LONG':
    case 'TIMESTAMP':
      return fc.maxSafeInteger()
    case 'DOUBLE[]':
      return fc.array(element, { maxLength: 10 })
    case 'DOUBLE[][]':
      return matrix
  }
}
