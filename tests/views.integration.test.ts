import { loadCalendar } from '@tickhouse/calendar'
import {
  type DataRecord,
  dictionary,
  entityOf,
  legend,
  marketPhaseTable,
  tableDefinitions,
  type ViewDefinition,
  views,
} from '@tickhouse/catalogue'
import { createLogger } from '@tickhouse/runtime'
import { bringInLine, openStore, type Store, wantedViews } from '@tickhouse/store'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Random, randomOf } from './random.ts'
import { Duck, type Value } from './views/duck.ts'
import { expected } from './views/expected.ts'
import { nbboOf, type Phase } from './views/nbbo.ts'
import * as made from './views/records.ts'

const signal = AbortSignal.timeout(scaledTimeout(600_000))
/** FAULT_SEED tries other records. */
const random = randomOf(Number(process.env['FAULT_SEED'] ?? 20261125))
const codes = legend().filter(({ dataset, column }) => dataset === 'market_session' && column === 'market_operation_code')
const seconds = { timeoutMs: 60_000, intervalMs: 50 }
const viewNamed = (name: string) => views.find(view => view.name === name)!
const materialized = views.filter(view => view.materialized)

/** What each table gets, in the order of time. */
const records: Readonly<Record<string, readonly DataRecord[]>> = {
  trade: made.madeUpTrades(random, 3_000),
  order_book: made.madeUpBooks(random, 3_000),
  volatility_interruption: made.madeUpInterruptions(random, 60),
  market_session: made.madeUpSteps(codes.map(({ code }) => code)),
  program_trading: made.madeUpPrograms(random, 300),
  broker_activity: made.madeUpBrokers(random, 200),
  etf_nav: made.madeUpNavs(random, 300),
}

