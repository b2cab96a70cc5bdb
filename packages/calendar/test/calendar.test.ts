import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CalendarFileError,
  dateAfter,
  dateAt,
  type FileProblem,
  momentOf,
  readChanges,
  TradingCalendar,
  tradingVenues,
} from '../src/index.ts'

const calendar = new TradingCalendar()

/** Closures of weekdays, by exchange_calendars 4.13.2 and the gazette. */
const closures = {
  2025: '01-01 01-27 01-28 01-29 01-30 03-03 05-01 05-05 05-06 06-03 06-06 08-15 10-03 10-06 10-07 10-08 10-09 12-25 12-31',
  2026: '01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 10-05 10-09 12-25 12-31',
}

describe('trading days', () => {
  test.each(Object.entries(closures))('of %s: the exchanges close on the weekdays that are known, and on no other', (year, days) => {
    const closed = datesOf(year).filter(date => !isWeekend(date) && calendar.dayOf(date).state === 'closed')
    expect(closed).toEqual(days.split(' ').map(day => `${year}-${day}`))
  })

  test('a closed day says why', () => {
    expect(calendar.dayOf('2026-11-29')).toEqual({ date: '2026-11-29', state: 'closed', kind: null, reason: 'weekend' })
    expect(calendar.dayOf('2026-12-25').reason).toBe('기독탄신일')
    expect(calendar.dayOf('2024-05-01').reason).toBe('Labour Day')
    expect(calendar.dayOf('2026-12-31').reason).toBe('end of the year')
  })

  test('the last weekday of a year closes when the 31st is none', () => {
    expect(calendar.dayOf('2022-12-30').reason).toBe('end of the year')
  })

  test('beyond the years whose holidays are known a weekday is unknown, a Sunday closed', () => {
    expect(calendar.dayOf('2031-03-04')).toMatchObject({
      state: 'unknown',
      kind: null,
      reason: expect.stringContaining('holidays are known'),
    })
    expect(calendar.dayOf('2031-03-02').state).toBe('closed')
  })

  test('an operator adds a day and takes one back, with the reason', () => {
    const own = new TradingCalendar({
      days: [
        { date: '2026-11-30', kind: 'closed', reason: 'temporary holiday' },
        { date: '2026-12-25', kind: 'regular', reason: 'only for this test' },
      ],
      hours: [],
    })
    expect(own.dayOf('2026-11-30')).toMatchObject({ state: 'closed', reason: 'temporary holiday' })
    expect(own.dayOf('2026-12-25')).toMatchObject({ state: 'open', kind: 'regular', reason: 'only for this test' })
  })
})

describe('hours', () => {
  test('of a regular day before the after-market of KRX, and since', () => {
    expect(hoursOf('2026-09-11', 'KRX')).toEqual([
      'pre_market_closing_price 08:30:00-08:40:00',
      'opening_auction 08:30:00-09:00:00',
      'continuous 09:00:00-15:20:00',
      'closing_auction 15:20:00-15:30:00',
      'after_hours_closing_price 15:40:00-16:00:00',
      'after_hours_single_price 16:00:00-18:00:00',
    ])
    expect(hoursOf('2026-09-14', 'KRX').at(-1)).toBe('after_market 16:00:00-20:00:00')
  })

  test('of NXT begin with its opening', () => {
    expect(hoursOf('2025-02-28', 'NXT')).toEqual([])
    expect(hoursOf('2025-03-04', 'NXT')).toEqual([
      'pre_market 08:00:00-08:50:00',
      'continuous 09:00:30-15:20:00',
      'after_market_closing_price 15:30:00-15:40:00',
      'after_market 15:40:00-20:00:00',
    ])
  })

  test('of the exam day are an hour later; what nobody has published is marked', () => {
    expect(calendar.dayOf('2026-11-19')).toMatchObject({ state: 'open', kind: 'csat', reason: 'college entrance exam' })
    expect(hoursOf('2026-11-19', 'KRX')).toEqual([
      '? pre_market_closing_price 08:30:00-08:40:00',
      'opening_auction 09:30:00-10:00:00',
      'continuous 10:00:00-16:20:00',
      'closing_auction 16:20:00-16:30:00',
      '? after_market 16:30:00-20:00:00',
    ])
    expect(hoursOf('2026-11-19', 'NXT')).toEqual(['continuous 10:00:30-16:20:00', 'after_market 16:30:00-20:00:00'])
  })

  test('of the first day of a year begin at ten', () => {
    expect(calendar.dayOf('2026-01-02').kind).toBe('first')
    expect(calendar.phasesAt(momentOf('2026-01-02', '09:20'), 'KRX')).toEqual([])
    expect(calendar.phasesAt(momentOf('2026-01-02', '10:00'), 'KRX')).toMatchObject([{ phase: 'continuous' }])
  })

  test('of an operator count before those of the package', () => {
    const { days, hours } = readChanges(
      JSON.stringify({
        hours: [
          {
            venue: 'KRX',
            phase: 'pre_market',
            kind: 'continuous',
            from: '07:00',
            to: '08:00',
            validFrom: '2027-01-04',
            reason: 'announced',
          },
          { venue: 'KRX', phase: 'continuous', kind: 'continuous', from: '09:00', to: '15:50', validFrom: '2027-01-04', reason: 'longer' },
        ],
      }),
    )
    const own = new TradingCalendar({ days, hours })
    expect(hoursOf('2027-01-05', 'KRX', own).slice(0, 2)).toEqual([
      'pre_market 07:00:00-08:00:00',
      'pre_market_closing_price 08:30:00-08:40:00',
    ])
    expect(hoursOf('2027-01-05', 'KRX', own)).toContain('continuous 09:00:00-15:50:00')
    expect(hoursOf('2026-12-28', 'KRX', own)).toContain('continuous 09:00:00-15:20:00')
  })

  test('a phase holds from its first moment to the one before its end', () => {
    const nine = momentOf('2026-11-30', '09:00')
    expect(calendar.phasesAt(nine - 1, 'KRX').map(({ phase }) => phase)).toEqual(['opening_auction'])
    expect(calendar.phasesAt(nine, 'KRX').map(({ phase }) => phase)).toEqual(['continuous'])
  })

  test('phases lie within their day, in the order of time, each once, whatever the date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_650 }), fc.constantFrom(...tradingVenues), (days, venue) => {
        const date = dateAfter('2018-01-01', days)
        const phases = calendar.phasesOf(date, venue)
        expect(phases.map(({ fromUs }) => fromUs)).toEqual(phases.map(({ fromUs }) => fromUs).sort((a, b) => a - b))
        expect(new Set(phases.map(({ phase }) => phase)).size).toBe(phases.length)
        for (const { fromUs, toUs } of phases) {
          expect(fromUs).toBeLessThan(toUs)
          expect([dateAt(fromUs), dateAt(toUs - 1)]).toEqual([date, date])
        }
      }),
    )
  })
})

