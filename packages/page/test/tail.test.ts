import { entities, entityOf } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { textLines } from '../src/terminal/record-lines.ts'

const header = { timestamp: Date.UTC(2026, 10, 25, 1, 8, 22, 123) * 1000, symbol: '005930', venue: 'KRX', session: 's', seq: 1 }

test('a line shows Korean time, symbol, venue and the first columns with their units, below their names', () => {
  const lines = textLines(entityOf('trade'))
  const line = lines.of({ ...header, price: 272000, price_change: -500, price_change_rate: -0.18, volume: 64, side: 'sell', vwap: 1 }, '')
  expect(lines.heading).toBe(
    'Korean time   symbol  venue      price  price_change  price_change_rate   best_ask   best_bid     volume  side       cumulative_volume',
  )
  expect(line).toBe('10:08:22.123  005930  KRX     272,000₩         -500₩             -0.18%                             64sh  sell')
})

test('the book is shown as its best levels, without the empty ones', () => {
  const bids = [
    [271500, 271000, null, 270000],
    [64, 10, 0, 5],
    [0, 0, 0, 0],
  ]
  const lines = textLines(entityOf('order_book'))
  expect(lines.heading?.split(/ +/)).toEqual(['Korean', 'time', 'symbol', 'venue', 'asks', 'bids'])
  expect(lines.of({ ...header, bids }, '')).toBe('10:08:22.123  005930  KRX               271,500×64 271,000×10')
})

test('a record of ours is shown with its reason', () => {
  const gap = { from_time: header.timestamp, to_time: header.timestamp + 1_000_000, reason: 'silent', evidence: 'nothing came' }
  expect(textLines(entityOf('feed_gap')).of({ ...header, ...gap, symbol: '*', venue: '*' }, '')).toMatch(
    /10:08:22 +10:08:23 +silent .*nothing came$/,
  )
})

test('a text cannot move the cursor or take more than its place', () => {
  const line = textLines(entityOf('dead_letter')).of({ ...header, raw: `\x1b[2J\r\n\u202e${'x'.repeat(100)}` }, '')
  expect(line).not.toMatch(/\p{Cc}|\u202e/u)
  expect(line).toMatch(/ \\u001b\[2J\\r\\n\\u202ex+…$/)
  expect(line.split(/ +/).at(-1)).toHaveLength(40)
})

test('a wider value widens its column from there on', () => {
  const lines = textLines(entityOf('best_quote'))
  const [wide, next] = [1_234_567_890, 1].map(best_ask => lines.of({ ...header, best_ask, best_bid: 2 }, ''))
  expect(wide!.length).toBe(next!.length)
})

test('every dataset has columns to show', () => {
  for (const entity of entities) expect(textLines(entity).heading!.split(/ {2,}/).length, entity.name).toBeGreaterThan(2)
})
