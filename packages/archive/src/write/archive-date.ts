import { existsSync, mkdirSync } from 'node:fs'
import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogueSha256, type KeptCertificate, requireTables } from '@tickhouse/audit'
import { dayOf, type Interval, koreanTime } from '@tickhouse/calendar'
import { type Entity, entities } from '@tickhouse/catalogue'
import { diskFileSystem, takeLock } from '@tickhouse/journal'
import { type Doing, TickhouseError, UsageError, version } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { moveLastingly, writeLastingly } from '../files.ts'
import { certificateFile, datasetFile, manifestFile, unfinishedFolder } from '../layout.ts'
import { type ArchivedDataset, keptManifest, type Manifest, manifestText } from '../manifest.ts'
import { Parquet } from '../parquet.ts'
import { requireCertified, type Standing, standingOf } from './certified.ts'
import { Unfinished } from './unfinished.ts'
import { writeDataset } from './write-dataset.ts'

/** What is archived, and where. */
export interface ArchiveOptions {
  /** A Korean date. */
  readonly date: string
  /** All of them where none is named. */
  readonly datasets?: readonly string[] | undefined
  /** The folder of the archive, which is made if need be. */
  readonly to: string
  /** The data folder, in which the certificate is. */
  readonly data: string
  /** Whether a date is archived without a certificate, and one that is not over. */
  readonly uncertified?: boolean
}

/** What writing an archive works with. */
export interface ArchiveDeps extends Doing {
  readonly store: Store
}

/** What became of it. */
export interface ArchiveReport {
  readonly manifest: Manifest
  /** Datasets that this run has archived; the others were there. */
  readonly written: readonly string[]
}

/**
 * Writes a date from QuestDB into an archive: a file for each dataset, then the certificate and the manifest. A run that ended at any moment goes on when it is
 * done again, and ends with the same bytes. Datasets that the archive has under the same certificate are left as they are. Throws UsageError,
 * NOT_CERTIFIED, ROWS_CHANGED and ARCHIVE_HOLDS_ANOTHER.
 */
export async function archiveDate(options: ArchiveOptions, { store, tell, signal }: ArchiveDeps): Promise<ArchiveReport> {
  const { date, to: archive } = options
  const wanted = entitiesNamed(options.datasets)
  requireOver(options)
  const standing = await standingOf(options, store, signal)
  if (options.uncertified !== true) requireCertified(standing, date)
  await requireTables(
    store,
    wanted.map(({ table }) => table),
    signal,
  )
  await using _lock = await claim(archive)
  const certificate = 'certificate' in standing ? standing.certificate : undefined
  const kept = keptUnder(certificate, keptManifest(archive, date), options)
  const missing = wanted.filter(({ name }) => !kept.some(({ dataset }) => dataset === name))
  const spilled = join(archive, unfinishedFolder, 'spilled')
  await rm(spilled, { recursive: true, force: true })
  const parquet = await Parquet.open(spilled, signal)
  try {
    const made = { with: `tickhouse ${version}`, parquet: parquet.version, catalogue_sha256: catalogueSha256() }
    const unfinished = await Unfinished.open(archive, date, certificate && JSON.stringify([certificate.sha256, made]))
    const time = timeOf(date)
    const entries: ArchivedDataset[] = []
    for (const entity of missing)
      entries.push(
        (await unfinished.entryOf(entity.name)) ??
          (await writeDataset(entity, date, { time, store, parquet, archive, unfinished, certificate, tell, signal })),
      )
    tell(() => `Putting ${date} into its place`)
    const manifest = manifestWith(date, { standing, made, time, datasets: inOrder([...kept, ...entries]) })
    await publish(archive, manifest, entries, { certificate, unfinished })
    return { manifest, written: missing.map(({ name }) => name) }
  } finally {
    parquet.close()
  }
}

function entitiesNamed(names: readonly string[] | undefined): readonly Entity[] {
  const unknown = names?.filter(name => !entities.some(entity => entity.name === name)) ?? []
  if (unknown.length > 0)
    throw new UsageError(`Expected datasets, as \`tickhouse catalogue\` lists them, was ${unknown.map(name => `"${name}"`).join(', ')}`)
  return entities.filter(({ name }) => names?.includes(name) ?? true)
}

