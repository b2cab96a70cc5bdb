import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Condition } from '@tickhouse/catalogue'
import { messageOf, TickhouseError, UsageError } from '@tickhouse/runtime'
import { datesIn, manifestFile } from './layout.ts'
import type { FileColumn } from './parquet-sql.ts'
import type { SessionRows } from './session-rows.ts'

/** A file of an archive: its path from the archive's folder, its size, and the checksum that `sha256sum` prints. */
export interface ArchivedFile {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

/** What an archive holds of one dataset and date. */
export interface ArchivedDataset {
  readonly dataset: string
  readonly rows: number
  /** Times of the first and the last row, µs since 1970; null where there are no rows. */
  readonly first_us: number | null
  readonly last_us: number | null
  /** Null where there are no rows. */
  readonly file: ArchivedFile | null
  /** In the order of the file. */
  readonly columns: readonly FileColumn[]
  readonly sessions: readonly SessionRows[]
}

/** What an archive holds of a date. The same rows, certificate and release give the same manifest. */
export interface Manifest {
  readonly format: 'tickhouse archive'
  /** The version of this schema and of the layout. */
  readonly version: 1
  /** A Korean date. */
  readonly date: string
  /** Its first moment, and that of the next date, or until when an unfinished date was archived: Korean time, and µs since 1970. */
  readonly from: string
  readonly to: string
  readonly from_us: number
  readonly to_us: number
  /** What the date is worth by its certificate; null without one. */
  readonly condition: Condition | null
  /** The certificate, byte for byte as `tickhouse verify --date` wrote it; null without one. */
  readonly certificate: ArchivedFile | null
  /** Why the date was archived without a certificate; null with one. */
  readonly uncertified: string | null
  readonly made: { readonly with: string; readonly parquet: string; readonly catalogue_sha256: string }
  readonly datasets: readonly ArchivedDataset[]
}

/** The text of a manifest. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** The manifest of a date; undefined where there is none. Throws ARCHIVE_UNREADABLE for one that is damaged or of another version. */
export function keptManifest(folder: string, date: string): Manifest | undefined {
  const path = join(folder, manifestFile(date))
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    const { format, version } = manifest
    if (format === 'tickhouse archive' && version === 1 && manifest.date === date && Array.isArray(manifest.datasets)) return manifest
    throw new Error(`expected "tickhouse archive", version 1, of ${date}, was "${format}", version ${version}, of ${manifest.date}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new TickhouseError('ARCHIVE_UNREADABLE', `${path} cannot be read: ${messageOf(error)}`, { path })
  }
}

/** The manifest of a date that must be there. Throws UsageError with the dates that are. */
export function manifestOf(folder: string, date: string): Manifest {
  const manifest = keptManifest(folder, date)
  if (manifest !== undefined) return manifest
  const dates = datesIn(folder)
  const there = dates.length === 0 ? 'it holds no date' : `it holds ${dates.join(', ')}`
  throw new UsageError(`Expected an archive of ${date} in ${folder}; ${there}`)
}
