import { TradingCalendar } from '@tickhouse/calendar'
import { type DataRecord, dataConditionTable, dictionary, type TableDefinition, tableDefinitions } from '@tickhouse/catalogue'
import { dictionaryTable, type SqlRow, type Store, statementsOf } from '@tickhouse/store'
import { describeWithServers } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshName, freshTable, testStore } from './on-questdb.ts'
import { firstUs, rowsOf, tick, ticks, ticksTable } from './ticks.ts'

const signal = AbortSignal.timeout(300_000)
const hourUs = 3_600_000_000

describeWithServers('tables on a real QuestDB', () => {
  let store: Store
  beforeAll(() => {
    store = testStore().store
  })
  afterAll(() => store.close())

  test('every table of the catalogue is made once, and then there is nothing to do', async () => {
    const tables = tableDefinitions.map(table => ({ ...table, name: freshName(table.name) }))
    const plan = await store.tables.plan(tables)
    expect(plan.create).toEqual(tables)
    await store.tables.apply(plan)
    await store.tables.apply(plan)
    expect(await store.tables.plan(tables)).toEqual({
      create: [],
      add: [],
      refused: [],
      extra: [],
      unchanged: tables.map(({ name }) => name),
    })
  })

  test('a missing column is added, takes rows at once, and the rows before have null there', async () => {
    const full = ticksTable(freshName('grown'))
    const before = { ...full, columns: full.columns.filter(({ name }) => name !== 'ladder') }
    await store.tables.apply(await store.tables.plan([before]))
    await store.writer(before).write(rowsOf(before, [tick(1)]), signal)
    const plan = await store.tables.plan([full])
    expect(statementsOf(plan)).toEqual([`ALTER TABLE ${full.name} ADD COLUMN IF NOT EXISTS ladder DOUBLE[][]`])
    await store.tables.apply(plan)
    expect((await store.tables.plan([full])).unchanged).toEqual([full.name])
    await store.writer(full).write(rowsOf(full, [tick(2, { ladder: [[1, null]] })]), signal)
    await store.waitUntilApplied(full.name)
    expect(await store.query(`SELECT ladder FROM ${full.name} ORDER BY timestamp`)).toEqual([{ ladder: null }, { ladder: [[1, null]] }])
  })

  test.each<[string, (table: TableDefinition) => string, string]>([
    [
      'a column of another type',
      ({ name }) => `ALTER TABLE ${name} ALTER COLUMN price TYPE LONG`,
      'column price: expected DOUBLE, found LONG',
    ],
    ['deduplication switched off', ({ name }) => `ALTER TABLE ${name} DEDUP DISABLE`, 'deduplication off'],
    ['other keys', ({ name }) => `ALTER TABLE ${name} DEDUP ENABLE UPSERT KEYS(timestamp, symbol)`, 'found symbol, timestamp'],
  ])('%s is refused with the difference, and what else there is to do is done', async (_, sql, difference) => {
    const table = await freshTable(store, ticksTable())
    const missing = ticksTable(freshName('missing'))
    await store.query(sql(table))
    await store.waitUntilApplied(table.name)
    const plan = await store.tables.plan([table, missing])
    await expect(store.tables.apply(plan)).rejects.toMatchObject({
      code: 'STORE_TABLE_DIFFERS',
      message: expect.stringContaining(difference),
    })
    expect(await store.tables.plan([table, missing])).toMatchObject({ create: [], refused: plan.refused, unchanged: [missing.name] })
  })

  test('a table that QuestDB refuses to make does not keep the others from being made', async () => {
    const [bad, good] = [ticksTable('no/name'), ticksTable(freshName('made'))]
    await expect(store.tables.apply(await store.tables.plan([bad, good]))).rejects.toMatchObject({
      code: 'STORE_TABLE_DIFFERS',
      message: expect.stringContaining('no/name: not changed: QuestDB cannot run the query'),
    })
    expect((await store.tables.plan([good])).create).toEqual([])
  })

  test('the dictionary holds what it is given, once, and forgets what is gone', async () => {
    const rows = dictionary()
    await store.tables.fillDictionary(rows, signal)
    const transactions = await written()
    await store.tables.fillDictionary(rows, signal)
    expect(await written()).toBe(transactions)
    expect(await price()).toMatchObject({ fid: 10, korean_title: '현재가', quest_type: 'DOUBLE', unit: 'KRW' })
    expect(await store.query('SELECT count() AS rows FROM dictionary')).toEqual([{ rows: rows.length }])
    const changed = rows.filter(({ dataset }) => dataset === 'trade').map(row => (row.column === 'price' ? { ...row, unit: 'USD' } : row))
    await store.tables.fillDictionary(changed, signal)
    expect(await price()).toMatchObject({ fid: 10, unit: 'USD' })
    expect(await store.query('SELECT count() AS rows FROM dictionary')).toEqual([{ rows: changed.length }])
    await store.tables.fillDictionary(rows, signal)
  })

  test('the trading calendar tells the phase of every row, is written once, and follows what an operator changes', async () => {
    const newYear2026Us = Date.UTC(2026, 11, 31, 16) * 1_000 // 2027-01-01 in Korea
    const phaseAt = async (time: string, venue: string) => {
      const rows = await store.query(
        `WITH moment AS (SELECT '${time}'::timestamp AS timestamp, '${venue}'::symbol AS venue) ` +
          'SELECT phase, kind, hours FROM (moment TIMESTAMP(timestamp)) ASOF JOIN market_phase ON (venue)',
      )
      return rows[0]
    }
    await store.tables.fillCalendar(new TradingCalendar(), newYear2026Us - 86_400_000_000, signal)
    const transactions = [await written('trading_day'), await written('market_phase')]
    await store.tables.fillCalendar(new TradingCalendar(), newYear2026Us - 86_400_000_000, signal)
    expect([await written('trading_day'), await written('market_phase')]).toEqual(transactions)
    expect(
      await store.query("SELECT date, state, hours, reason FROM trading_day WHERE date IN ('2026-11-19', '2026-11-29') ORDER BY date"),
    ).toEqual([
      { date: '2026-11-19', state: 'open', hours: 'csat', reason: 'college entrance exam' },
      { date: '2026-11-29', state: 'closed', hours: null, reason: 'weekend' },
    ])
    expect(await phaseAt('2026-11-25T01:00:00Z', 'KRX')).toEqual({ phase: 'continuous', kind: 'continuous', hours: 'published' })
    expect(await phaseAt('2026-11-29T01:00:00Z', 'KRX')).toEqual({ phase: 'closed', kind: null, hours: null })
    expect(await phaseAt('2026-11-24T23:10:00Z', 'SOR')).toEqual({ phase: 'pre_market', kind: 'continuous', hours: 'published' })
    const changed = new TradingCalendar({ days: [{ date: '2026-11-25', kind: 'closed', reason: 'temporary holiday' }], hours: [] })
    await store.tables.fillCalendar(changed, newYear2026Us, signal)
    expect(await phaseAt('2026-11-25T01:00:00Z', 'KRX')).toEqual({ phase: 'closed', kind: null, hours: null })
    expect(await store.query('SELECT min(date) AS first, max(date) AS last FROM trading_day')).toEqual([
      { first: '2026-01-01', last: '2028-12-31' },
    ])
  })

  test('the condition of a day is written into a table that is made if need be, and a second check replaces it', async () => {
    const table = { ...dataConditionTable, name: freshName('data_condition') }
    const day = (condition: string, rows: number) => {
      const row = { timestamp: firstUs, date: '2026-11-25', dataset: 'trade', condition, records: 5, rows, gap_seconds: 1.5 }
      return row as unknown as DataRecord
    }
    await store.tables.fill(table, [day('pending', 3), { ...day('pending', 4), dataset: '*' }], signal)
    await store.tables.fill(table, [day('complete', 5)], signal)
    expect(await store.query(`SELECT date, dataset, condition, rows, gap_seconds FROM ${table.name} ORDER BY dataset`)).toEqual([
      { date: '2026-11-25', dataset: '*', condition: 'pending', rows: 4, gap_seconds: 1.5 },
      { date: '2026-11-25', dataset: 'trade', condition: 'complete', rows: 5, gap_seconds: 1.5 },
    ])
  })

  async function price(): Promise<SqlRow | undefined> {
    return (await store.query("SELECT * FROM dictionary WHERE dataset = 'trade' AND column_name = 'price'"))[0]
  }

  async function written(name = dictionaryTable.name): Promise<number | undefined> {
    return (await store.walStates()).find(({ table }) => table === name)?.writtenTransaction
  }
})

