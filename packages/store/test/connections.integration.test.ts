import { describeWithServers, eventually } from '@tickhouse/testkit'
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

  test('that are made again take no rows over the connection that knew them before, and all over another one', async () => {
    const { store } = testStore()
    const table = await freshTable(store, ticksTable())
    const writer = store.writer(table)
    const write = (seq: number) => writer.write(rowsOf(table, [tick(seq)]), AbortSignal.timeout(60_000))
    const remake = async () => {
      await store.query(`DROP TABLE '${table.name}'`)
      await store.tables.apply(await store.tables.plan([table]))
    }
    const stored = async () => {
      await store.waitUntilApplied(table.name)
      return (await store.query<{ seq: number }>(`SELECT seq FROM '${table.name}' ORDER BY seq`)).map(({ seq }) => seq)
    }
    await write(1)
    await remake()
    await write(2)
    expect(await stored()).toEqual([])
    await write(3)
    expect(await stored()).toEqual([3])
    await remake()
    writer.reconnect()
    await write(4)
    expect(await stored()).toEqual([4])
    store.close()
  })

  test('that are filled now and then keep no connection', async () => {
    const { store } = testStore()
    const table = await freshTable(store, ticksTable())
    const fill = (seq: number) => store.tables.fill(table, [tick(seq)], AbortSignal.timeout(60_000))
    const open = () => process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length
    await fill(1)
    const before = open()
    for (const seq of [2, 3, 4, 5, 6]) await fill(seq)
    await eventually(() => expect(open()).toBeLessThanOrEqual(before))
    store.close()
  })
})
