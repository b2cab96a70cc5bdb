import { rename, rm } from 'node:fs/promises'
import type { KeptCertificate } from '@tickhouse/audit'
import type { Interval } from '@tickhouse/calendar'
import type { Entity } from '@tickhouse/catalogue'
import { counted, type Doing, TickhouseError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { columnDifferences } from '../column-figures.ts'
import { fileOf, sync } from '../files.ts'
import { datasetFile } from '../layout.ts'
import type { ArchivedDataset, ArchivedFile } from '../manifest.ts'
import { maxSortedRows, type Parquet } from '../parquet.ts'
import { columnsOf } from '../parquet-sql.ts'
import { rowsIn, type SessionRows, sessionRows, sessionsThatDiffer } from '../session-rows.ts'
import { requireCounted } from './certified.ts'
import { fetchSlices } from './fetch-slices.ts'
import type { Unfinished } from './unfinished.ts'

/** What writing a dataset works with. */
export interface DatasetDeps extends Doing {
  readonly store: Store
  readonly parquet: Parquet
  readonly archive: string
  readonly unfinished: Unfinished
  readonly certificate: KeptCertificate | undefined
  /** The part of the date that is archived. */
  readonly time: Interval
}

/** Writes what QuestDB holds of a dataset and date into a file that waits for its place, and reads it back. Throws ROWS_CHANGED when rows come or go meanwhile. */
export async function writeDataset({ name, table }: Entity, date: string, deps: DatasetDeps): Promise<ArchivedDataset> {
  const { store, unfinished, certificate, time, tell, signal } = deps
  tell(() => `Asking table ${name} for ${date}`)
  await store.waitUntilApplied(name, signal)
  const sessions = await sessionRows(store, name, time, signal)
  if (certificate !== undefined) requireCounted(certificate.certificate, name, sessions)
  const file = sessions.length === 0 ? null : await writeFile({ name, table }, date, sessions, deps)
  const entry: ArchivedDataset = {
    dataset: name,
    rows: rowsIn(sessions),
    first_us: sessions.length === 0 ? null : Math.min(...sessions.map(({ first_us }) => first_us)),
    last_us: sessions.length === 0 ? null : Math.max(...sessions.map(({ last_us }) => last_us)),
    file,
    columns: columnsOf(table),
    sessions,
  }
  await unfinished.done(entry)
  await rm(unfinished.path(name), { recursive: true, force: true })
  return entry
}

async function writeFile(
  { name, table }: Pick<Entity, 'name' | 'table'>,
  date: string,
  sessions: readonly SessionRows[],
  deps: DatasetDeps,
): Promise<ArchivedFile> {
  const { store, parquet, archive, unfinished, time, tell, signal } = deps
  const rows = counted(rowsIn(sessions), 'row')
  const fetching = { table, time, folder: unfinished.path(name), maxRows: maxSortedRows }
  const slices = await fetchSlices(store, fetching, { tell, signal })
  tell(() => `Comparing ${rows} of ${name} with what was fetched`)
  const fetched = await parquet.contents(columnsOf(table), slices)
  const changed = [
    ...sessionsThatDiffer(sessions, fetched.sessions),
    ...(await columnDifferences({ store, parquet, signal }, { table, time, files: slices })),
  ]
  if (changed.length > 0) {
    await rm(unfinished.path(name), { recursive: true, force: true })
    throw new TickhouseError(
      'ROWS_CHANGED',
      `What QuestDB exported of ${name} is not what its table holds: ${changed.join('; ')}. Rows may have come meanwhile: run the same command again.`,
    )
  }
  const path = unfinished.path(`${name}.parquet`)
  tell(() => `Sorting ${rows} of ${name}`)
  await parquet.writeSorted(table, slices, `${path}.new`)
  tell(() => `Reading ${rows} of ${name} back`)
  const written = await parquet.contents(columnsOf(table), [`${path}.new`])
  if (written.fingerprint !== fetched.fingerprint || sessionsThatDiffer(fetched.sessions, written.sessions).length > 0)
    throw new TickhouseError('ARCHIVE_DIFFERS', `${path}.new does not hold the rows that it was made of: the disk may be damaged`)
  await sync(`${path}.new`)
  await rename(`${path}.new`, path)
  return fileOf(archive, datasetFile(name, date), unfinished.fileOf(name))
}
