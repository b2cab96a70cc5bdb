import { describe, expect, it } from 'vitest'
import { dateAt, dayOf, koreanDateOf, koreanTime, readClock, readTime } from '../src/korean-time.ts'

const us = (text: string) => Date.parse(text) * 1000
/** Still the 24th in Greenwich. */
const now = us('2026-11-24T15:00:00.000Z')

describe('times at the command line', () => {
  it.each([
    ['2026-11-25T09:00', '2026-11-25T00:00:00Z'],
    ['2026-11-25 09:00', '2026-11-25T00:00:00Z'],
    ['2026-11-25T09:00:30.25', '2026-11-25T00:00:30.250Z'],
    ['2026-11-25T09:00Z', '2026-11-25T09:00:00Z'],
    ['2026-11-25T09:00+09:00', '2026-11-25T00:00:00Z'],
    ['2026-11-25T09:00-0530', '2026-11-25T14:30:00Z'],
    ['2024-02-29T00:00', '2024-02-28T15:00:00Z'],
  ])('%s is %s: Korean unless a zone is named', (word, expected) => {
    expect(readTime(word, now)).toEqual({ fromUs: us(expected), toUs: us(expected) })
  })

  it('a date alone is the whole Korean date, and today and yesterday are those of Korea', () => {
    const day = { fromUs: us('2026-11-24T15:00:00Z'), toUs: us('2026-11-25T15:00:00Z') }
    expect([readTime('2026-11-25', now), readTime('today', now), dayOf('2026-11-25')]).toEqual([day, day, day])
    expect([koreanDateOf('today', now - 1), koreanDateOf('yesterday', now)]).toEqual(['2026-11-24', '2026-11-24'])
  })

  it.each(['', 'tomorrow', '2026-02-29', '2026-13-01', '2026-11-25T24:00', '2026-11-25T09', '25.11.2026', '2026-11-25T09:00+25:00', '1'])(
    'understands no "%s"',
    word => expect(readTime(word, now)).toBeUndefined(),
  )

  it('microseconds survive, and the end of a day is 24:00', () => {
    expect(readTime('2026-11-25T09:00:00.000001', now)!.fromUs).toBe(us('2026-11-25T00:00:00Z') + 1)
    expect([readClock('08:00'), readClock('24:00'), readClock('08:00:00.5'), readClock('24:01'), readClock('8:00')]).toEqual([
      28_800_000_000,
      86_400_000_000,
      28_800_500_000,
      undefined,
      undefined,
    ])
  })

  it('prints Korean time with its zone', () => {
    expect(koreanTime(us('2026-11-24T23:59:59.999Z') + 999)).toBe('2026-11-25T08:59:59.999+09:00')
    expect([dateAt(now - 1), dateAt(now)]).toEqual(['2026-11-24', '2026-11-25'])
  })
})
