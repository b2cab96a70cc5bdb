import { globSync } from 'node:fs'
import { join } from 'node:path'

// Where things are in an archive, as paths from its folder. Readers of Hive folders leave out what begins with an underscore.

/** The file of a dataset and a date. */
export function datasetFile(dataset: string, date: string): string {
  return join(dayFolder(dataset, date), `${dataset}-${date}.parquet`)
}

/** The folder of a dataset and a date, in which its file is alone. */
function dayFolder(dataset: string, date: string): string {
  return join(`dataset=${dataset}`, `date=${date}`)
}

/** What says what there is of a date; written last, so that a date without it is not there. */
export function manifestFile(date: string): string {
  return join('_days', date, 'manifest.json')
}

export function certificateFile(date: string): string {
  return join('_days', date, 'certificate.json')
}

/** What an archive that is being written works in. */
export const unfinishedFolder = '_unfinished'

/** The dates that an archive has manifests of, the oldest first. */
export function datesIn(folder: string): string[] {
  return globSync('_days/*/manifest.json', { cwd: folder })
    .map(path => path.split('/')[1]!)
    .sort()
}

/** The files that a reader of the Hive folders finds of a date. */
export function filesOf(folder: string, date: string): string[] {
  return globSync(`dataset=*/date=${date}/*`, { cwd: folder }).sort()
}
