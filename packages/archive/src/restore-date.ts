import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Certificate, RowWriter, requireTables, storeConditions, storedCondition } from '@tickhouse/audit'
import type { Interval } from '@tickhouse/calendar'
import { type DataRecord, type Entity, entities } from '@tickhouse/catalogue'
import { counted, type Doing, grouped, TickhouseError, UsageError } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { type ArchivedDataset, type Manifest, manifestOf } from './manifest.ts'
import { type FileRow, Parquet, spillFolder } from './parquet.ts'
import { rowDifferencesOf, sessionRows } from './session-rows.ts'
import { problemsOfFile } from './verify-archive.ts'

/** What is put back, and from where. */
export interface RestoreOptions {
  /** A Korean date. */
  readonly date: string
  /** Those of the archive where none is named. */
  readonly datasets?: readonly string[] | undefined
  readonly from: string
}

/** What restoring works with. */
export interface RestoreDeps extends Doing {
  readonly store: Store
}

/** What became of a dataset. */
export interface RestoredDataset {
  readonly dataset: string
  readonly rows: number
  /** 0 where all of them were there. */
  readonly written: number
}

/**
 * Puts a date from an archive back into QuestDB. Rows that are there under the same keys are replaced by the same rows, so doing it twice, or over what is there, changes
 * nothing; a dataset of which all rows are there is not written. Throws UsageError, ARCHIVE_DAMAGED and RESTORE_INCOMPLETE.
 */
export async function restoreDate({ date, datasets, from }: RestoreOptions, deps: RestoreDeps): Promise<RestoredDataset[]> {
  const { store, tell, signal } = deps
  const manifest = manifestOf(from, date)
  const wanted = entriesNamed(manifest, datasets)
  await requireTables(
    store,
    wanted.map(({ entity }) => entity.table),
    signal,
  )
  const parquet = await Parquet.open(spillFolder(), signal)
  try {
    const restored: RestoredDataset[] = []
    for (const { entry, entity } of wanted) {
      tell(() => `Comparing ${entry.dataset} with its table`)
      const written = (await isThere(entry, manifest, deps)) ? 0 : await write(entry, entity, from, { ...deps, parquet })
      await requireThere(entry, manifest, deps)
      restored.push({ dataset: entry.dataset, rows: entry.rows, written })
    }
    await restoreConditions(manifest, from, deps)
    return restored
  } finally {
    parquet.close()
  }
}

/** A row as the record that it was stored from. */
export function recordOf({ kafka_partition: _, kafka_offset: __, ...row }: FileRow, { table }: Pick<Entity, 'table'>): DataRecord {
  const record: Record<string, unknown> = row
  if (typeof row['unreadable'] === 'string') record['unreadable'] = unreadableOf(row['unreadable'])
  // QuestDB gives a matrix without elements back as one without rows, and takes it with one.
  for (const { name, questType } of table.columns)
    if (questType === 'DOUBLE[][]' && (row[name] as unknown[] | null)?.length === 0) record[name] = [[]]
  return record as DataRecord
}

/** What is written as this very text, however many fields it names. */
function unreadableOf(text: string): Record<string, string> {
  const end = text.indexOf('=')
  return { [text.slice(0, end)]: text.slice(end + 1) }
}

interface Wanted {
  readonly entry: ArchivedDataset
  readonly entity: Entity
}

function entriesNamed({ date, datasets }: Manifest, names: readonly string[] | undefined): Wanted[] {
  const lacking = names?.filter(name => !datasets.some(({ dataset }) => dataset === name)) ?? []
  if (lacking.length > 0)
    throw new UsageError(
      `Expected datasets that the archive has of ${date}, was ${lacking.join(', ')}; it has ${datasets.map(({ dataset }) => dataset).join(', ')}`,
    )
  return datasets
    .filter(({ dataset, rows }) => rows > 0 && (names?.includes(dataset) ?? true))
    .map(entry => ({ entry, entity: entityFor(entry) }))
}

/** Today's catalogue must have a column for every value. */
function entityFor({ dataset, columns }: ArchivedDataset): Entity {
  const entity = entities.find(({ name }) => name === dataset)
  const types = new Map(entity?.table.columns.map(({ name, questType }) => [name, questType]))
  const homeless = columns.filter(({ name, type }) => types.get(name) !== type).map(({ name, type }) => `${name} ${type}`)
  if (entity !== undefined && homeless.length === 0) return entity
  throw new UsageError(
    entity === undefined
      ? `Expected a dataset of the catalogue, the archive has ${dataset}`
      : `Table ${dataset} has no place for what the archive holds: ${homeless.join(', ')}`,
  )
}

async function isThere({ dataset, sessions }: ArchivedDataset, manifest: Manifest, { store, signal }: RestoreDeps): Promise<boolean> {
  await store.waitUntilApplied(dataset, signal)
  return rowDifferencesOf(sessions, await sessionRows(store, dataset, timeOf(manifest), signal)).length === 0
}

async function requireThere({ dataset, sessions }: ArchivedDataset, manifest: Manifest, { store, signal }: RestoreDeps): Promise<void> {
  const differences = rowDifferencesOf(sessions, await sessionRows(store, dataset, timeOf(manifest), signal))
  if (differences.length === 0) return
  throw new TickhouseError(
    'RESTORE_INCOMPLETE',
    `Table ${dataset} does not hold what the archive has of ${manifest.date}: ${differences.join('; ')}`,
  )
}

function timeOf({ from_us: fromUs, to_us: toUs }: Manifest): Interval {
  return { fromUs, toUs }
}

async function write(
  entry: ArchivedDataset,
  entity: Entity,
  archive: string,
  { store, parquet, tell, signal }: RestoreDeps & { readonly parquet: Parquet },
): Promise<number> {
  const { dataset, rows, file, columns } = entry
  tell(() => `Reading ${dataset}`)
  const problems = await problemsOfFile(archive, entry, parquet)
  if (problems.length > 0) throw new TickhouseError('ARCHIVE_DAMAGED', `Nothing of ${dataset} was restored: ${problems.join('; ')}`)
  const refused = (seq: unknown, reason: string) => {
    throw new TickhouseError('RESTORE_INCOMPLETE', `QuestDB does not take the row of ${dataset} with seq ${seq}: ${reason}`)
  }
  const writer = new RowWriter<unknown>(store, entity, refused, signal)
  let read = 0
  tell(() => `Restoring ${dataset}: ${grouped(read)} of ${counted(rows, 'row')}`)
  for await (const some of parquet.inTimeOrder(columns, join(archive, file!.file))) {
    for (const row of some) {
      const position = { partition: row['kafka_partition'] as number, offset: row['kafka_offset'] as number }
      await writer.add(row['seq'], recordOf(row, entity), position)
    }
    read += some.length
  }
  await writer.finish()
  return writer.stored
}

/** What the date is worth, where QuestDB does not know it. */
async function restoreConditions({ date, certificate }: Manifest, archive: string, { store, signal }: RestoreDeps): Promise<void> {
  if (certificate === null) return
  const stored = await storedCondition(store, date, signal)
  if (stored !== undefined && stored.condition !== 'pending') return
  const text = readFileSync(join(archive, certificate.file), 'utf8')
  await storeConditions(store, JSON.parse(text) as Certificate, certificate.sha256, signal)
}
