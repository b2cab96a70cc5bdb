import { TradingCalendar } from '@tickhouse/calendar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MarketReader } from '../../src/market/market-reader.ts'

/** A market whose QuestDB is empty, and what it was asked. */
function empty() {
  const asked: string[] = []
  const query = async <Row>(sql: string) => {
    asked.push(sql)
    return [] as Row[]
  }
  const market = new MarketReader({ query, calendar: new TradingCalendar(), nowMs: () => Date.parse('2026-11-30T03:00:00Z') })
  const ask = async (path: string, params: Record<string, string>) =>
    await market.answer(`/market/${path}`, new URLSearchParams(params), AbortSignal.timeout(5_000))
  return { asked, ask }
}

const right = { symbol: '005930', venue: 'KRX', interval: '1m', date: '2026-11-27', since: '1', at: '1' }

test.each([
  ['symbol', "5'; DROP TABLE trade; --", 'a code such as 005930'],
  ['symbol', '', 'a code such as 005930'],
  ['venue', 'SOR', 'one of consolidated, KRX, NXT'],
  ['interval', '2m', 'one of 1s, 5s, 15s, 1m, 5m, 15m, 1h, 1d'],
  ['date', '2026-02-30', 'a date such as 2026-11-27'],
  ['since', '1e3', 'microseconds since 1970'],
])('%s "%s" is refused with what was expected, and QuestDB is not asked', async (name, word, expected) => {
  const { asked, ask } = empty()
  const reply = await ask('chart.json', { ...right, [name]: word })
  expect(reply).toMatchObject({ status: 400, body: { note: { problem: `Expected ${name} to be ${expected}, was "${word}"` } } })
  expect(asked).toEqual([])
})

test('no text of a browser comes into a statement, whatever it is and wherever it stands', async () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom("'", "x' OR '1'='1", '005930;', '2026-11-27 ', '005930\n', '１２３'),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(right)), hostile, async (name, text) => {
      const { asked, ask } = empty()
      const marked = `${text}\u0001`
      await ask('chart.json', { ...right, [name]: marked })
      await ask('moment.json', { ...right, [name]: marked })
      await ask('symbols.json', { search: marked })
      expect(asked.filter(sql => sql.includes('\u0001'))).toEqual([])
    }),
  )
})

test('a path that is none of its own has no answer', async () => {
  expect(await empty().ask('tables.json', {})).toBeUndefined()
})

test('a QuestDB without bars is said to hold none, with what to do', async () => {
  const reply = await empty().ask('chart.json', {})
  expect(reply).toMatchObject({
    status: 200,
    body: { symbol: null, note: { problem: 'QuestDB holds no bars yet.', remedy: expect.stringContaining('VIEWS=all') } },
  })
})
