import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isWhole, writeLastingly } from '../files.ts'
import { unfinishedFolder } from '../layout.ts'
import type { ArchivedDataset } from '../manifest.ts'

/**
 * What an archive of a date that is being written has so far, so that one that was killed goes on: the hours that were fetched, the datasets that are done. It belongs
 * to a certificate and to what writes the files; under another one, and without one, everything begins anew.
 */
export class Unfinished {
  /** From the archive's folder. */
  readonly folder: string
  readonly #archive: string

  private constructor(archive: string, folder: string) {
    this.#archive = archive
    this.folder = folder
  }

  static async open(archive: string, date: string, basis: string | undefined): Promise<Unfinished> {
    const unfinished = new Unfinished(archive, join(unfinishedFolder, date))
    const note = unfinished.path('basis')
    if (basis === undefined || !existsSync(note) || readFileSync(note, 'utf8') !== basis) await unfinished.remove()
    mkdirSync(unfinished.path(), { recursive: true })
    if (basis !== undefined) await writeLastingly(note, basis)
    return unfinished
  }

  /** A path in it. */
  path(...names: string[]): string {
    return join(this.#archive, this.folder, ...names)
  }

  /** Where the file of a dataset stands until all are done, from the archive's folder. */
  fileOf(dataset: string): string {
    return join(this.folder, `${dataset}.parquet`)
  }

  /** Notes that a dataset is done. */
  async done(entry: ArchivedDataset): Promise<void> {
    await writeLastingly(this.path(`${entry.dataset}.json`), JSON.stringify(entry))
  }

  /** A dataset that is done, its file here or in its place already; undefined when it is not. */
  async entryOf(dataset: string): Promise<ArchivedDataset | undefined> {
    const note = this.path(`${dataset}.json`)
    if (!existsSync(note)) return undefined
    const entry = JSON.parse(readFileSync(note, 'utf8')) as ArchivedDataset
    const { file } = entry
    const isThere = file === null || (await isWhole(this.#archive, file, this.fileOf(dataset))) || (await isWhole(this.#archive, file))
    return isThere ? entry : undefined
  }

  async remove(): Promise<void> {
    await rm(this.path(), { recursive: true, force: true })
  }
}
