import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { encoderFor, RowBuffer } from '@tickhouse/store'
import { describe, expect, test } from 'vitest'

const trade = entityOf('trade').table
const book = entityOf('order_book').table
const header = { timestamp: 1_700_000_000_000_001, symbol: '005930', venue: 'KRX', session: 's1', seq: 7 }

test('a row holds symbols, fields, where it came from and its time', () => {
  const rows = encoded({ ...header, exchange_time: 1_700_000_000_000_000, side: 'buy', volume: 12, high_time_raw: '022506' })
  expect(rows.slice().toString()).toBe(
    'trade,symbol=005930,venue=KRX,session=s1,side=buy seq=7i,exchange_time=1700000000000000t,volume=12i,high_time_raw="022506",' +
      'kafka_partition=3i,kafka_offset=42i 1700000000000001t\n',
  )
})

test('absent and null members are left out', () => {
  expect(encoded({ ...header, price: null, side: null, vwap: undefined }).slice()).toEqual(encoded(header).slice())
})

test('an object of unreadable texts becomes one text', () => {
  const row = encoded({ ...header, unreadable: { 851: 'abc', 15: '1,000 "x"' } })
    .slice()
    .toString()
  expect(row).toContain('unreadable="15=1,000 \\"x\\";851=abc"')
})

test('a ladder keeps its shape, with NaN for what is missing', () => {
  const rows = new RowBuffer()
  encoderFor(book).encode(
    {
      ...header,
      asks: [
        [1, null],
        [3, 4],
        [null, null],
      ],
    } as DataRecord,
    0,
    0,
    rows,
  )
  const bytes = rows.slice()
  const start = bytes.indexOf('asks=') + 'asks='.length
  expect([...bytes.subarray(start, start + 12)]).toEqual([0x3d, 14, 10, 2, 3, 0, 0, 0, 2, 0, 0, 0])
  expect(Array.from({ length: 6 }, (_, index) => bytes.readDoubleLE(start + 12 + index * 8))).toEqual([1, NaN, 3, 4, NaN, NaN])
})

test('members that the table has no column for are counted, and the row is stored without them', () => {
  const encoder = encoderFor(trade)
  const rows = new RowBuffer()
  encoder.encode({ ...header, brand_new: 1 }, 3, 42, rows)
  encoder.encode({ ...header, brand_new: 2, kafka_offset: 9 }, 3, 42, rows)
  expect(rows.slice(0, 1)).toEqual(encoded(header).slice())
  expect(rows.slice(1, 2)).toEqual(encoded(header).slice())
  expect([...encoder.unknownMembers]).toEqual([
    ['brand_new', 2],
    ['kafka_offset', 1],
  ])
})

test('what a record says for readers of the topic only is no unknown member, and changes no row', () => {
  const encoder = encoderFor(entityOf('feed_gap').table)
  const gap = { ...header, symbol: '*', venue: '*', reason: 'disconnected', types: '0B,0D' }
  const [plain, listed] = [new RowBuffer(), new RowBuffer()]
  encoder.encode(gap, 0, 1, plain)
  encoder.encode({ ...gap, type_list: ['0B', '0D'], symbol_list: ['005930'] }, 0, 1, listed)
  expect(listed.slice()).toEqual(plain.slice())
  expect([...encoder.unknownMembers]).toEqual([])
})

test('a buffer grows, and gives the same bytes again after clear()', () => {
  const rows = new RowBuffer(16)
  const encoder = encoderFor(trade)
  const fill = () => {
    for (let seq = 1; seq <= 500; seq++) encoder.encode({ ...header, seq, name: '가'.repeat(50) }, 0, seq, rows)
    return rows.slice().toString()
  }
  const first = fill()
  rows.clear()
  expect(rows.rowCount).toBe(0)
  expect(rows.byteLength).toBe(0)
  expect(fill()).toBe(first)
  expect(first.split('\n')).toHaveLength(501)
})

