import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { recordOf } from '../src/restore-date.ts'

const position = { partition: 3, offset: 17 }
const header = { timestamp: 1_790_000_000_123_456, symbol: '005930', venue: 'KRX', session: 's1', seq: 7 }
const book = entityOf('order_book')

/** The line that QuestDB is sent for a record. */
function lineOf(record: DataRecord): string {
  const rows = new RowBuffer()
  expect(encoderFor(book.table).encode(record, position.partition, position.offset, rows)).toBeUndefined()
  return rows.slice().toString('latin1')
}

test('a row becomes the line that its record became, whatever could not be read of it', () => {
  const record = {
    ...header,
    best_ask: 70_100,
    asks: [
      [1, null],
      [2, 3],
    ],
    unreadable: { '41': 'a=b;c', '42': '' },
  }
  const row = {
    ...header,
    best_ask: 70_100,
    bids: null,
    asks: [
      [1, null],
      [2, 3],
    ],
    unreadable: '41=a=b;c;42=',
    kafka_partition: 3,
    kafka_offset: 17,
  }
  expect(lineOf(recordOf(row, book))).toBe(lineOf(record as DataRecord))
})

test('a matrix without elements is written as one', () => {
  const line = lineOf(recordOf({ ...header, asks: [] }, book))
  expect(line).toContain('asks==\x0e\x0a\x02\x01\x00\x00\x00\x00\x00\x00\x00,')
})
