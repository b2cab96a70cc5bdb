import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { timeCondition } from '@tickhouse/audit'
import type { Interval } from '@tickhouse/calendar'
import type { TableDefinition } from '@tickhouse/catalogue'
import { type Doing, grouped } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { type MinuteRows, timeSlices } from '../time-slices.ts'

/** Fetches the rows of a table from QuestDB into a folder, a file for each slice of time with at most so many; files that are there already are not fetched again. */
export async function fetchSlices(
  store: Store,
  {
    table,
    time,
    folder,
    maxRows,
  }: { readonly table: TableDefinition; readonly time: Interval; readonly folder: string; readonly maxRows: number },
  { tell, signal }: Doing,
): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const minutes = await store.query<MinuteRows>(
    `SELECT timestamp AS fromUs, count() AS rows FROM ${table.name} WHERE ${timeCondition(time)} SAMPLE BY 1m ALIGN TO CALENDAR`,
    signal,
  )
  const files: string[] = []
  let fetched = 0
  const all = minutes.reduce((sum, { rows }) => sum + rows, 0)
  tell(() => `Fetching ${table.name} from QuestDB: ${grouped(fetched)} of ${grouped(all)} rows`)
  for (const { fromUs, toUs, rows } of timeSlices(minutes, maxRows)) {
    const file = join(folder, `${fromUs}-${toUs}.parquet`)
    if (!existsSync(file)) {
      await store.exportParquet({ table, fromUs, toUs: Math.min(toUs, time.toUs), file: `${file}.new` }, signal)
      await rename(`${file}.new`, file)
    }
    files.push(file)
    fetched += rows
  }
  return files
}
