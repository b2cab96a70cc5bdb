import { momentOf, TradingCalendar } from '@tickhouse/calendar'
import { type DataRecord, entityOf, type ListedInstrument } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'
import { describeWithServers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshTable, testStore } from './on-questdb.ts'

const signal = AbortSignal.timeout(300_000)
const calendar = new TradingCalendar()
const at = (day: string, clock = '10:00') => momentOf(day, clock)
const run = `${process.pid}${Date.now().toString(36)}`.toUpperCase()
/** Codes that nobody else has. */
const [one, other] = [`A${run}1`, `A${run}2`]

const listed = (symbol: string, name: string): ListedInstrument => ({
  ...{ symbol, name, market: 'KOSDAQ', kind: 'stock', listed_shares: 1_000, listed_on: '2020-01-02' },
  ...{ nxt: 'N', industry: null, audit: '정상', state: null, order_warning: '0' },
})

describeWithServers('instruments on a real QuestDB', () => {
  let store: Store
  beforeAll(() => {
    store = testStore().store
  })
  afterAll(() => store.close())

  const list = (day: string, ...instruments: ListedInstrument[]) => store.instruments.list(instruments, calendar, at(day), signal)
  const rowOf = async (symbol: string) => {
    const sql = `SELECT name, market, kind, listed_shares, venues, first_day, last_day FROM instrument WHERE symbol = '${symbol}'`
    return await store.query(sql)
  }

  test('a name that changes is one row of the instrument and two of the list, and a trade finds the name of its day', async () => {
    expect(await list('2026-11-25', listed(one, '옛이름'), listed(other, '그대로'))).toEqual({ listing: 2, instrument: 2 })
    expect(await list('2026-11-25', listed(one, '옛이름'), listed(other, '그대로'))).toEqual({ listing: 0, instrument: 0 })
    expect(await list('2026-11-27', listed(one, '새이름'))).toEqual({ listing: 1, instrument: 1 })
    const same = { market: 'KOSDAQ', kind: 'stock', listed_shares: 1_000, venues: null, first_day: '2020-01-02' }
    expect(await rowOf(one)).toEqual([{ ...same, name: '새이름', last_day: '2026-11-27' }])
    expect(await rowOf(other)).toEqual([{ ...same, name: '그대로', last_day: '2026-11-25' }])
    const named = await store.query(
      `WITH two_trades AS (SELECT '2026-11-26T01:00:00Z'::timestamp AS timestamp, '${one}'::symbol AS symbol UNION ALL ` +
        `SELECT '2026-11-27T01:00:00Z'::timestamp, '${one}'::symbol) ` +
        'SELECT l.name FROM (two_trades TIMESTAMP(timestamp)) t ASOF JOIN listing l ON (symbol)',
    )
    expect(named).toEqual([{ name: '옛이름' }, { name: '새이름' }])
  })

  test('a list of a weekend is that of the trading day before', async () => {
    const symbol = `${one}S`
    await list('2026-11-29', listed(symbol, '주말'))
    expect(await rowOf(symbol)).toMatchObject([{ last_day: '2026-11-27' }])
    expect(await list('2026-11-28', listed(symbol, '주말'))).toEqual({ listing: 0, instrument: 0 })
  })

  test('what records tell is kept without any list: name, kind, venues, first and last day', async () => {
    const symbol = `${one}F`
    const trades = await freshTable(store, entityOf('trade').table)
    const halts = await freshTable(store, entityOf('volatility_interruption').table)
    const record = (day: string, venue: string, seq: number, more = {}) =>
      ({ timestamp: at(day), symbol, venue, session: 's', seq, kafka_partition: 0, kafka_offset: seq, ...more }) as unknown as DataRecord
    await store.tables.fill(trades, [record('2026-11-26', 'NXT', 2), record('2026-11-25', 'KRX', 1)], signal)
    await store.tables.fill(halts, [record('2026-11-27', 'KRX', 1, { name: '종목' })], signal)
    const [from, to] = [at('2026-11-20'), at('2026-11-30')]
    const seen = [
      ...(await store.instruments.seenIn({ table: trades.name, kind: 'stock', isNamed: false }, from, to, signal)),
      ...(await store.instruments.seenIn({ table: halts.name, kind: null, isNamed: true }, from, to, signal)),
    ]
    expect(await store.instruments.see(seen, at('2026-11-27'), signal)).toBe(1)
    expect(await store.instruments.see(seen, at('2026-11-28'), signal)).toBe(0)
    expect(await rowOf(symbol)).toEqual([
      {
        ...{ name: '종목', market: null, kind: 'stock', listed_shares: null, venues: 'KRX,NXT' },
        ...{ first_day: '2026-11-25', last_day: '2026-11-27' },
      },
    ])
    await list('2026-11-27', listed(symbol, '이름'))
    expect(await rowOf(symbol)).toMatchObject([{ name: '이름', market: 'KOSDAQ', venues: 'KRX,NXT', first_day: '2020-01-02' }])
  })

  test('days can be compared as texts, and joined with the trading calendar', async () => {
    expect(await store.query(`SELECT symbol FROM instrument WHERE symbol = '${one}' AND last_day > '2026-11-26'`)).toEqual([
      { symbol: one },
    ])
  })
})
