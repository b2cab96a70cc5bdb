import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { dayOf } from '@tickhouse/calendar'
import { entityOf } from '@tickhouse/catalogue'
import { quoted } from '@tickhouse/store'
import { fileOf, moveLastingly, writeLastingly } from '../src/files.ts'
import { certificateFile, datasetFile, manifestFile } from '../src/layout.ts'
import { type ArchivedDataset, manifestText } from '../src/manifest.ts'
import { Parquet } from '../src/parquet.ts'
import { columnsOf } from '../src/parquet-sql.ts'

export const date = '2026-11-25'
export const { table } = entityOf('gold_price')
const signal = new AbortController().signal

/** Rows of gold, those from the 500th on of a second session, as QuestDB exports them: in the order of time, symbols mixed. */
export async function exportedRows(file: string, rows = 1_000, first = 0): Promise<void> {
  const { fromUs } = dayOf(date)
  const own: Readonly<Record<string, string>> = {
    timestamp: `make_timestamptz(${fromUs} + i * 1000000)`,
    symbol: "if(i % 7 = 0, 'MGU', if(i % 2 = 0, 'MGD', 'MGE'))",
    venue: "'KRX'",
    session: "if(i < 500, 's1', 's2')",
    seq: 'if(i < 500, i + 1, i - 499)',
    price: '1000 + i % 7',
    kafka_partition: '0',
    kafka_offset: 'i',
  }
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const columns = table.columns.map(({ name }) => `${own[name] ?? 'NULL'} AS "${name}"`)
  await connection.run(`COPY (SELECT ${columns.join(', ')} FROM range(${first}, ${first + rows}) r(i)) TO ${quoted(file)} (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

/** Makes an archive of one dataset by hand. */
export async function smallArchive(folder: string): Promise<ArchivedDataset> {
  const [exported, sorted] = [join(folder, 'exported.parquet'), join(folder, 'sorted.parquet')]
  const parquet = await Parquet.open(join(folder, 'spilled'), signal)
  await exportedRows(exported)
  await parquet.writeSorted(table, [exported], sorted)
  const { sessions } = await parquet.contents(columnsOf(table), [exported])
  parquet.close()
  const archive = join(folder, 'archive')
  await moveLastingly(sorted, join(archive, datasetFile(table.name, date)))
  await writeLastingly(join(archive, certificateFile(date)), '{ "condition": "complete" }\n')
  const dataset: ArchivedDataset = {
    dataset: table.name,
    rows: 1_000,
    first_us: sessions[0]!.first_us,
    last_us: sessions[1]!.last_us,
    file: await fileOf(archive, datasetFile(table.name, date)),
    columns: columnsOf(table),
    sessions,
  }
  const manifest = {
    ...({
      format: 'tickhouse archive',
      version: 1,
      date,
      from: '',
      to: '',
      from_us: 0,
      to_us: 0,
      condition: 'complete',
      uncertified: null,
    } as const),
    certificate: await fileOf(archive, certificateFile(date)),
    made: { with: 'a test', parquet: parquet.version, catalogue_sha256: '' },
    datasets: [dataset],
  }
  await writeLastingly(join(archive, manifestFile(date)), manifestText(manifest))
  return dataset
}
