import { type DataRecord, entities, entityOf, SessionNormalizer, type TableDefinition } from '@tickhouse/catalogue'
import type { SqlRow, Store } from '@tickhouse/store'
import { describeWithServers, frameFixtures, servers } from '@tickhouse/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfiguration } from '../src/configuration.ts'
import { Transport } from '../src/write/transport.ts'
import { officialRow } from './official-client.ts'
import { freshTable, testStore } from './on-questdb.ts'
import { recordsOf } from './records.ts'
import { firstUs, rowsOf, tick, ticks, ticksTable } from './ticks.ts'

describeWithServers('rows on a real QuestDB', () => {
  let store: Store
  const signal = AbortSignal.timeout(300_000)
  beforeAll(() => {
    store = testStore().store
  })
  afterAll(() => store.close())

  test.each(entities.map(({ name, table }) => [name, table] as const))(
    'every column of %s comes back as it was written',
    async (_, definition) => {
      const table = await freshTable(store, definition)
      const records = sample(table, 20)
      await store.writer(table).write(rowsOf(table, records, 5), signal)
      expect(await rowsIn(table)).toEqual(records.map((record, offset) => expectedRow(table, record, 5, offset)))
    },
  )

  test('what the official client writes reads back the same', async () => {
    const definition = entityOf('order_book').table
    const [ours, theirs] = [await freshTable(store, definition), await freshTable(store, definition)]
    const records = sample(definition, 20)
    await store.writer(ours).write(rowsOf(ours, records), signal)
    const bytes = Buffer.concat(records.map((record, offset) => officialRow(theirs, record, 0, offset)))
    const transport = new Transport(parseConfiguration(servers().questdb))
    expect((await transport.post('/write', bytes)).status).toBe(204)
    transport.close()
    expect(await rowsIn(ours)).toEqual(await rowsIn(theirs))
  })

  test('records of the venue’s own frames come back whole', async () => {
    for (const [dataset, records] of venueRecords()) {
      const table = await freshTable(store, entityOf(dataset).table)
      await store.writer(table).write(rowsOf(table, records), signal)
      expect(await rowsIn(table)).toEqual(records.map((record, offset) => expectedRow(table, record, 0, offset)))
    }
  })

  test('every control character and every escape survives', async () => {
    const table = await freshTable(store, ticksTable())
    const characters = Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)).concat([
      '"',
      "'",
      ',',
      '=',
      '\\',
      '\u007f',
      '\u2028',
      '\ufeff',
      '😀',
    ])
    const records = characters.map((character, index) =>
      tick(index + 1, { symbol: character === '\0' ? 'nul' : `a${character}`, note: `${character}b` }),
    )
    await store.writer(table).write(rowsOf(table, records), signal)
    const rows = await rowsIn(table)
    expect(rows.map(({ symbol }) => symbol)).toEqual(records.map(({ symbol }) => symbol))
    expect(rows.map(({ note }) => note)).toEqual(records.map(record => record['note']))
  })

  test('numbers at their limits survive', async () => {
    const table = await freshTable(store, ticksTable())
    const prices = [5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 0.1 + 0.2, 1e21, 2 ** 53, 71_500]
    const records = prices.map((price, index) => tick(index + 1, { price }))
    records.push(tick(0, { seq: Number.MAX_SAFE_INTEGER, timestamp: Number.MAX_SAFE_INTEGER, price: 1 }))
    const rows = rowsOf(table, records)
    await store.writer(table).write(rows, signal)
    const found = await rowsIn(table)
    expect(found.map(({ price }) => price)).toEqual([...prices, 1])
    expect(found.at(-1)).toMatchObject({ seq: Number.MAX_SAFE_INTEGER, timestamp: Number.MAX_SAFE_INTEGER })
  })

  test('a row written twice is there once', async () => {
    const table = await freshTable(store, ticksTable())
    const rows = rowsOf(table, ticks(100))
    await store.writer(table).write(rows, signal)
    await store.writer(table).write(rows, signal)
    expect(await rowsIn(table)).toHaveLength(100)
  })

  async function rowsIn({ name }: TableDefinition): Promise<SqlRow[]> {
    await store.waitUntilApplied(name, signal)
    return store.query(`SELECT * FROM ${name} ORDER BY timestamp`)
  }
})

/** Records whose times are in order, so that rows come back in the order of the records. */
function sample(table: TableDefinition, count: number): DataRecord[] {
  return fc.sample(recordsOf(table), { numRuns: count, seed: 20261122 }).map((record, index) => ({ ...record, timestamp: firstUs + index }))
}

/** Every record that the fixtures give, by dataset. */
function venueRecords(): Map<string, DataRecord[]> {
  const identity = { session: 's1', openedAtUs: firstUs, environment: 'simulator', collector: 'c1' }
  const normalizer = new SessionNormalizer(identity)
  const records = new Map<string, DataRecord[]>()
  for (const { text } of frameFixtures())
    for (const { dataset, json } of normalizer.entry({ kind: 'frame', timeUs: firstUs + 1000, text }))
      records.set(dataset, [...(records.get(dataset) ?? []), JSON.parse(json)])
  return records
}

/** What SQL must give for a record: every column, null where the record has none. */
function expectedRow(table: TableDefinition, record: DataRecord, partition: number, offset: number): SqlRow {
  const row = { ...record, kafka_partition: partition, kafka_offset: offset } as Record<string, unknown>
  return Object.fromEntries(table.columns.map(({ name }) => [name, expectedValue(name, row[name])])) as SqlRow
}

function expectedValue(name: string, value: unknown): unknown {
  if (name !== 'unreadable' || !value) return value ?? null
  return Object.entries(value)
    .map(([fid, text]) => `${fid}=${text}`)
    .join(';')
}
