import {
  diskFileSystem,
  type Journal,
  JournalError,
  type JournalOptions,
  openJournal,
  type Position,
  publishedTo,
} from '@tickhouse/journal'
import { pseudonymizer } from '@tickhouse/kiwoom'
import { isAbort, type Lifecycle, type Logger, retry } from '@tickhouse/runtime'
import type { CollectorConfig } from '../config.ts'
import { pseudonymKey } from './pseudonym-key.ts'

/** What capturing keeps on disk: the journal, and the key that hides account numbers. */
export interface Storage {
  readonly journal: Journal
  readonly hide: (text: string) => string
}

/** The time of now, ms; undefined while nobody knows whether the clock is right. */
type RightTime = () => number | undefined
type Kept = CollectorConfig & { readonly nowMs: RightTime }

const mebibyte = 1024 * 1024
/** What is written need not stay in memory: whoever publishes reads the files. */
export const tailBytes = 0
const maintainEveryMs = 60_000
/** A container that was replaced leaves a lock that counts as held for 20 s, and is watched for some more. */
const lockTimeoutMs = 40_000

/** Opens everything in JOURNAL_DIR; closed by the lifecycle. */
export async function openStorage(
  { config, log, lifecycle }: { config: CollectorConfig; log: Logger; lifecycle: Lifecycle },
  { onLoss, nowMs }: { readonly onLoss: JournalOptions['onLoss']; readonly nowMs: RightTime },
): Promise<Storage> {
  const { journalDirectory: directory, fsyncMs, segmentMebibytes, pendingMebibytes } = config
  const sizes = { segmentBytes: segmentMebibytes * mebibyte, pendingBytes: pendingMebibytes * mebibyte }
  const options = { directory, fsyncMs, ...sizes, tailBytes, onLoss, log: log.child({ component: 'journal' }) }
  const journal = lifecycle.own('journal', await openWhenFree(options, lifecycle.signal))
  lifecycle.own('maintenance', maintain(journal, { ...config, nowMs }, log))
  return { journal, hide: pseudonymizer(await pseudonymKey(config.pseudonymKey, directory, diskFileSystem, log)) }
}

/** Opens a journal once the process that had it before has let go of it. */
export function openWhenFree(options: JournalOptions, signal: AbortSignal): Promise<Journal> {
  const deadline = performance.now() + lockTimeoutMs
  return retry(() => openJournal(options), {
    signal,
    baseMs: 500,
    maxMs: 2_000,
    shouldRetry: error => error instanceof JournalError && error.retriable && performance.now() < deadline,
    onRetry: (error, _attempt, delayMs) => options.log.warn({ problem: (error as Error).message, delayMs }, 'Waiting for the journal'),
  })
}

/** Compresses published sessions and removes old ones, now and every minute: only then is a limit in bytes kept while much comes in. */
function maintain(journal: Journal, kept: Kept, log: Logger): { close(): void } {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    const before = await published(kept.journalDirectory, log)
    if (before !== undefined && kept.compress) await compress(journal, before, log)
    if (before !== undefined) await retain(journal, before, kept, log)
    isRunning = false
  }
  void run()
  const timer = setInterval(run, maintainEveryMs)
  return { close: () => clearInterval(timer) }
}

/** How far the checkpoint in the file has come: that is what the next start goes by, too. */
async function published(directory: string, log: Logger): Promise<Position | undefined> {
  try {
    return await publishedTo(directory)
  } catch (error) {
    log.warn({ err: error }, 'The checkpoint cannot be read: nothing of the journal is compressed or removed')
    return undefined
  }
}

async function compress(journal: Journal, before: Position, log: Logger): Promise<void> {
  try {
    const compressed = await journal.compress(before)
    if (compressed.segments > 0) log.info({ ...compressed }, 'Published segments of the journal were compressed')
  } catch (error) {
    if (!isAbort(error)) log.warn({ err: error }, 'Published segments of the journal could not be compressed')
  }
}

/** Nothing is removed for its age by a clock that may be wrong. */
async function retain(journal: Journal, before: Position, { retentionMs, maxMebibytes, nowMs }: Kept, log: Logger): Promise<void> {
  const maxBytes = maxMebibytes === undefined ? undefined : maxMebibytes * mebibyte
  try {
    const now = nowMs()
    const olderThanMs = now === undefined ? Number.NEGATIVE_INFINITY : now - retentionMs
    const removed = await journal.retain({ before, olderThanMs, nowMs: now, maxBytes })
    if (removed > 0) log.info({ removed }, 'Old segments of the journal were removed')
  } catch (error) {
    if (!isAbort(error)) log.warn({ err: error }, 'Old segments of the journal could not be removed')
  }
}