describe('a record that the table cannot hold is rejected with its column and what was expected', () => {
  test.each([
    ['symbol', undefined, 'Expected a value, was missing'],
    ['venue', null, 'Expected a value, was missing'],
    ['session', '', 'Expected a text that is not empty, was ""'],
    ['seq', undefined, 'Expected a value, was missing'],
    ['timestamp', undefined, 'Expected a value, was missing'],
    ['timestamp', -1, 'Expected an integer that is not negative, was -1'],
    ['timestamp', '1700000000000001', 'Expected an integer that is not negative, was "1700000000000001"'],
    ['timestamp', 1.5, 'Expected an integer that is not negative, was 1.5'],
    ['side', 1, 'Expected a text, was 1'],
    ['symbol', 'a\0b', 'Expected well-formed Unicode without null characters, was "a\\u0000b"'],
    ['side', '\ud800x', 'Expected well-formed Unicode without null characters, was "\\ud800x"'],
    ['high_time_raw', 'x\udc00', 'Expected well-formed Unicode, was "x\\udc00"'],
    ['high_time_raw', 22506, 'Expected a text, was 22506'],
    ['price', '71500', 'Expected a finite number, was "71500"'],
    ['price', Number.NaN, 'Expected a finite number, was NaN'],
    ['price', Number.POSITIVE_INFINITY, 'Expected a finite number, was Infinity'],
    ['volume', 1.5, 'Expected an integer of at most 2^53-1, was 1.5'],
    ['volume', 2 ** 53, 'Expected an integer of at most 2^53-1, was 9007199254740992'],
    ['open_time', '090000', 'Expected an integer of at most 2^53-1, was "090000"'],
    ['unreadable', 'x', 'Expected an object of texts, was "x"'],
    ['unreadable', { 15: 1 }, "Expected an object of texts, was { '15': 1 }"],
  ])('%s: %o', (column, value, reason) => {
    expect(rejectionOf(trade, { ...header, [column]: value })).toEqual({ column, reason })
  })

  test.each([
    ['asks', [], 'Expected equally long arrays of finite numbers and nulls, was []'],
    ['asks', [[1], [1, 2]], 'Expected equally long arrays of finite numbers and nulls, was [ [ 1 ], [ 1, 2 ] ]'],
    ['asks', [1, 2], 'Expected equally long arrays of finite numbers and nulls, was [ 1, 2 ]'],
    ['lp_ask_sizes', [1, '2'], "Expected an array of finite numbers and nulls, was [ 1, '2' ]"],
    ['lp_ask_sizes', [[1]], 'Expected an array of finite numbers and nulls, was [ [ 1 ] ]'],
  ])('%s: %o', (column, value, reason) => {
    expect(rejectionOf(book, { ...header, [column]: value })).toEqual({ column, reason })
  })

  test.each([-(2 ** 31), 2 ** 31, 1.5])('an INT that is %d', value => {
    expect(rejectionOf(entityOf('sector_breadth').table, { ...header, traded_stock_count: value })?.column).toBe('traded_stock_count')
  })

  test.each([null, 'text', 5, [], undefined])('%o in place of a record', value => {
    expect(rejectionOf(trade, value)?.column).toBe('*')
  })
})

test('a rejected record leaves the rows before and after it whole', () => {
  const encoder = encoderFor(trade)
  const rows = new RowBuffer()
  encoder.encode(header, 3, 42, rows)
  expect(encoder.encode({ ...header, price: 1, volume: 'many' }, 3, 43, rows)).toBeDefined()
  encoder.encode(header, 3, 42, rows)
  const one = encoded(header).slice()
  expect(rows.slice()).toEqual(Buffer.concat([one, one]))
})

function encoded(record: unknown): RowBuffer {
  const rows = new RowBuffer()
  expect(encoderFor(trade).encode(record as DataRecord, 3, 42, rows)).toBeUndefined()
  return rows
}

function rejectionOf(table: typeof trade, record: unknown) {
  const rows = new RowBuffer()
  const rejection = encoderFor(table).encode(record as DataRecord, 0, 0, rows)
  expect(rows.byteLength).toBe(0)
  return rejection
}