describeWithOwnServers('views on a real QuestDB', () => {
  let own: OwnServers
  let store: Store
  let duck: Duck
  /** What was written so far, each once, as it must count. */
  const written = new Map<string, Map<number, DataRecord>>()

  beforeAll(async () => {
    own = await ownServers()
    const configurationString = `${own.questdb.configurationString}request_timeout=${scaledTimeout(60_000)};`
    store = openStore({ configurationString, log: createLogger({ name: 'tests', level: 'silent' }) })
    await store.connect(signal)
    await inLine('all')
    duck = await Duck.open()
    const phases = await store.query<DataRecord & Phase>("SELECT * FROM market_phase WHERE timestamp IN '2026-11'")
    await duck.fill(marketPhaseTable, phases)
  }, 300_000)

  afterAll(async () => {
    duck?.close()
    store?.close()
    await own?.close()
  }, 300_000)

  /** What `tickhouse tables apply` does. */
  async function inLine(setting: string, wanted = wantedViews({ VIEWS: setting })): Promise<void> {
    const plan = await store.tables.plan(tableDefinitions)
    await bringInLine(store, { plan, calendar: loadCalendar({}), views: wanted }, signal)
  }

  /** One commit; both databases have it then. */
  async function write(table: string, some: readonly DataRecord[]): Promise<void> {
    const known = written.get(table) ?? new Map<number, DataRecord>()
    for (const record of some) known.set(record.seq, record)
    written.set(table, known)
    await store.tables.fill(entityOf(table).table, some, signal)
    await duck.fill(entityOf(table).table, [...known.values()])
  }

  /** Resolves when everything that was written is in the bars and quotes that QuestDB keeps: at once instead of within a minute. */
  async function refreshed(): Promise<void> {
    for (const { name, materialized: kept } of materialized)
      if (kept?.refresh !== 'IMMEDIATE') await store.query(`REFRESH MATERIALIZED VIEW ${name} INCREMENTAL`)
    await eventually(async () => {
      const states = await store.query(
        'SELECT view_name, view_status, refresh_base_table_txn = base_table_txn AS done FROM materialized_views()',
      )
      expect(states.filter(({ view_status: status, done }) => status !== 'valid' || !done)).toEqual([])
      expect(states).toHaveLength(materialized.length)
    }, seconds)
    for (const { name } of materialized) await store.waitUntilApplied(name, signal)
  }

  /** Everything that a view shows, and what it should. */
  async function rowsOf({ name, columns }: ViewDefinition): Promise<[shown: string[], wanted: string[]]> {
    const names = columns.map(column => column.name)
    const lines = (rows: readonly Record<string, unknown>[]) =>
      rows.map(row => JSON.stringify(names.map(column => row[column] ?? null))).sort()
    return [lines(await store.query(`SELECT * FROM ${name}`)), lines(await wantedOf(name))]
  }

  async function wantedOf(name: string): Promise<Record<string, Value>[]> {
    if (name === 'market_steps') return stepsOf()
    if (name !== 'nbbo') return duck.rows(expected[name]!)
    const phases = await store.query<DataRecord & Phase>("SELECT * FROM market_phase WHERE timestamp IN '2026-11'")
    return nbboOf([...written.get('order_book')!.values()], phases)
  }

  function stepsOf(): Record<string, Value>[] {
    const meanings = new Map(codes.map(({ code, meaning }) => [code, meaning]))
    return [...written.get('market_session')!.values()].map(record => {
      const code = record['market_operation_code'] as string
      return {
        timestamp: record.timestamp,
        exchange_time: null,
        venue: code >= 'P' && code <= 'W' ? 'NXT' : 'KRX',
        kind: ['0', '2', 'f'].includes(code) ? 'countdown' : 'step',
        code,
        meaning: meanings.get(code) ?? null,
        seconds_left: record['seconds_to_market_open'] as number,
        session: record.session,
      }
    })
  }

  it('have the columns and the types that the dictionary says, in that order', async () => {
    for (const { name } of views) {
      const columns = await store.query<{ column: string; type: string }>(`SHOW COLUMNS FROM ${name}`)
      const described = await store.query(`SELECT column_name, quest_type FROM dictionary WHERE dataset = '${name}' ORDER BY ordinal`)
      expect(
        columns.map(({ column, type }) => ({ column_name: column, quest_type: type })),
        name,
      ).toEqual(described)
    }
    const undescribed = 'SELECT count() AS count FROM dictionary WHERE description IS NULL OR ordinal IS NULL'
    expect(await store.query(undescribed)).toEqual([{ count: 0 }])
    expect(await store.query('SELECT count() AS count FROM dictionary')).toEqual([{ count: dictionary().length }])
    expect(await store.query('SELECT count() AS count FROM legend')).toEqual([{ count: legend().length }])
  })

  it('show nothing of tables that are empty', async () => {
    for (const { name } of views) expect(await store.query(`SELECT * FROM ${name}`), name).toEqual([])
  })

  it('agree with another database to the last digit, while rows come late, twice, and in any order', { timeout: 600_000 }, async () => {
    for (const batch of batchesOf(records, random)) {
      for (const [table, some] of batch) await write(table, some)
      await refreshed()
      for (const view of views) {
        const [shown, wanted] = await rowsOf(view)
        expect(shown, view.name).toEqual(wanted)
      }
    }
    for (const [table, all] of Object.entries(records)) expect(written.get(table)!.size, table).toBe(all.length)
    for (const view of views) expect((await store.query(`SELECT * FROM ${view.name} LIMIT 1`)).length, view.name).toBe(1)
  })

  it('show every state that books and auctions can be in', async () => {
    const states = await store.query('SELECT DISTINCT state FROM nbbo ORDER BY state')
    expect(states.map(({ state }) => state)).toEqual([null, 'crossed', 'locked', 'normal'])
    expect((await store.query('SELECT * FROM auctions WHERE price IS NOT NULL')).length).toBeGreaterThan(3)
    expect((await store.query('SELECT * FROM vi_events WHERE ended_at IS NULL')).length).toBeGreaterThan(1)
  })

  it.each(views)('$name: a condition on symbol and time leaves the same rows as without it', async ({ name, columns }) => {
    const all = await store.query<Record<string, Value>>(`SELECT * FROM ${name}`)
    const [from, to] = ['2026-11-25T00:00:10.000000Z', '2026-11-25T06:31:00.000000Z']
    const within = (time: Value) => Number(time) >= Date.parse(from) * 1000 && Number(time) <= Date.parse(to) * 1000
    const hasSymbol = columns.some(column => column.name === 'symbol')
    const some = await store.query(
      `SELECT * FROM ${name} WHERE timestamp BETWEEN '${from}' AND '${to}'${hasSymbol ? " AND symbol = '005930'" : ''}`,
    )
    const wanted = all.filter(row => within(row['timestamp']!) && (!hasSymbol || row['symbol'] === '005930'))
    const sorted = (rows: readonly object[]) => rows.map(row => JSON.stringify(row)).sort()
    expect(sorted(some)).toEqual(sorted(wanted))
  })

  it('a query that says its time first gets the same rows from nbbo and auctions', async () => {
    for (const name of ['nbbo', 'auctions']) {
      const first = await store.query(`DECLARE @time := '[2026-11-25]@Asia/Seoul' SELECT * FROM ${name}`)
      expect(first.length).toBeGreaterThan(3)
      expect(await store.query(`SELECT * FROM ${name} WHERE timestamp IN '[2026-11-25]@Asia/Seoul'`)).toEqual(first)
    }
  })

  it('begin a day at midnight in Korea', async () => {
    const days = await store.query<{ timestamp: number }>('SELECT DISTINCT timestamp FROM ohlcv_1d ORDER BY timestamp')
    const joined = await store.query('SELECT DISTINCT t.date FROM ohlcv_1d o JOIN trading_day t ON o.timestamp = t.timestamp ORDER BY date')
    expect(days.map(({ timestamp }) => new Date(timestamp / 1000).toISOString().slice(11))).toEqual(days.map(() => '15:00:00.000Z'))
    expect(joined).toEqual(['2026-11-24', '2026-11-25', '2026-11-26'].map(date => ({ date })))
  })

  it('are made once, and then there is nothing to do', async () => {
    const found = await store.views.plan(wantedViews({ VIEWS: 'all' }))
    expect(found).toEqual({ create: [], replace: [], drop: [], kept: [], unchanged: views.map(({ name }) => name) })
  })

  it('that differ are replaced with those that follow from them, and hold the same again', async () => {
    const changed = (name: string, select: string) => ({ ...viewNamed(name), select })
    const before = [
      changed('trades', 'SELECT timestamp, price FROM trade'),
      changed('ohlcv_1s', viewNamed('ohlcv_1s').select.replace('sum(volume) AS', 'max(volume) AS')),
    ]
    const all = views.map(view => before.find(({ name }) => name === view.name) ?? view)
    await inLine('all', { all, wanted: new Set(all.map(({ name }) => name)) })
    await refreshed()
    expect((await rowsOf(viewNamed('ohlcv_1d')))[0]).not.toEqual((await rowsOf(viewNamed('ohlcv_1d')))[1])
    const { replace } = await store.views.plan(wantedViews({ VIEWS: 'all' }))
    expect(replace.map(({ view }) => view.name)).toEqual(['trades', 'ohlcv_1s', 'ohlcv_1m', 'ohlcv_1d'])
    await inLine('all')
    await refreshed()
    for (const name of ['trades', 'ohlcv_1s', 'ohlcv_1m', 'ohlcv_1d', 'ohlcv_1d_consolidated']) {
      const [shown, wanted] = await rowsOf(viewNamed(name))
      expect(shown, name).toEqual(wanted)
    }
  })

  it('go with VIEWS=none and VIEWS=basic, and come back with VIEWS=all; views of others stay', async () => {
    await store.query('CREATE VIEW mine AS (SELECT timestamp, price FROM trade)')
    const there = async () =>
      (await store.query<{ table_name: string }>("SELECT table_name FROM tables() WHERE table_type != 'T'")).map(row => row.table_name)
    await inLine('none')
    expect(await there()).toEqual(['mine'])
    await inLine('basic')
    expect((await there()).sort()).toEqual(['mine', ...wantedViews({ VIEWS: 'basic' }).wanted].sort())
    await inLine('all')
    await refreshed()
    const [shown, wanted] = await rowsOf(viewNamed('ohlcv_1m'))
    expect(shown).toEqual(wanted)
  })

  it('of somebody else under a name of ours stay and are named', async () => {
    await store.query('DROP VIEW quotes_5')
    await store.query('CREATE VIEW quotes_5 AS (SELECT timestamp FROM order_book)')
    const { kept, ...rest } = await store.views.plan(wantedViews({ VIEWS: 'all' }))
    expect(kept).toMatchObject([{ name: 'quotes_5', reason: 'is a view that somebody else has made' }])
    expect(rest).toMatchObject({ create: [], replace: [], drop: [] })
    await inLine('all')
    await store.query('DROP VIEW quotes_5')
    await inLine('all')
    expect((await store.query('SELECT bid_1 FROM quotes_5')).length).toBeGreaterThan(1)
  })

  it('stay up to date when old rows leave their table by TTL, and keep what was made of them', async () => {
    const before = await store.query("SELECT * FROM bbo_1m WHERE timestamp < '2026-11-24T15:00' ORDER BY timestamp, symbol, venue")
    await store.query('ALTER TABLE order_book SET TTL 6 HOURS')
    const newest = records['order_book']!.at(-1)!
    const later: DataRecord = { ...newest, venue: 'KRX', timestamp: newest.timestamp + 60_000_000, seq: newest.seq + 1 }
    await store.tables.fill(entityOf('order_book').table, [later], signal)
    await refreshed()
    expect(await store.query("SELECT count() AS count FROM order_book WHERE timestamp < '2026-11-24T15:00'")).toEqual([{ count: 0 }])
    expect(await store.query("SELECT * FROM bbo_1m WHERE timestamp < '2026-11-24T15:00' ORDER BY timestamp, symbol, venue")).toEqual(before)
    expect(await store.query(`SELECT bid FROM bbo_1m WHERE symbol = '${later.symbol}' AND venue = 'KRX' LIMIT -1`)).toEqual([
      { bid: later['best_bid'] },
    ])
  })

  it('that hold what their table has lost are neither replaced nor dropped, until somebody decides', async () => {
    await store.query("ALTER TABLE trade DROP PARTITION WHERE timestamp < '2026-11-24T15:00'")
    const days = await store.query('SELECT * FROM ohlcv_1d')
    const names = ['ohlcv_1s', 'ohlcv_1m', 'ohlcv_1d']
    await eventually(async () => {
      const { kept } = await store.views.plan(wantedViews({ VIEWS: 'all' }))
      expect(kept.map(({ name }) => name)).toEqual(names)
      expect(kept[0]!.reason).toMatch(/^no longer follows trade: drop partition/)
    }, seconds)
    await inLine('all')
    await inLine('basic')
    expect(await store.query('SELECT * FROM ohlcv_1d')).toEqual(days)
    for (const { name, mend } of (await store.views.plan(wantedViews({ VIEWS: 'all' }))).kept.toReversed()) {
      for (const statement of mend
        .replace(/ {3}\(.*/, '')
        .split(';')
        .filter(Boolean))
        await store.query(statement)
      expect((await store.query(`SELECT count() AS count FROM ${name}_before`))[0]).not.toEqual({ count: 0 })
    }
    await inLine('all')
    await refreshed()
    expect((await store.query('SELECT * FROM ohlcv_1d')).length).toBeLessThan(days.length)
  })

  it('come back when their table was dropped and made again', async () => {
    await store.query('DROP TABLE program_trading')
    await store.query('DROP TABLE trade')
    await inLine('all')
    expect(await store.query('SELECT * FROM program_flow')).toEqual([])
    expect(await store.query('SELECT * FROM trades')).toEqual([])
  })
})

/** Every record in some commit, in no order; some of them twice, and the oldest last. */
function batchesOf(all: Readonly<Record<string, readonly DataRecord[]>>, { between }: Random): [string, DataRecord[]][][] {
  const count = 4
  const parts = Object.entries(all).map(([table, list]) => {
    const late = new Set(list.slice(0, Math.ceil(list.length / 10)))
    const turns = list.map(record => (late.has(record) ? count - 1 : between(0, count - 1)))
    const batch = (turn: number) =>
      shuffled(
        list.filter((_, index) => turns[index] === turn || (turns[index]! < turn && between(0, 9) === 0)),
        between,
      )
    return Array.from({ length: count }, (_, turn) => [table, batch(turn)] as [string, DataRecord[]])
  })
  return Array.from({ length: count }, (_, turn) => parts.map(part => part[turn]!))
}

function shuffled<T>(list: readonly T[], between: Random['between']): T[] {
  const order = [...list]
  for (let last = order.length - 1; last > 0; last--) {
    const other = between(0, last)
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}
