import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateAfter, momentOf, type PhaseChange, phaseChanges, type RowVenue, rowVenues, TradingCalendar } from '../src/index.ts'

const calendar = new TradingCalendar()

describe('the changes of phase', () => {
  test('of a regular day: one at a time, where phases overlap the one that makes prices', () => {
    expect(changes('2026-11-25', 'KRX')).toEqual([
      '00:00:00 closed',
      '08:30:00 opening_auction',
      '09:00:00 continuous',
      '15:20:00 closing_auction',
      '15:30:00 closed',
      '15:40:00 after_hours_closing_price',
      '16:00:00 after_market',
      '20:00:00 closed',
    ])
    expect(changes('2026-11-25', 'NXT')).toEqual([
      '00:00:00 closed',
      '08:00:00 pre_market',
      '08:50:00 closed',
      '09:00:30 continuous',
      '15:20:00 closed',
      '15:30:00 after_market_closing_price',
      '15:40:00 after_market',
      '20:00:00 closed',
    ])
  })

  test('of combined items are those of whichever venue makes prices', () => {
    expect(changes('2026-11-25', 'SOR')).toEqual([
      '00:00:00 closed',
      '08:00:00 pre_market',
      '08:50:00 opening_auction',
      '09:00:00 continuous',
      '15:20:00 closing_auction',
      '15:30:00 after_market_closing_price',
      '15:40:00 after_market',
      '20:00:00 closed',
    ])
  })

  test('of the exam day come an hour later, and say which hours nobody has published', () => {
    const own = phaseChanges(calendar, '2026-11-19', '2026-11-19').filter(({ venue }) => venue === 'KRX')
    expect(phaseAt(own, momentOf('2026-11-19', '09:30'))).toMatchObject({ phase: 'opening_auction', isCertain: true })
    expect(phaseAt(own, momentOf('2026-11-19', '10:00'))).toMatchObject({ phase: 'continuous', isCertain: true })
    expect(phaseAt(own, momentOf('2026-11-19', '17:00'))).toMatchObject({ phase: 'after_market', isCertain: false })
  })

  test('of a weekend are none, and a day of which nobody knows is unknown from its first moment', () => {
    expect(changes('2026-11-28', 'KRX', '2026-11-29')).toEqual(['00:00:00 closed'])
    expect(changes('2031-03-03', 'NXT', '2031-03-04')).toEqual(['00:00:00 unknown'])
  })

  test('agree with what the calendar says of every moment', () => {
    const [first, last] = ['2026-11-01', '2026-12-31']
    const all = phaseChanges(calendar, first, last)
    const moment = fc.integer({ min: momentOf(first, '00:00'), max: momentOf(dateAfter(last), '00:00') - 1 })
    fc.assert(
      fc.property(moment, fc.constantFrom('KRX' as const, 'NXT' as const), (us, venue) => {
        const now = phaseAt(
          all.filter(change => change.venue === venue),
          us,
        )
        const phases = calendar.phasesAt(us, venue).map(({ phase }) => phase)
        expect(phases.length === 0 ? ['closed'] : phases).toContain(now!.phase)
      }),
    )
    for (const venue of rowVenues) expect(times(all, venue)).toEqual([...new Set(times(all, venue))].sort((a, b) => a - b))
  })
})

function changes(first: string, venue: RowVenue, last = first): string[] {
  const start = momentOf(first, '00:00')
  const clock = (us: number) => new Date((us - start) / 1000).toISOString().slice(11, 19)
  return phaseChanges(calendar, first, last)
    .filter(change => change.venue === venue)
    .map(({ us, phase }) => `${clock(us)} ${phase}`)
}

function phaseAt(all: readonly PhaseChange[], us: number): PhaseChange | undefined {
  return all.findLast(change => change.us <= us)
}

function times(all: readonly PhaseChange[], venue: RowVenue): number[] {
  return all.filter(change => change.venue === venue).map(({ us }) => us)
}