function requireOver({ date, uncertified }: ArchiveOptions): void {
  if (uncertified === true || Date.now() * 1000 >= dayOf(date).toUs) return
  throw new UsageError(`Expected a date that is over in Korea, was ${date}; --uncertified archives what there is of it now`)
}

/** What is on its way into QuestDB is not there yet. */
const arrivalUs = 5_000_000

/** The whole date, or what there is of one that is not over. */
function timeOf(date: string): Interval {
  const { fromUs, toUs } = dayOf(date)
  return { fromUs, toUs: Math.max(fromUs, Math.min(toUs, Date.now() * 1000 - arrivalUs)) }
}

/** One at a time in an archive. */
async function claim(archive: string): Promise<AsyncDisposable> {
  const folder = join(archive, unfinishedFolder)
  mkdirSync(folder, { recursive: true })
  try {
    const lock = await takeLock(folder, diskFileSystem)
    const leave = async () => {
      await lock.close()
      // Something unfinished may be in it.
      await rmdir(folder).catch(() => undefined)
    }
    return { [Symbol.asyncDispose]: leave }
  } catch (error) {
    if (!(error instanceof TickhouseError && error.code === 'JOURNAL_LOCKED')) throw error
    throw new UsageError(`Somebody is writing to the archive in ${archive} already. Wait until that is done.`)
  }
}

/** What an archive has of a date already, and keeps. */
function keptUnder(certificate: KeptCertificate | undefined, manifest: Manifest | undefined, { date, to }: ArchiveOptions) {
  if (manifest === undefined) return []
  if (certificate !== undefined && manifest.certificate?.sha256 === certificate.sha256) return manifest.datasets
  const what = manifest.certificate === null ? 'without a certificate' : 'with another certificate'
  throw new TickhouseError(
    'ARCHIVE_HOLDS_ANOTHER',
    `${to} holds ${date} already, ${what}. Use another folder, or remove ${join(to, manifestFile(date))} first: then it is archived anew.`,
  )
}

function inOrder(datasets: readonly ArchivedDataset[]): ArchivedDataset[] {
  return entities.flatMap(({ name }) => datasets.filter(({ dataset }) => dataset === name))
}

interface ManifestParts extends Pick<Manifest, 'made' | 'datasets'> {
  readonly standing: Standing
  readonly time: Interval
}

function manifestWith(date: string, { standing, made, time, datasets }: ManifestParts): Manifest {
  const { fromUs, toUs } = time
  const certificate = 'certificate' in standing ? standing.certificate : undefined
  return {
    format: 'tickhouse archive',
    version: 1,
    date,
    from: koreanTime(fromUs),
    to: koreanTime(toUs),
    from_us: fromUs,
    to_us: toUs,
    condition: certificate?.certificate.condition ?? null,
    certificate: certificate
      ? { file: certificateFile(date), bytes: Buffer.byteLength(certificate.text), sha256: certificate.sha256 }
      : null,
    uncertified: 'uncertified' in standing ? standing.uncertified : null,
    made,
    datasets,
  }
}

/** Gives everything its place. The manifest comes last: until then the date is not there, and doing it again ends it. */
async function publish(
  archive: string,
  manifest: Manifest,
  entries: readonly ArchivedDataset[],
  { certificate, unfinished }: { readonly certificate: KeptCertificate | undefined; readonly unfinished: Unfinished },
): Promise<void> {
  for (const { dataset, file } of entries) {
    const waiting = join(archive, unfinished.fileOf(dataset))
    if (file === null) await rm(join(archive, datasetFile(dataset, manifest.date)), { force: true })
    else if (existsSync(waiting)) await moveLastingly(waiting, join(archive, file.file))
  }
  if (certificate !== undefined) await writeLastingly(join(archive, certificateFile(manifest.date)), certificate.text)
  await writeLastingly(join(archive, manifestFile(manifest.date)), manifestText(manifest))
  await unfinished.remove()
}
