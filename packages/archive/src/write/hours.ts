import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { timeCondition } from '@tickhouse/audit'
import type { Interval } from '@tickhouse/calendar'
import type { TableDefinition } from '@tickhouse/catalogue'
import { type Doing, grouped } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'

const hourUs = 3_600_000_000

/** Fetches the rows of a table from QuestDB, a file for each hour that has any, into a folder; hours that are in it already are not fetched again. */
export async function fetchHours(
  store: Store,
  table: TableDefinition,
  time: Interval,
  folder: string,
  { tell, signal }: Doing,
): Promise<string[]> {
  const { name } = table
  await mkdir(folder, { recursive: true })
  const hours = await store.query<{ fromUs: number; rows: number }>(
    `SELECT timestamp AS fromUs, count() AS rows FROM ${name} WHERE ${timeCondition(time)} SAMPLE BY 1h ALIGN TO CALENDAR`,
    signal,
  )
  const files: string[] = []
  let fetched = 0
  const all = hours.reduce((sum, { rows }) => sum + rows, 0)
  tell(() => `Fetching ${name} from QuestDB: ${grouped(fetched)} of ${grouped(all)} rows`)
  for (const { fromUs, rows } of hours) {
    const file = join(folder, `${fromUs}.parquet`)
    if (!existsSync(file)) {
      await store.exportParquet({ table, fromUs, toUs: fromUs + hourUs, file: `${file}.new` }, signal)
      await rename(`${file}.new`, file)
    }
    files.push(file)
    fetched += rows
  }
  return files
}
