import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hoursOf, requireServing, type SampleDay, servingDates, sessionsOf } from '../src/days.ts'

const calendar = new TradingCalendar()
const dayMs = 86_400_000
const week = { calendar, nowUs: momentOf('2026-11-30', '09:00'), retentionMs: 7 * dayMs }

it('the usual trading days serve that are over and that Kafka still keeps for hours, the latest first', () => {
  expect(servingDates(week)).toEqual(['2026-11-27', '2026-11-26', '2026-11-25', '2026-11-24'])
  expect(servingDates({ ...week, nowUs: momentOf('2026-11-30', '20:31') })[0]).toBe('2026-11-30')
  expect(servingDates({ ...week, retentionMs: dayMs })).toEqual([])
  expect(servingDates({ ...week, retentionMs: Number.POSITIVE_INFINITY })).toContain('2026-11-06')
})

it('the day of the college entrance exam is left out of them, and serves who names it', () => {
  const after = { ...week, nowUs: momentOf('2026-11-20', '09:00') }
  expect(servingDates(after)).not.toContain('2026-11-19')
  expect(() => requireServing('2026-11-19', after)).not.toThrow()
})

it.each([
  ['tomorrow', /^Expected a date such as 2026-11-25, was "tomorrow"\. These dates serve: 2026-11-27, /],
  ['2026-11-28', /^Expected a trading day, 2026-11-28 is none \(weekend\)\./],
  ['2026-11-30', /^Expected a day that is over, 2026-11-30 lasts until 2026-11-30T20:30 Korean time\./],
  ['2026-11-20', /^Kafka keeps records for 7 days and would delete those of 2026-11-20 .* With --keep-records, /],
])('%s is refused with the dates that serve', (date, words) => {
  expect(() => requireServing(date, week)).toThrow(words)
})

it('says which option lets older dates serve when none does', () => {
  const objection = /No trading day that is over is recent enough\. With --keep-records, Kafka keeps records for ever \(now 1 days\)/
  expect(() => requireServing('2026-11-27', { ...week, retentionMs: dayMs })).toThrow(objection)
})

const days: fc.Arbitrary<SampleDay> = fc.record({
  date: fc.constantFrom(...servingDates(week)),
  symbols: fc.integer({ min: 1, max: 60 }),
  records: fc.integer({ min: 1, max: 10_000_000 }),
  seed: fc.nat(),
  isDegraded: fc.boolean(),
})

it('the same day has the same sessions, and another one has others; they follow each other within the hours of the day', () => {
  fc.assert(
    fc.property(days, days, (one, other) => {
      const [hours, sessions] = [hoursOf(calendar, one.date)!, sessionsOf(one, hoursOf(calendar, one.date)!)]
      expect(sessionsOf({ ...one }, hours)).toEqual(sessions)
      const ids = sessions.map(({ session }) => session)
      expect(ids.toSorted()).toEqual(ids)
      for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
      const times = [hours.fromUs, ...sessions.flatMap(({ fromUs, toUs }) => [fromUs, toUs])]
      expect(times.toSorted((a, b) => a - b)).toEqual(times)
      expect([sessions.length, times.at(-1)]).toEqual([one.isDegraded ? 2 : 1, hours.toUs])
      fc.pre(JSON.stringify(one) !== JSON.stringify(other))
      expect(sessionsOf(other, hoursOf(calendar, other.date)!)[0]!.session).not.toBe(ids[0])
    }),
  )
})
