import { describeWithServers } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { freshTable, testStore } from './on-questdb.ts'
import { rowsOf, tick, ticksTable } from './ticks.ts'

describeWithServers('tables that are written at once', () => {
  test('each keep to one write-ahead log, however often they are written', async () => {
    const { store } = testStore()
    const tables = await Promise.all(Array.from({ length: 4 }, () => freshTable(store, ticksTable())))
    const writers = tables.map(table => store.writer(table))
    for (let round = 0; round < 12; round++) {
      const due = writers.filter((_, index) => (round + index) % 3 !== 0)
      await Promise.all(
        due.map(writer => writer.write(rowsOf({ ...ticksTable(), name: writer.table }, [tick(round + 1)]), AbortSignal.timeout(60_000))),
      )
    }
    for (const { name } of tables) {
      const [logs] = await store.query<{ count: number }>(
        `SELECT count_distinct(walId) AS count FROM wal_transactions('${name}') WHERE walId > 0`,
      )
      expect(logs).toEqual({ count: 1 })
    }
    store.close()
  })
})