describe('the next opening', () => {
  test('after Sunday is the pre-market of NXT on Monday', () => {
    const opening = calendar.nextOpening(momentOf('2026-11-29', '12:00'))
    expect(opening).toMatchObject({ venue: 'NXT', phase: 'pre_market', fromUs: momentOf('2026-11-30', '08:00') })
  })

  test('is what goes on now, while something does', () => {
    expect(calendar.nextOpening(momentOf('2026-11-30', '10:00'), ['KRX'])).toMatchObject({ phase: 'continuous' })
  })

  test('is not known when the days until then are unknown', () => {
    expect(calendar.nextOpening(momentOf('2027-12-31', '12:00'))).toBeUndefined()
  })
})

describe('a file of an operator', () => {
  test('that is wrong is refused with every problem, where it is, and what was expected', () => {
    const text =
      '{"days":[{"date":"2026-02-30","kind":"half","reason":""}],"hours":[{"venue":"NYSE","from":"9","to":"08:00"}],"holidays":[]}'
    expect(problemsOf(text)).toEqual(
      expect.arrayContaining([
        { name: 'holidays', expected: '"days" or "hours"', value: 'holidays' },
        { name: 'days[0].date', expected: 'a date such as 2027-11-18', value: '2026-02-30' },
        { name: 'days[0].kind', expected: 'closed, regular, csat, first', value: 'half' },
        { name: 'hours[0].venue', expected: 'KRX or NXT', value: 'NYSE' },
        { name: 'hours[0].phase', expected: 'a name such as pre_market' },
      ]),
    )
    expect(problemsOf('{')).toEqual([{ name: 'the file', expected: expect.stringContaining('JSON (') }])
    expect(problemsOf('[]')).toEqual([{ name: 'the file', expected: 'an object with "days" and "hours"' }])
  })
})

function problemsOf(text: string): readonly FileProblem[] {
  try {
    readChanges(text)
    return []
  } catch (error) {
    return (error as CalendarFileError).problems
  }
}

function datesOf(year: string): string[] {
  const dates: string[] = []
  for (let date = `${year}-01-01`; date.startsWith(year); date = dateAfter(date)) dates.push(date)
  return dates
}

function isWeekend(date: string): boolean {
  return new Date(date).getUTCDay() % 6 === 0
}

/** `phase from-to`, with a question mark where the hours are not certain. */
function hoursOf(date: string, venue: 'KRX' | 'NXT', of = calendar): string[] {
  const clock = (us: number) => new Date(us / 1000 + 9 * 3_600_000).toISOString().slice(11, 19)
  return of
    .phasesOf(date, venue)
    .map(({ phase, fromUs, toUs, isCertain }) => `${isCertain ? '' : '? '}${phase} ${clock(fromUs)}-${clock(toUs)}`)
}
