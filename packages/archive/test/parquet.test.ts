import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dayOf } from '@tickhouse/calendar'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { columnsOf, type FileRow, Parquet } from '../src/parquet.ts'
import { date, exportedRows, table } from './small-archive.ts'

const columns = columnsOf(table)

async function open(): Promise<{ folder: string; parquet: Parquet }> {
  const folder = temporaryFolder()
  return { folder, parquet: await Parquet.open(join(folder, 'spilled'), new AbortController().signal) }
}

test('files in any order give one file with the same rows and the same bytes', async () => {
  const { folder, parquet } = await open()
  const files = [1, 2].map(number => join(folder, `${number}.parquet`))
  await exportedRows(files[0]!, 300_000)
  await exportedRows(files[1]!, 10)
  const sorted = [join(folder, 'a [1]*.parquet'), join(folder, 'b.parquet')]
  await parquet.writeSorted(table, files, sorted[0]!)
  await parquet.writeSorted(table, files.toReversed(), sorted[1]!)
  expect(readFileSync(sorted[0]!).equals(readFileSync(sorted[1]!))).toBe(true)
  const { sessions, fingerprint } = await parquet.contents(columns, files)
  expect(await parquet.contents(columns, [sorted[0]!])).toEqual({ sessions, fingerprint })
  expect((await parquet.contents(columns, files.slice(1))).fingerprint).not.toBe(fingerprint)
  parquet.close()
})

test('rows are read in the order of time, with times in µs', async () => {
  const { folder, parquet } = await open()
  const [exported, sorted] = ['exported.parquet', 'sorted.parquet'].map(name => join(folder, name)) as [string, string]
  await exportedRows(exported, 10)
  await parquet.writeSorted(table, [exported], sorted)
  const rows: FileRow[] = []
  for await (const some of parquet.inTimeOrder(columns, sorted)) rows.push(...some)
  expect(rows.map(({ kafka_offset }) => kafka_offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(rows[9]).toMatchObject({ timestamp: dayOf(date).fromUs + 9_000_000, symbol: 'MGU', session: 's2', seq: 5, price: 1002 })
  parquet.close()
})
