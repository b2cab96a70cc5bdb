import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { expect, test } from 'vitest'
import { MarketHours } from '../../src/status/market-hours.ts'

const calendar = new TradingCalendar()

test('the phase that goes on reads 1, the others of the day 0', () => {
  expect(readings(['005930'], '2026-11-25', '10:00')).toEqual({
    'KRX pre_market_closing_price': 0,
    'KRX opening_auction': 0,
    'KRX continuous': 1,
    'KRX closing_auction': 0,
    'KRX after_hours_closing_price': 0,
    'KRX after_market': 0,
    'KRX closed': 0,
    'KRX unknown': 0,
  })
})

test('the exam day opens an hour later', () => {
  expect(readings(['005930'], '2026-11-19', '09:30')).toMatchObject({ 'KRX opening_auction': 1, 'KRX continuous': 0 })
  expect(readings(['005930'], '2026-11-19', '10:00')).toMatchObject({ 'KRX continuous': 1 })
})

test('a holiday is closed all day, and a day of which nobody knows is unknown', () => {
  expect(readings(['005930'], '2026-12-25', '10:00')).toEqual({ 'KRX closed': 1, 'KRX unknown': 0 })
  expect(readings(['005930'], '2031-03-04', '10:00')).toEqual({ 'KRX closed': 0, 'KRX unknown': 1 })
})

test('only the venues count that the items trade at; combined items trade at both', () => {
  const venuesOf = (items: string[]) => new Set(Object.keys(readings(items, '2026-11-25', '10:00')).map(key => key.split(' ')[0]))
  expect(venuesOf(['005930', ''])).toEqual(new Set(['KRX']))
  expect(venuesOf(['005930_NX'])).toEqual(new Set(['NXT']))
  expect(venuesOf(['005930_AL'])).toEqual(new Set(['KRX', 'NXT']))
  expect(venuesOf([])).toEqual(new Set())
})

function readings(items: readonly string[], date: string, clock: string): Record<string, number> {
  const hours = new MarketHours(calendar, { requests: [{ groupNumber: '1', types: ['0B'], items, json: '' }] })
  return Object.fromEntries(hours.at(momentOf(date, clock)).map(([{ venue, phase }, value]) => [`${venue} ${phase}`, value]))
}
