import { entities, type TableDefinition } from '@tickhouse/catalogue'
import { rowDifferences, type SqlRow, type Store } from '@tickhouse/store'
import { describeWithServers } from '@tickhouse/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshTable, testStore } from './on-questdb.ts'
import { recordsOf } from './records.ts'
import { firstUs, rowsOf, tick, ticks, ticksTable } from './ticks.ts'

const signal = AbortSignal.timeout(300_000)

describeWithServers('rows read back', () => {
  let store: Store
  beforeAll(() => {
    store = testStore().store
  })
  afterAll(() => store.close())

  const written = async (definition: TableDefinition, records: ReturnType<typeof ticks>) => {
    const table = await freshTable(store, definition)
    await store.writer(table).write(rowsOf(table, records), signal)
    await store.waitUntilApplied(table.name, signal)
    return table
  }

  test('come whole and in order, whatever the page holds', async () => {
    const table = await written(ticksTable(), ticks(100))
    for (const pageRows of [1, 7, 100, 1_000]) {
      const seqs = (await all(store.rowPages({ table, pageRows }))).map(({ seq }) => seq)
      expect(seqs, `${pageRows} a page`).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    }
  })

  test('come once each where many have the same time', async () => {
    const records = ticks(30, seq => ({ timestamp: firstUs + Math.floor(seq / 10) }))
    const table = await written(ticksTable(), records)
    const seqs = (await all(store.rowPages({ table, pageRows: 3 }))).map(({ seq }) => seq as number)
    expect(seqs.sort((a, b) => a - b)).toEqual(records.map(({ seq }) => seq))
  })

  test('are those that were asked for', async () => {
    const records = ticks(20, seq => ({ session: seq % 2 === 0 ? "it's" : 's1' }))
    const table = await written(ticksTable(), records)
    const { timestamp: fromUs } = tick(5)
    const { timestamp: toUs } = tick(10)
    const rows = await all(store.rowPages({ table, fromUs, toUs, only: { session: "it's" }, columns: [...table.dedupKeys, 'price'] }))
    expect(rows.map(({ seq }) => seq)).toEqual([6, 8])
    expect(Object.keys(rows[0]!)).toEqual([...table.dedupKeys, 'price'])
  })

  test.each(entities.map(({ name, table }) => [name, table] as const))(
    'of %s differ in nothing from their records',
    async (_, definition) => {
      const sample = fc.sample(recordsOf(definition), { numRuns: 30, seed: 20261122 })
      const records = sample.map((record, index) => ({ ...record, timestamp: firstUs + index }))
      const table = await written(definition, records)
      const rows = await all(store.rowPages({ table }))
      expect(rows).toHaveLength(30)
      rows.forEach((row, index) => {
        expect(rowDifferences(table, records[index]!, row)).toEqual([])
      })
    },
  )
})

async function all(pages: AsyncGenerator<SqlRow[]>): Promise<SqlRow[]> {
  const rows: SqlRow[] = []
  for await (const page of pages) rows.push(...page)
  return rows
}
