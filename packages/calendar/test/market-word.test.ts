import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { expect, it } from 'vitest'
import { closedWord, tradesSince } from '../src/market-word.ts'

const calendar = new TradingCalendar()

it.each([
  ['2026-11-25', '10:00', null],
  ['2026-11-25', '06:00', 'closed until 08:00'],
  ['2026-11-25', '21:00', 'closed until Thursday 08:00'],
  ['2026-11-29', '12:00', 'closed until Monday 08:00'],
  ['2026-02-13', '21:00', 'closed until Thursday 08:00'],
  ['2027-12-31', '12:00', 'closed, and when it opens is not known'],
  ['2031-03-04', '12:00', null],
])('at %s %s the market is %s', (date, clock, word) => {
  expect(closedWord(calendar, momentOf(date, clock))).toBe(word)
})

it('names the date when the market stays closed for most of a week', () => {
  const away = Array.from({ length: 9 }, (_, day) => ({
    date: `2026-03-${String(9 + day).padStart(2, '0')}`,
    kind: 'closed' as const,
    reason: 'x',
  }))
  expect(closedWord(new TradingCalendar({ days: away, hours: [] }), momentOf('2026-03-09', '12:00'))).toBe('closed until 2026-03-18 08:00')
})

it('trading counts once it has gone on for a while', () => {
  const at = (date: string, clock: string) => tradesSince(calendar, momentOf(date, clock), 300_000)
  expect([at('2026-11-25', '08:04'), at('2026-11-25', '08:05'), at('2026-11-25', '17:00'), at('2026-11-29', '10:00')]).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect([at('2026-11-19', '09:30'), at('2026-11-19', '10:05'), at('2026-12-25', '10:00')]).toEqual([false, true, false])
})
