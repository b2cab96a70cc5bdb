import { TradingCalendar } from '@tickhouse/calendar'
import { createLogger } from '@tickhouse/runtime'
import { defaultOptions, type Simulator, startSimulator } from '@tickhouse/simulator'
import { lastTradingDay, openStore, type Store } from '@tickhouse/store'
import { describeWithServers, servers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tickhouse } from './command.ts'

describeWithServers('tickhouse instruments', () => {
  let simulator: Simulator
  let store: Store
  const today = lastTradingDay(new TradingCalendar(), Date.now() * 1_000)

  const run = (...words: string[]) => {
    const { brokers, questdb } = servers()
    const env = { KIWOOM_ENV: 'simulator', KIWOOM_REST_URL: simulator.url }
    return tickhouse({ brokers, questdb }, '/nowhere', ['instruments', ...words, '--data', '/nowhere'], env).end
  }
  const refresh = async () => {
    const { code, stdout, stderr } = await run('refresh', '--format', 'json')
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout)
  }
  const emptied = async () => {
    for (const table of ['listing', 'instrument']) {
      await store.query(`TRUNCATE TABLE ${table}`)
      await store.waitUntilApplied(table)
    }
  }

  beforeAll(async () => {
    store = openStore({ configurationString: servers().questdb, log: createLogger({ name: 'test', level: 'silent' }) })
    simulator = await startSimulator({ limits: { ...defaultOptions.limits, requestsPerSecond: 1_000 }, rowsPerPage: 20 })
    await store.instruments.listedUpTo(AbortSignal.timeout(60_000))
    await emptied()
  })
  afterAll(async () => {
    await emptied()
    store.close()
    await simulator.close()
  })

  test('the list of the venue is stored, and a stock is found by its name', async () => {
    const { instruments, written, unreadable, missing } = await refresh()
    expect(instruments).toBeGreaterThan(50)
    expect([written, unreadable, missing]).toEqual([{ listing: instruments, instrument: instruments }, 0, []])
    expect(await store.query("SELECT * FROM instrument WHERE name = '삼성전자'")).toEqual([
      {
        ...{ timestamp: 0, symbol: '005930', name: '삼성전자', market: 'KOSPI', kind: 'stock', listed_shares: 5_919_637_922, venues: null },
        ...{ first_day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), last_day: today, nxt: 'Y', industry: null, audit: '정상' },
        updated_at: expect.any(Number),
      },
    ])
    expect(await store.query('SELECT count() AS rows, count_distinct(symbol) AS symbols FROM instrument')).toEqual([
      { rows: instruments, symbols: instruments },
    ])
  })

  test('asking again changes nothing', async () => {
    const states = async () => (await store.walStates()).filter(({ table }) => ['listing', 'instrument'].includes(table))
    const before = await states()
    expect(await refresh()).toMatchObject({ written: { listing: 0, instrument: 0 } })
    expect(await states()).toEqual(before)
  })

  test('a symbol that is delisted keeps its row with its last day, and one that is renamed is found by its new name', async () => {
    simulator.inject({ fault: 'list', symbol: '109670', name: null })
    simulator.inject({ fault: 'list', symbol: '000660', name: '새하이닉스' })
    await refresh()
    expect(await store.query("SELECT name, last_day FROM instrument WHERE symbol = '109670'")).toEqual([
      { name: '씨싸이트', last_day: today },
    ])
    expect(await store.query("SELECT symbol FROM instrument WHERE name = '새하이닉스'")).toEqual([{ symbol: '000660' }])
    expect((await run('show', '새하이닉스')).stdout).toMatch(/^symbol +000660$/m)
  })

  test('instruments are listed by a part of their name, by market and by kind', async () => {
    expect((await run('list', '삼성', '--kind', 'stock')).stdout).toMatch(/^005930 +삼성전자 +KOSPI +stock +5919637922 /m)
    const { stdout } = await run('list', '--kind', 'etf', '--format', 'json')
    expect(JSON.parse(stdout).map(({ symbol }: { symbol: string }) => symbol)).toEqual(['069500', '122630'])
    expect(JSON.parse((await run('list', '--seen', '--format', 'json')).stdout)).toEqual([])
  })

  test('a venue that gives some of its lists only, or none, is told, and what is known stays', async () => {
    simulator.inject({ fault: 'refuse', what: 'list', code: 1999, times: 1 })
    const partial = await run('refresh')
    expect(partial).toMatchObject({ code: 1, stderr: expect.stringContaining('List 0 is missing: The venue failed') })
    simulator.inject({ fault: 'refuse', what: 'token', code: 8001, times: 1 })
    const none = await run('refresh')
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('KIWOOM_APP_KEY') })
    expect(await store.query("SELECT symbol FROM instrument WHERE name = '삼성전자'")).toEqual([{ symbol: '005930' }])
  })

  test('what is not known is said, with exit code 2', async () => {
    expect(await run('show', '없는종목')).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected the code or the name') })
    expect(await run('refresh', '--no-list')).toMatchObject({ code: 2, stderr: expect.stringContaining('--since') })
    expect(await run('refresh', '--since', 'soon')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a date such as 2026-11-25'),
    })
  })
})
