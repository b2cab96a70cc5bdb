import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Doing, messageOf, UsageError } from '@tickhouse/runtime'
import { fileOf } from './files.ts'
import { datesIn, filesOf } from './layout.ts'
import { type ArchivedDataset, type ArchivedFile, type Manifest, manifestOf } from './manifest.ts'
import { Parquet, spillFolder } from './parquet.ts'
import { sessionsThatDiffer } from './session-rows.ts'

/** What was found of one dataset and date, or of the date itself: problems are sentences that begin with the path of the file. */
export interface ArchiveFinding {
  readonly date: string
  /** `*` for the certificate, and for files of which the manifest knows nothing. */
  readonly dataset: string
  readonly rows: number
  readonly bytes: number
  readonly problems: readonly string[]
}

/** Compares an archive, or one date of it, with its manifests: recomputes every checksum, reads every value, and looks for files that no manifest names. Throws UsageError where there is no date. */
export async function verifyArchive(archive: string, date: string | undefined, { tell, signal }: Doing): Promise<ArchiveFinding[]> {
  const dates = date === undefined ? datesIn(archive) : [date]
  if (dates.length === 0)
    throw new UsageError(`Expected the folder of an archive, which has _days/<date>/manifest.json; ${archive} holds no date`)
  const parquet = await Parquet.open(spillFolder(), signal)
  const findings: ArchiveFinding[] = []
  try {
    for (const one of dates) {
      const manifest = manifestOf(archive, one)
      findings.push(await dateFinding(archive, manifest))
      for (const entry of manifest.datasets) {
        signal.throwIfAborted()
        tell(() => `Reading ${entry.dataset} of ${one}`)
        findings.push(await datasetFinding(archive, one, entry, parquet))
      }
    }
    return findings
  } finally {
    parquet.close()
  }
}

/** What is wrong with a file and its rows; nothing when it is as its manifest says. */
export async function problemsOfFile(archive: string, { file, columns, sessions }: ArchivedDataset, parquet: Parquet): Promise<string[]> {
  if (file === null) return []
  const changed = await checksumProblems(archive, file)
  return changed.length > 0 && !existsSync(join(archive, file.file))
    ? changed
    : [...changed, ...(await rowProblems(archive, file, { columns, sessions }, parquet))]
}

async function datasetFinding(archive: string, date: string, entry: ArchivedDataset, parquet: Parquet): Promise<ArchiveFinding> {
  const { dataset, rows, file } = entry
  return { date, dataset, rows, bytes: file?.bytes ?? 0, problems: await problemsOfFile(archive, entry, parquet) }
}

async function dateFinding(archive: string, { date, certificate, datasets }: Manifest): Promise<ArchiveFinding> {
  const known = datasets.map(({ file }) => file?.file)
  const strangers = filesOf(archive, date).filter(file => !known.includes(file))
  const problems = [
    ...(certificate === null ? [] : await checksumProblems(archive, certificate)),
    ...strangers.map(file => `${file}: no manifest names it, and readers of the folder would find it`),
  ]
  return { date, dataset: '*', rows: 0, bytes: certificate?.bytes ?? 0, problems }
}

async function checksumProblems(archive: string, { file, bytes, sha256 }: ArchivedFile): Promise<string[]> {
  try {
    const found = await fileOf(archive, file)
    if (found.bytes !== bytes) return [`${file}: expected ${bytes} bytes, found ${found.bytes}`]
    return found.sha256 === sha256 ? [] : [`${file}: expected SHA-256 ${sha256}, found ${found.sha256}`]
  } catch (error) {
    return [`${file}: cannot be read: ${messageOf(error)}`]
  }
}

async function rowProblems(
  archive: string,
  { file }: ArchivedFile,
  { columns, sessions }: Pick<ArchivedDataset, 'columns' | 'sessions'>,
  parquet: Parquet,
): Promise<string[]> {
  try {
    const { sessions: found } = await parquet.contents(columns, [join(archive, file)])
    return sessionsThatDiffer(sessions, found).map(problem => `${file}: ${problem}`)
  } catch (error) {
    return [`${file}: cannot be read as Parquet: ${messageOf(error)}`]
  }
}
