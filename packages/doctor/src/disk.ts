import { existsSync, readdirSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BrokerDisk } from '@tickhouse/bus'
import { isSegmentName } from '@tickhouse/journal'
import { sizeText, spanText } from '@tickhouse/runtime'
import { type Check, fail, type Installation, type Judgement, ok, skipped, warn } from './check.ts'

/** A file system that the installation writes to. */
export interface DiskReading {
  /** The folders on it, with their names. */
  readonly holds: string
  readonly freeBytes: number
  /** How fast the journal grows there; undefined when it is elsewhere, or too young. */
  readonly growth: DiskGrowth | undefined
}

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const mend = 'make room or move it (JOURNAL_DIR), keep less (JOURNAL_RETENTION, JOURNAL_MAX_MB), or capture less (KIWOOM_TYPES)'
const littleBytes = 1 << 30
/** So little is gone with the next segment. */
const noBytes = 64 << 20

/** Judges how long there is room. */
export function judgeDisk({ holds, freeBytes, growth }: DiskReading): Judgement {
  const free = `${holds}: ${sizeText(freeBytes)} free`
  // A journal does not grow on a disk that is full.
  if (freeBytes < noBytes) return fail(`${free}: the disk is full`, mend)
  if (growth === undefined)
    return freeBytes < littleBytes ? warn(`${free}, growth not known yet`, mend) : ok(`${free}, growth not known yet`)
  const leftMs = growth.bytesPerMs > 0 ? freeBytes / growth.bytesPerMs : Number.POSITIVE_INFINITY
  const rate = `the journal grew ${sizeText(growth.bytesPerMs * dayMs)} a day in the last ${spanText(growth.seenMs)}`
  if (leftMs >= 1000 * dayMs) return ok(`${free}, ${rate}`)
  const found = `${free}, ${rate}: full in ${spanText(leftMs)} by the journal alone`
  if (leftMs < dayMs) return fail(found, mend)
  return leftMs < 3 * dayMs ? warn(found, mend) : ok(found)
}

const keepLess = 'make room, or keep less: retention.ms in packages/catalogue/src/entities.ts, npm run generate, tickhouse topics apply'

/** Judges the room that a broker says it has. */
export function judgeBrokerDisk({ broker, folder, freeBytes }: BrokerDisk): Judgement {
  const free = `broker ${broker} of Kafka, ${folder}: ${sizeText(freeBytes)} free`
  if (freeBytes < noBytes) return fail(`${free}: the disk is full`, keepLess)
  return freeBytes < littleBytes ? warn(free, keepLess) : ok(free)
}

/** Room for the journal, for what a start keeps, and for Kafka. */
export const diskCheck: Check = {
  name: 'disk',
  needs: [],
  look: async (installation, signal) => {
    const folders = foldersOf(installation)
    const brokers = (await installation.bus?.disks(signal).catch(() => undefined)) ?? []
    const own = (await Promise.all(byFileSystem(folders).map(read))).map(judgeDisk)
    const unknown = own.length === 0 ? [skipped('neither JOURNAL_DIR nor a data folder is known here')] : []
    return [...own, ...unknown, ...brokers.map(judgeBrokerDisk)]
  },
}

interface Folder {
  readonly name: string
  readonly path: string
  readonly isJournal: boolean
}

function foldersOf({ journalDirectories, data }: Installation): Folder[] {
  const journals = journalDirectories.map(directory => ({ name: 'journal', path: resolve(directory), isJournal: true }))
  return [...journals, { name: 'data folder', path: resolve(data), isJournal: false }].filter(({ path }) => existsSync(path))
}

/** Folders of one file system together. */
function byFileSystem(folders: readonly Folder[]): Folder[][] {
  return [...Map.groupBy(folders, ({ path }) => statSync(path).dev).values()]
}

async function read(folders: readonly Folder[]): Promise<DiskReading> {
  const { bavail, bsize } = await statfs(folders[0]!.path)
  const journals = folders.filter(({ isJournal }) => isJournal)
  const growth =
    journals.length === 0
      ? undefined
      : growthOf(
          journals.flatMap(({ path }) => segmentsIn(path)),
          Date.now(),
        )
  return { holds: folders.map(({ name, path }) => `${name} ${path}`).join(' and '), freeBytes: bavail * bsize, growth }
}

/** The files of a journal; a file system that knows no births has a segment begin where the one before it ends. */
function segmentsIn(directory: string): GrownFile[] {
  const names = readdirSync(directory).filter(isSegmentName)
  const stats = names.sort().map(name => statSync(join(directory, name)))
  return stats.map(({ size: bytes, birthtimeMs, mtimeMs }, index) => ({
    bytes,
    bornMs: birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : (stats[index - 1]?.mtimeMs ?? mtimeMs),
    modifiedMs: mtimeMs,
  }))
}

/** A file of a folder that only grows. */
export interface GrownFile {
  readonly bytes: number
  readonly bornMs: number
  readonly modifiedMs: number
}

/** How fast a folder grows, and over how long that was seen. */
export interface DiskGrowth {
  readonly bytesPerMs: number
  readonly seenMs: number
}

const minMs = 60_000

/**
 * How fast files grew: in the last day when they tell of a whole day, else in the last hour, else since the first of them.
 * A file is taken to have grown evenly from its birth to its last change. Undefined when less than a minute is told of.
 */
export function growthOf(files: readonly GrownFile[], nowMs: number): DiskGrowth | undefined {
  const ageMs = nowMs - Math.min(nowMs, ...files.map(({ bornMs }) => bornMs))
  if (ageMs < minMs) return undefined
  const seenMs = ageMs >= dayMs ? dayMs : Math.min(ageMs, hourMs)
  const grown = files.reduce((sum, file) => sum + grownSince(file, nowMs - seenMs), 0)
  return { bytesPerMs: grown / seenMs, seenMs }
}

function grownSince({ bytes, bornMs, modifiedMs }: GrownFile, sinceMs: number): number {
  if (modifiedMs < sinceMs) return 0
  if (bornMs >= sinceMs) return bytes
  return (bytes * (modifiedMs - sinceMs)) / (modifiedMs - bornMs)
}
