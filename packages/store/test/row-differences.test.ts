import type { SqlRow } from '@tickhouse/store'
import { rowDifferences } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { tick, ticksTable } from './ticks.ts'

const table = ticksTable()

function rowOf(more: SqlRow = {}): SqlRow {
  return { ...(tick(1) as unknown as SqlRow), note: null, ladder: null, sizes: null, kafka_partition: 3, kafka_offset: 9, ...more }
}

test('a row that holds its record differs in nothing, wherever it stood in Kafka', () => {
  expect(rowDifferences(table, tick(1), rowOf())).toEqual([])
  expect(rowDifferences(table, tick(1), rowOf({ kafka_partition: 0, kafka_offset: 0 }))).toEqual([])
})

test('a column that is absent from the record must be null, and the other way round', () => {
  expect(rowDifferences(table, tick(1, { note: undefined }), rowOf({ note: '' }))).toEqual([{ column: 'note', found: '', expected: null }])
  expect(rowDifferences(table, tick(1, { note: 'x', price: 0 }), rowOf({ price: null }))).toEqual([
    { column: 'price', found: null, expected: 0 },
    { column: 'note', found: null, expected: 'x' },
  ])
})

test('arrays are compared element by element, nulls among them', () => {
  const record = tick(1, { ladder: [[1, null]], sizes: [] })
  expect(rowDifferences(table, record, rowOf({ ladder: [[1, null]], sizes: [] }))).toEqual([])
  const found = rowDifferences(table, record, rowOf({ ladder: [[1, 2]], sizes: null }))
  expect(found.map(({ column }) => column)).toEqual(['ladder', 'sizes'])
  expect(rowDifferences(table, tick(1, { ladder: [[], []] }), rowOf({ ladder: [] }))).toEqual([])
})

test('what could not be read is compared as the text that it becomes', () => {
  const unreadable = { name: 'unreadable', questType: 'VARCHAR', required: false, description: '' } as const
  const withTexts = { ...table, columns: [...table.columns, unreadable] }
  const record = tick(1, { unreadable: { 15: '1,000', 851: 'abc' } })
  expect(rowDifferences(withTexts, record, rowOf({ unreadable: '15=1,000;851=abc' }))).toEqual([])
  expect(rowDifferences(withTexts, record, rowOf({ unreadable: null }))).toHaveLength(1)
})
