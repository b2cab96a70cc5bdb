import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { dayOf } from '@tickhouse/calendar'
import { type DataRecord, entityOf, type TableDefinition } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'
import { describeWithServers, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshTable, testStore } from './on-questdb.ts'

const signal = AbortSignal.timeout(300_000)
const day = dayOf('2020-01-06')

/** Texts of every kind, most of them missing. */
const texts = [undefined, { '41': 'x😀 한' }, undefined, { '42': '' }, undefined, undefined]
const records = Array.from({ length: 600 }, (_, index) => ({
  timestamp: day.fromUs + 3_600_000_001 + index * 7,
  symbol: '005930',
  venue: 'KRX',
  session: 's1',
  seq: index + 1,
  best_ask: index % 3 === 0 ? undefined : 70_000.1,
  asks:
    index % 2 === 0
      ? [
          [1, null],
          [2, 3],
          [null, null],
        ]
      : undefined,
  unreadable: texts[index % texts.length],
})) as unknown as DataRecord[]

describeWithServers('an export of rows', () => {
  let store: Store
  let table: TableDefinition
  beforeAll(async () => {
    store = testStore().store
    table = await freshTable(store, entityOf('order_book').table)
    await store.tables.fill(table, records, signal)
  })
  afterAll(() => store.close())

  it('has every value, to the µs, with arrays as lists', async () => {
    const file = join(temporaryFolder(), 'rows.parquet')
    await store.exportParquet({ table, ...day, file }, signal)
    const columns = 'epoch_us(timestamp)::DOUBLE AS timestamp, seq::DOUBLE AS seq, best_ask, asks, unreadable'
    const expected = await store.query(`SELECT timestamp, seq, best_ask, asks, unreadable FROM ${table.name}`)
    expect(expected).toHaveLength(600)
    expect(JSON.parse(JSON.stringify(await read(file, `SELECT ${columns} FROM FILE ORDER BY timestamp`)))).toEqual(expected)
  })

  it('asks for texts as STRING, because QuestDB loses short ones as VARCHAR', async () => {
    const short = await freshTable(store, entityOf('order_book').table)
    await store.tables.fill(
      short,
      records.map(record => ({ ...record, unreadable: { '42': '1' } })),
      signal,
    )
    const unreadable = { ...short.columns.find(({ name }) => name === 'unreadable')!, questType: 'SYMBOL' as const }
    const asVarchar = { ...short, columns: [...short.columns.filter(({ name }) => name !== 'unreadable'), unreadable] }
    const count = async (table: TableDefinition) => {
      const file = join(temporaryFolder(), 'rows.parquet')
      await store.exportParquet({ table, ...day, file }, signal)
      return await read(file, 'SELECT count(unreadable)::DOUBLE AS texts FROM FILE')
    }
    expect(await count(short)).toEqual([{ texts: 600 }])
    expect(await count(asVarchar)).toEqual([{ texts: 0 }])
  })
})

async function read(file: string, sql: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(sql.replace('FILE', `'${file}'`))).getRowObjectsJS()
  connection.closeSync()
  instance.closeSync()
  return rows
}
