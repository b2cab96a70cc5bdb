import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { dayOf } from '@tickhouse/calendar'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { type FileRow, Parquet } from '../src/parquet.ts'
import { columnsOf } from '../src/parquet-sql.ts'
import { date, exportedRows, table } from './small-archive.ts'

const columns = columnsOf(table)

async function open(maxRows?: number): Promise<{ folder: string; parquet: Parquet }> {
  const folder = temporaryFolder()
  return { folder, parquet: await Parquet.open(join(folder, 'spilled'), new AbortController().signal, maxRows) }
}

/** All rows of a file in its order, as text. */
async function rowsIn(file: string): Promise<string> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`)).getRowObjectsJson()
  connection.closeSync()
  instance.closeSync()
  return JSON.stringify(rows)
}

test('slices of time become one file, sorted by symbol and time, whatever fits into memory at once', async () => {
  const { folder, parquet } = await open()
  const whole = join(folder, 'whole.parquet')
  await exportedRows(whole, 3_000)
  const slices = [0, 1_000, 2_000].map(first => join(folder, `${first}.parquet`))
  for (const [index, slice] of slices.entries()) await exportedRows(slice, 1_000, index * 1_000)
  await parquet.writeSorted(table, [whole], join(folder, 'at-once.parquet'))
  const expected = await rowsIn(join(folder, 'at-once.parquet'))
  const { sessions, fingerprint } = await parquet.contents(columns, [whole])
  // One part, one for each symbol, and symbols that are taken slice by slice.
  for (const maxRows of [5_000, 1_500, 800]) {
    const { parquet: small } = await open(maxRows)
    const sorted = join(folder, `sorted-${maxRows}.parquet`)
    await small.writeSorted(table, slices, sorted)
    expect(await rowsIn(sorted)).toBe(expected)
    expect(await small.contents(columns, [sorted])).toEqual({ sessions, fingerprint })
    small.close()
  }
  expect((await parquet.contents(columns, slices.slice(1))).fingerprint).not.toBe(fingerprint)
  parquet.close()
}, 60_000)

test('the same slices have the same bytes, under a path that looks like a pattern', async () => {
  const { folder, parquet } = await open(400)
  const slices = [0, 1_000].map(first => join(folder, `${first}.parquet`))
  for (const [index, slice] of slices.entries()) await exportedRows(slice, 1_000, index * 1_000)
  const sorted = [join(folder, 'a [1]*.parquet'), join(folder, 'b.parquet')]
  for (const file of sorted) await parquet.writeSorted(table, slices, file)
  expect(readFileSync(sorted[0]!).equals(readFileSync(sorted[1]!))).toBe(true)
  expect((await parquet.contents(columns, [sorted[0]!])).sessions.map(({ rows }) => rows)).toEqual([500, 1_500])
  parquet.close()
})

test('rows are read in the order of time, with times in µs', async () => {
  const { folder, parquet } = await open(100)
  const [exported, sorted] = ['exported.parquet', 'sorted.parquet'].map(name => join(folder, name)) as [string, string]
  await exportedRows(exported, 510)
  await parquet.writeSorted(table, [exported], sorted)
  const rows: FileRow[] = []
  for await (const some of parquet.inTimeOrder(columns, sorted)) rows.push(...some)
  expect(rows.map(({ kafka_offset }) => kafka_offset)).toEqual(Array.from({ length: 510 }, (_, index) => index))
  expect(rows[509]).toMatchObject({ timestamp: dayOf(date).fromUs + 509_000_000, symbol: 'MGE', session: 's2', seq: 10, price: 1005 })
  parquet.close()
})