/** A row that is missing at this time, of whatever offset. */
const before = (timestamp: number) => ({ timestamp, offset: Number.MAX_SAFE_INTEGER })

describeWithServers('what a table holds', () => {
  let store: Store
  beforeAll(() => {
    store = testStore().store
  })
  afterAll(() => store.close())

  test('a record is found by its Kafka time, partition and offset', async () => {
    const table = await freshTable(store, ticksTable())
    await store.writer(table).write(rowsOf(table, [tick(1, { timestamp: firstUs + 1_777 })], 3), signal)
    expect(await store.holds(table.name, firstUs + 1_777, 3, 0)).toBe(true)
    expect(await store.holds(table.name, firstUs + 1_000, 3, 0)).toBe(true)
    expect(await store.holds(table.name, firstUs + 2_000, 3, 0)).toBe(false)
    expect(await store.holds(table.name, firstUs + 1_777, 2, 0)).toBe(false)
    expect(await store.holds(table.name, firstUs + 1_777, 3, 1)).toBe(false)
  })

  test('the last offset of a partition is found, however far back', async () => {
    const table = await freshTable(store, ticksTable())
    await store.writer(table).write(rowsOf(table, ticks(10), 0), signal)
    const late = [tick(11, { timestamp: firstUs + 1000 * hourUs })]
    await store.writer(table).write(rowsOf(table, late, 1), signal)
    expect(await store.lastOffset(table.name, 0, before(firstUs + 1000 * hourUs))).toBe(9)
    expect(await store.lastOffset(table.name, 1, before(firstUs + 1000 * hourUs))).toBe(0)
    expect(await store.lastOffset(table.name, 1, before(firstUs + 999 * hourUs))).toBeNull()
    expect(await store.lastOffset(table.name, 0, before(firstUs + 4_000))).toBe(3)
    expect(await store.lastOffset(table.name, 0, before(firstUs - hourUs))).toBeNull()
    expect(await store.lastOffset(table.name, 2, before(firstUs + 1000 * hourUs))).toBeNull()
  })

  test('rows of the same time that came after a missing one do not stand for those before it', async () => {
    const table = await freshTable(store, ticksTable())
    await store.writer(table).write(rowsOf(table, ticks(10), 0), signal)
    expect(await store.lastOffset(table.name, 0, { timestamp: firstUs + 9_000, offset: 9 })).toBe(8)
    expect(await store.lastOffset(table.name, 0, { timestamp: firstUs + 9_000, offset: 0 })).toBeNull()
  })

  test('an empty table has no last offset', async () => {
    const table = await freshTable(store, ticksTable())
    expect(await store.lastOffset(table.name, 0, before(firstUs))).toBeNull()
  })

  test('sessions are counted with their doubles and holes', async () => {
    const table = await freshTable(store, ticksTable())
    const second = [1, 2, 4, 4].map((seq, index) => tick(seq, { session: 's2', timestamp: firstUs + hourUs + index }))
    await store.writer(table).write(rowsOf(table, [...ticks(3), ...second]), signal)
    await store.waitUntilApplied(table.name)
    const counts = {
      session: 's2',
      rows: 4,
      distinct: 3,
      firstSeq: 1,
      lastSeq: 4,
      firstUs: firstUs + hourUs,
      lastUs: firstUs + hourUs + 3,
      outOfOrder: 0,
    }
    expect(await store.sessionCounts(table.name)).toEqual([
      { session: 's1', rows: 3, distinct: 3, firstSeq: 1, lastSeq: 3, firstUs: firstUs + 1000, lastUs: firstUs + 3000, outOfOrder: 0 },
      counts,
    ])
    expect(await store.sessionCounts(table.name, { fromUs: firstUs + hourUs })).toEqual([counts])
    expect(await store.sessionCounts(table.name, { fromUs: firstUs + 2000, toUs: firstUs + 3000 })).toMatchObject([
      { rows: 1, firstSeq: 2 },
    ])
  })

  test('rows that stand behind one of a higher seq are counted, each session by itself', async () => {
    const table = await freshTable(store, ticksTable())
    const misplaced = [2, 5, 3, 6, 4].map((seq, index) => tick(seq, { timestamp: firstUs + index * 1000 + 1, session: 's2' }))
    await store.writer(table).write(rowsOf(table, [...ticks(5), ...misplaced]), signal)
    await store.waitUntilApplied(table.name)
    expect((await store.sessionCounts(table.name)).map(({ session, outOfOrder }) => [session, outOfOrder])).toEqual([
      ['s1', 0],
      ['s2', 2],
    ])
    expect(await store.sessionCounts(table.name, { fromUs: firstUs + 2000 })).toMatchObject([{ outOfOrder: 0 }, { outOfOrder: 1 }])
  })

  test('a table that does not exist is an error that names it', async () => {
    await expect(store.waitUntilApplied('nowhere')).rejects.toThrow('Expected a table nowhere')
    await expect(store.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: 'STORE_QUERY_FAILED' })
  })
})
