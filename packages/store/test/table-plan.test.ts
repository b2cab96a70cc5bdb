import { ddlOf, entities, entityOf, type TableDefinition } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { diffOf, type ExistingTable, planTables, statementsOf } from '../src/tables/table-plan.ts'

const tables = entities.map(({ table }) => table)
const trade = entityOf('trade').table

test('on an empty database every table is created', () => {
  const plan = planTables(tables, new Map())
  expect(plan.create).toEqual(tables)
  expect(diffOf(plan).split('\n')[0]).toBe('order_execution: is missing')
  expect(statementsOf(plan)).toHaveLength(tables.length)
  expect(`${statementsOf(plan)[0]};\n`).toBe(ddlOf(tables[0]!))
})

test('with every table there, nothing is to be done', () => {
  const plan = planTables(tables, new Map(tables.map(table => [table.name, asExisting(table)])))
  expect(plan).toEqual({ create: [], add: [], refused: [], extra: [], unchanged: tables.map(({ name }) => name) })
  expect(statementsOf(plan)).toEqual([])
})

test('a missing column is added', () => {
  const existing = asExisting(trade)
  const plan = planTables([trade], there({ ...existing, columns: existing.columns.filter(({ name }) => name !== 'vwap') }))
  expect(statementsOf(plan)).toEqual(['ALTER TABLE trade ADD COLUMN IF NOT EXISTS vwap DOUBLE'])
  expect(plan.refused).toEqual([])
  expect(diffOf(plan)).toBe('trade: column vwap: is missing')
})

test('a column that the catalogue does not know stays', () => {
  const existing = asExisting(trade)
  const plan = planTables([trade], there({ ...existing, columns: [...existing.columns, { name: 'mine', type: 'INT', dedupKey: false }] }))
  expect(plan).toMatchObject({ create: [], add: [], refused: [], extra: [{ table: 'trade', column: 'mine' }] })
})

test.each<[string, (table: ExistingTable) => ExistingTable, string]>([
  ['another type', table => withColumn(table, 'price', { type: 'LONG' }), 'trade: column price: expected DOUBLE, found LONG'],
  ['other partitions', table => ({ ...table, partitionBy: 'DAY' }), 'trade: partitioning: expected HOUR, found DAY'],
  [
    'no deduplication',
    table => ({ ...table, deduplicated: false }),
    'trade: deduplication keys: expected seq, session, symbol, timestamp, venue, found deduplication off',
  ],
  [
    'other keys',
    table => withColumn(table, 'seq', { dedupKey: false }),
    'trade: deduplication keys: expected seq, session, symbol, timestamp, venue, found session, symbol, timestamp, venue',
  ],
  ['no write-ahead log', table => ({ ...table, writeAheadLog: false }), 'trade: write-ahead log: expected on, found off'],
  [
    'another time',
    table => ({ ...table, designatedTimestamp: 'exchange_time' }),
    'trade: designated timestamp: expected timestamp, found exchange_time',
  ],
])('%s is refused with the difference', (_, change, line) => {
  const plan = planTables([trade], there(change(asExisting(trade))))
  expect(diffOf(plan)).toBe(line)
  expect(plan.unchanged).toEqual([])
  expect(statementsOf(plan)).toEqual([])
})

function there(table: ExistingTable): Map<string, ExistingTable> {
  return new Map([[table.name, table]])
}

function withColumn(table: ExistingTable, column: string, change: Partial<ExistingTable['columns'][number]>): ExistingTable {
  return { ...table, columns: table.columns.map(existing => (existing.name === column ? { ...existing, ...change } : existing)) }
}

function asExisting({ name, columns, dedupKeys, partitionBy }: TableDefinition): ExistingTable {
  return {
    name,
    partitionBy,
    writeAheadLog: true,
    deduplicated: true,
    designatedTimestamp: 'timestamp',
    columns: columns.map(column => ({ name: column.name, type: column.questType, dedupKey: dedupKeys.includes(column.name) })),
  }
}
