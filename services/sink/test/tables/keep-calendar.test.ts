import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { createLogger } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { keepCalendar } from '../../src/tables/keep-calendar.ts'

const log = createLogger({ name: 'test', level: 'silent', pretty: false })

test('the tables are brought up to date once on every Korean date, and again when QuestDB did not take it', async () => {
  const filled: number[] = []
  let looks = 0
  let nowUs = momentOf('2026-12-31', '23:59')
  let isAway = true
  const stop = new AbortController()
  const store = {
    tables: {
      fillCalendar: async (_calendar: TradingCalendar, us: number) => {
        if (isAway) throw new Error('QuestDB does not answer')
        filled.push(us)
      },
    },
  }
  const now = () => {
    looks++
    return nowUs
  }
  const keeping = keepCalendar({ store, calendar: new TradingCalendar(), log, nowUs: now, everyMs: 1 }, stop.signal)
  await eventually(() => looks > 2)
  expect(filled).toEqual([])
  isAway = false
  await eventually(() => filled.length > 0)
  const before = looks
  await eventually(() => looks > before + 3)
  expect(filled).toEqual([nowUs])
  const midnight = momentOf('2027-01-01', '00:00')
  nowUs = midnight
  await eventually(() => filled.length > 1)
  expect(filled.at(-1)).toBe(midnight)
  stop.abort()
  await keeping
})
