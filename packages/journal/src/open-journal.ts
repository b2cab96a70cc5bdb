import type { Logger } from '@tickhouse/runtime'
import { diskFileSystem, type FileSystem } from './disk/file-system.ts'
import { takeLock } from './disk/lock.ts'
import { Journal } from './journal.ts'
import { DiskUse } from './maintain/disk-use.ts'
import { recover } from './maintain/recovery.ts'
import type { Loss } from './write/losses.ts'
import { usualTailBytes } from './write/tail.ts'

/** How a journal is opened. */
export interface JournalOptions {
  readonly directory: string
  readonly log: Logger
  /** Called once what could not be kept is over: append a `gap` with it. */
  readonly onLoss: (loss: Loss) => void
  /** A segment is not longer than this, unless by one entry; default 64 MiB. */
  readonly segmentBytes?: number
  /** How often written entries are forced to disk, default 200 ms; 0: before readers see them. */
  readonly fsyncMs?: number
  /** How long after a failed write the next one follows, default 50 ms; doubles up to forty times that. */
  readonly retryMs?: number
  /** How much of what is written stays in memory for live readers; default 8 MiB. */
  readonly tailBytes?: number
  /** How much may wait to be written before entries are refused and counted as lost; default 64 MiB. */
  readonly pendingBytes?: number
  readonly files?: FileSystem
}

const mebibyte = 1024 * 1024

/** Opens the journal of a directory, which is made if need be: takes its lock and cuts off a torn end. Throws `JOURNAL_LOCKED`. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, log, files = diskFileSystem } = options
  await files.makeDirectory(directory)
  const lock = await takeLock(directory, files)
  try {
    const recovered = await recover(directory, files, log)
    const use = await DiskUse.of(directory, files)
    const defaults = { segmentBytes: 64 * mebibyte, fsyncMs: 200, retryMs: 50, tailBytes: usualTailBytes, pendingBytes: 64 * mebibyte }
    return new Journal({ ...defaults, ...options, files, lock, recovered, use })
  } catch (error) {
    await lock.close()
    throw error
  }
}
