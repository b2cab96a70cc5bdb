import { momentOf } from '@tickhouse/calendar'
import type { ListedInstrument, SeenInstrument } from '@tickhouse/catalogue'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type InstrumentRow, instrumentRow, type ListingRow, listingRow } from '../src/tables/instrument-rows.ts'

const samsung: ListedInstrument = {
  ...{ symbol: '005930', name: '삼성전자', market: 'KOSPI', kind: 'stock', listed_shares: 5_919_637_922, listed_on: '1975-06-11' },
  ...{ nxt: 'Y', industry: '전기/전자', audit: '정상', state: null, order_warning: '0' },
}
const at = (day: string, clock = '10:00') => momentOf(day, clock)
const seenOn = (day: string, more: Partial<SeenInstrument> = {}): SeenInstrument => {
  return { symbol: '005930', venue: 'KRX', kind: 'stock', name: null, firstUs: at(day, '09:00'), lastUs: at(day), ...more }
}
const known = (more: object) => ({ symbol: '005930', row: undefined, listing: undefined, seen: [], ...more })

describe('the list of the venue', () => {
  test('that says the same holds one day longer, and the same list again changes nothing', () => {
    const first = listingRow(samsung, undefined, '2026-11-27', 1)
    expect(first).toEqual({ ...samsung, timestamp: at('2026-11-27', '00:00'), last_day: '2026-11-27', updated_at: 1 })
    const later = listingRow(samsung, first, '2026-11-30', 2)
    expect(later).toEqual({ ...first, last_day: '2026-11-30', updated_at: 2 })
    expect(listingRow(samsung, later, '2026-11-30', 3)).toBe(later)
  })

  test('that has another name begins a new row, and the old one says until when the old name held', () => {
    const before = listingRow(samsung, undefined, '2026-11-27', 1)
    const renamed = listingRow({ ...samsung, name: '새삼성' }, before, '2026-11-30', 2)
    expect(renamed).toMatchObject({ name: '새삼성', timestamp: at('2026-11-30', '00:00'), last_day: '2026-11-30' })
    expect(before.last_day).toBe('2026-11-27')
  })

  test('counts before what records say', () => {
    const listing = listingRow(samsung, undefined, '2026-11-30', 1)
    const row = instrumentRow(known({ listing, seen: [seenOn('2026-11-25', { name: '삼성 전자', kind: 'etf' })] }), 2)
    expect(row).toEqual({
      ...{ symbol: '005930', name: '삼성전자', market: 'KOSPI', kind: 'stock', listed_shares: 5_919_637_922, venues: 'KRX' },
      ...{ first_day: '1975-06-11', last_day: '2026-11-30', nxt: 'Y', industry: '전기/전자', audit: '정상', updated_at: 2 },
    })
  })
})

describe('an instrument', () => {
  test('of which there are records only is known by them', () => {
    const seen = [seenOn('2026-11-25'), seenOn('2026-11-26', { venue: 'NXT', kind: null, name: '삼성전자' })]
    expect(instrumentRow(known({ seen }), 2)).toMatchObject({
      ...{ name: '삼성전자', market: null, kind: 'stock', listed_shares: null, venues: 'KRX,NXT' },
      ...{ first_day: '2026-11-25', last_day: '2026-11-26' },
    })
  })

  test('that is a fund or a warrant is told by its own records, whatever else comes of it', () => {
    expect(instrumentRow(known({ seen: [seenOn('2026-11-25'), seenOn('2026-11-25', { kind: 'etf' })] }), 2)?.kind).toBe('etf')
  })

  test('that is delisted stays as it was on its last day', () => {
    const listing = listingRow(samsung, undefined, '2026-11-27', 1)
    const row = instrumentRow(known({ listing }), 1)
    expect(row).toMatchObject({ last_day: '2026-11-27' })
    expect(instrumentRow(known({ row, listing }), 2)).toBeUndefined()
  })
})

const days = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26']
const anySeen = fc.record({
  day: fc.constantFrom(...days),
  venue: fc.constantFrom('KRX', 'NXT', 'SOR'),
  kind: fc.constantFrom(null, 'stock' as const, 'etf' as const),
})

test('what is known of a symbol does not depend on the order in which it came to be known, nor on how often', () => {
  const reversed = <T>(list: readonly T[]) => [...list].reverse()
  const after = (steps: readonly (readonly SeenInstrument[])[]) => {
    let row: InstrumentRow | undefined
    for (const seen of steps) row = instrumentRow(known({ row, seen }), 1) ?? row
    return row
  }
  fc.assert(
    fc.property(fc.array(fc.array(anySeen, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), looks => {
      const steps = looks.map(look => look.map(({ day, ...rest }) => seenOn(day, rest)))
      expect(after(reversed(steps))).toEqual(after(steps))
      expect(after([...steps, ...steps])).toEqual(after(steps))
      expect(after([steps.flat()])).toEqual(after(steps))
    }),
  )
})

test('no row of the list lasts beyond the day on which the next one begins', () => {
  const list = fc.record({ day: fc.nat({ max: 30 }), name: fc.constantFrom('가', '나', null) })
  fc.assert(
    fc.property(fc.array(list, { minLength: 1 }), lists => {
      const rows = new Map<number, ListingRow>()
      let current: ListingRow | undefined
      for (const { day, name } of lists.toSorted((a, b) => a.day - b.day)) {
        current = listingRow({ ...samsung, name }, current, `2026-10-${String(day + 1).padStart(2, '0')}`, 1)
        rows.set(current.timestamp, current)
      }
      const ordered = [...rows.values()].sort((a, b) => a.timestamp - b.timestamp)
      for (const [index, row] of ordered.slice(1).entries())
        expect(momentOf(ordered[index]!.last_day, '00:00')).toBeLessThanOrEqual(row.timestamp)
    }),
  )
})
