import { join } from 'node:path'
import { dateAt, loadCalendar, momentOf } from '@tickhouse/calendar'
import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { type ChartAnswer, type MarketNote, MarketReader, type MomentAnswer, type SymbolsAnswer, servePage } from '@tickhouse/page'
import { createLogger } from '@tickhouse/runtime'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { launch, open, reasonToSkip } from '../packages/page/test/browser.ts'
import { tickhouse } from './command.ts'
import { pastDays } from './past-days.ts'
import { Pipeline } from './pipeline.ts'

const log = createLogger({ name: 'tests', level: 'silent' })
const signal = AbortSignal.timeout(scaledTimeout(600_000))
const symbol = '005930'
const noBrowser = reasonToSkip()
/** What is answered below /market/. */
interface Answers {
  readonly chart: ChartAnswer & { readonly note: MarketNote }
  readonly moment: MomentAnswer
  readonly symbols: SymbolsAnswer
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

describeWithOwnServers('the market of a sample day', () => {
  let own: OwnServers
  let pipeline: Pipeline
  let url: string
  let close: () => Promise<void>
  let date: string

  beforeAll(async () => {
    own = await ownServers()
    pipeline = await Pipeline.open(own.proxied)
    const { query } = pipeline.store
    const page = await servePage({ look: () => Promise.reject(new Error('not looked at')), market: marketOf(query), port: 0, log })
    ;({ url, close } = page)
    await Promise.all([done('tables', 'apply'), pipeline.start('sink')])
    ;[date] = pastDays() as [string]
    const day = ['--date', date, '--symbols', '3', '--records', '20000', '--degraded']
    expect(await done('sample-day', '--data', join(pipeline.folder, 'data'), ...day)).toContain(`${date}: degraded`)
    await interrupted()
    await kept()
  }, scaledTimeout(300_000))

  afterAll(async () => {
    await close?.()
    await pipeline?.close()
    await own?.close()
  }, 60_000)

  function marketOf(query: Pipeline['store']['query']) {
    const market = new MarketReader({ query, calendar: loadCalendar({}) })
    return (...question: Parameters<MarketReader['answer']>) => market.answer(...question)
  }

  async function done(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await tickhouse(own.proxied, '', words, { SINK_GROUP: pipeline.group, VIEWS: 'all' }).end
    expect(code, stderr).toBe(0)
    return stdout
  }

  /** The venue interrupts the stock at ten. */
  async function interrupted(): Promise<void> {
    const at = momentOf(date, '10:00')
    const record = { timestamp: at, symbol, venue: 'KRX', session: 'vi', seq: 1, vi_trigger_time: at, vi_release_time: at + 120_000_000 }
    const words = { vi_type: '1', vi_direction: '1', vi_trigger_price: 71_000, vi_trigger_count: 1, name: '삼성전자' }
    await pipeline.store.tables.fill(entityOf('volatility_interruption').table, [{ ...record, ...words } as DataRecord], signal)
  }

  /** Resolves when QuestDB keeps the bars of everything that is stored. */
  async function kept(): Promise<void> {
    const { store } = pipeline
    await store.query('REFRESH MATERIALIZED VIEW ohlcv_1s INCREMENTAL')
    await eventually(
      async () => {
        const sql = "SELECT sum(volume) AS volume FROM ohlcv_1d UNION ALL SELECT sum(volume) AS volume FROM trade WHERE venue != 'SOR'"
        const [bars, trades] = await store.query<{ volume: number }>(sql)
        expect(bars!.volume).toBe(trades!.volume)
      },
      { timeoutMs: scaledTimeout(60_000) },
    )
  }

  async function ask<Path extends keyof Answers>(path: Path, params: Record<string, string> = {}) {
    const response = await fetch(`${url}/market/${path}.json?${new URLSearchParams(params)}`)
    return { status: response.status, body: (await response.json()) as Answers[Path] }
  }

  const chart = async (params: Record<string, string>) => (await ask('chart', { symbol, date, ...params })).body

  it('bars of every interval add up to the trades, and both venues together to KRX and NXT', async () => {
    const sql = `SELECT venue, sum(volume) AS volume, max(price) AS high, min(price) AS low, first(price) AS open, last(price) AS close FROM trades
      WHERE symbol = '${symbol}' AND timestamp IN '[${date}]@Asia/Seoul' GROUP BY venue ORDER BY venue`
    const [krx, nxt] = await pipeline.store.query<Record<string, number>>(sql)
    expect(nxt!['volume']).toBeGreaterThan(0)
    for (const interval of ['1s', '15s', '1m', '5m', '1d']) {
      const of = async (venue: string) => (await chart({ interval, venue })).bars
      const [alone, other, both] = [await of('KRX'), await of('NXT'), await of('consolidated')]
      expect(sum(alone.volume), interval).toBe(krx!['volume'])
      expect(sum(other.volume), interval).toBe(nxt!['volume'])
      expect(sum(both.volume), interval).toBe(krx!['volume']! + nxt!['volume']!)
      expect([Math.max(...alone.high), Math.min(...alone.low)], interval).toEqual([krx!['high'], krx!['low']])
      expect([alone.open[0], alone.close.at(-1)], interval).toEqual([krx!['open'], krx!['close']])
      expect(both.at, interval).toEqual([...new Set([...alone.at, ...other.at])].sort((one, another) => one - another))
    }
  })

  it('marks the auctions, the interruption, the lost connection and the missing shares', async () => {
    const { marks } = await chart({ venue: 'KRX', interval: '1m' })
    const at = (clock: string) => momentOf(date, clock) / 1000
    const marked = (title: string) => marks.find(mark => mark.title === title)
    expect(marked('opening auction')).toMatchObject({ kind: 'auction', venue: 'KRX', fromMs: at('08:30'), toMs: at('09:00') })
    expect(marked('closing auction')).toMatchObject({ kind: 'auction', fromMs: at('15:20'), toMs: at('15:30') })
    expect(marked('volatility interruption 1 up')).toMatchObject({
      fromMs: at('10:00'),
      toMs: at('10:02'),
      detail: 'static, at 71,000 won',
    })
    expect(marked('gap: disconnected')).toMatchObject({ kind: 'gap', fromMs: at('10:17:00'), toMs: at('10:18:30') })
    expect(marked('gap: volume_missing')!.detail).toMatch(/; [\d,]+ missing$/)
    const other = await chart({ venue: 'NXT', interval: '1m' })
    expect(other.marks.map(({ title }) => title)).not.toContain('gap: volume_missing')
  })

  it('the book and the trades of a moment are the last until then', async () => {
    const atUs = momentOf(date, '11:00')
    const until = `symbol = '${symbol}' AND venue = 'KRX' AND timestamp <= '${new Date(atUs / 1000).toISOString()}'`
    const { body } = await ask('moment', { symbol, date, venue: 'KRX', at: String(atUs) })
    const [book] = await pipeline.store.query(`SELECT best_bid, best_bid_size, best_ask, timestamp FROM order_book WHERE ${until} LIMIT -1`)
    expect(body.book).toMatchObject({ atMs: Number(book!['timestamp']) / 1000, phases: ['KRX: continuous'] })
    expect(body.book!.bids[0]).toMatchObject({ price: book!['best_bid'], size: book!['best_bid_size'] })
    expect(body.book!.spread).toBe(Number(book!['best_ask']) - Number(book!['best_bid']))
    const trades = await pipeline.store.query(`SELECT timestamp, price, volume FROM trades WHERE ${until} LIMIT -60`)
    expect(trades).toHaveLength(60)
    const shown = body.sales.map(({ atMs, price, volume }) => ({ timestamp: Math.round(atMs * 1000), price, volume }))
    expect(shown).toEqual(trades.reverse())
    const both = await ask('moment', { symbol, date, at: String(atUs) })
    expect(both.body.book!.asks.some(({ krx, nxt }) => krx > 0 && nxt > 0)).toBe(true)
    const last = await ask('moment', { symbol, date })
    expect(last.body.book).toMatchObject({ phases: ['KRX: closed', 'NXT: closed'] })
    expect(last.body.book!.atMs * 1000).toBeGreaterThan(momentOf(date, '19:00'))
  })

  it('a new trade of today is in the newest bar before QuestDB keeps its bar', async () => {
    const timestamp = Date.now() * 1000
    const trade = { timestamp, symbol, venue: 'KRX', session: 'today', seq: 1, price: 70_000, volume: 7, side: 'buy' }
    await pipeline.store.tables.fill(entityOf('trade').table, [trade as DataRecord], signal)
    await eventually(async () => {
      const { body } = await ask('chart', { symbol, venue: 'KRX', interval: '1s', date: dateAt(timestamp) })
      expect([body.isToday, body.bars.volume, body.previous]).toEqual([true, [7], date])
    })
  })

  it('a trade of a past day that comes late is in its bars before QuestDB keeps them', async () => {
    const { store } = pipeline
    const late = {
      timestamp: momentOf(date, '11:11:11'),
      symbol,
      venue: 'KRX',
      session: 'late',
      seq: 1,
      price: 70_000,
      volume: 11,
      side: 'buy',
    }
    await store.tables.fill(entityOf('trade').table, [late as DataRecord], signal)
    await store.waitUntilApplied('trade')
    const { bars } = await chart({ venue: 'KRX', interval: '1m' })
    const sql = `SELECT sum(volume) AS volume FROM trades WHERE symbol = '${symbol}' AND venue = 'KRX' AND timestamp IN '[${date}]@Asia/Seoul'`
    const [trades] = await store.query<{ volume: number }>(sql)
    expect(sum(bars.volume)).toBe(trades!.volume)
  })

  it('finds symbols by code without a table of instruments, and by name with one', async () => {
    const { query } = pipeline.store
    const found = async (search: string) => {
      const market = new MarketReader({ query, calendar: loadCalendar({}) })
      const answer = await market.answer('/market/symbols.json', new URLSearchParams({ search }), signal)
      return (answer!.body as SymbolsAnswer).symbols
    }
    await query('DROP TABLE IF EXISTS instrument')
    expect((await found('0059')).map(each => each.symbol)).toEqual([symbol])
    expect(await found('삼성')).toEqual([])
    await query(
      'CREATE TABLE instrument (timestamp TIMESTAMP, symbol SYMBOL, name VARCHAR, market SYMBOL, kind SYMBOL) TIMESTAMP(timestamp) PARTITION BY MONTH WAL',
    )
    expect((await found('0059')).map(each => each.symbol)).toEqual([symbol])
    await query(`INSERT INTO instrument VALUES (0, '${symbol}', '삼성전자', 'KOSPI', 'stock'), (0, '001', '종합', null, 'sector')`)
    await eventually(async () => expect(await found('ㅅㅅㅈㅈ')).toEqual([{ symbol, name: '삼성전자', market: 'KOSPI' }]))
    expect(await found('종합')).toEqual([])
  })

  it('a query whose asker has left ends in QuestDB, too', async () => {
    const { query } = pipeline.store
    const endless = 'SELECT sum(a.price * b.price * c.price) FROM trade a CROSS JOIN trade b CROSS JOIN trade c'
    const running = async () => {
      const queries = await query<{ query: string }>('SELECT query FROM query_activity()')
      return queries.filter(each => each.query.startsWith(endless)).length
    }
    const left = new AbortController()
    const asked = query(endless, left.signal).catch(error => error.name)
    await eventually(async () => expect(await running()).toBe(1))
    left.abort()
    expect(await asked).toBe('AbortError')
    await eventually(async () => expect(await running()).toBe(0), { timeoutMs: scaledTimeout(10_000) })
  })

  it('says why there is nothing, and that QuestDB is away', async () => {
    expect((await chart({ symbol: '999999', date: '2026-11-29' })).note.problem).toBe('No trades of 999999 on 2026-11-29: a Sunday.')
    expect((await chart({ symbol: '999999' })).note.problem).toMatch(/QuestDB holds none of this symbol\.$/)
    await own.questdbProxy.cut()
    expect(await ask('chart', { symbol, date })).toMatchObject({
      status: 503,
      body: { note: { problem: expect.stringContaining('cannot be reached') } },
    })
    await own.questdbProxy.restore()
    await eventually(async () => expect((await ask('chart', { symbol, date })).status).toBe(200))
  })

  it.skipIf(noBrowser !== undefined)(`is drawn by a browser${noBrowser ? ` (skipped, because ${noBrowser})` : ''}`, async () => {
    const browser = await launch()
    onTestFinished(() => browser.close())
    const { page, faults } = await open(browser, `${url}/market?symbol=${symbol}&date=${date}`)
    await page.locator('#asks tr').first().waitFor()
    expect(await page.locator('#sale-rows tr').count()).toBe(60)
    expect(await page.locator('#mark-rows .what').allTextContents()).toContain('gap: disconnected')
    expect(faults).toEqual([])
  })
})
