import {
  Checkpoint,
  checkpointPath,
  diskFileSystem,
  type Journal,
  JournalError,
  type JournalOptions,
  openJournal,
} from '@tickhouse/journal'
import { pseudonymizer } from '@tickhouse/kiwoom'
import { type Lifecycle, type Logger, retry } from '@tickhouse/runtime'
import type { CollectorConfig } from './config.ts'
import { pseudonymKey } from './pseudonym-key.ts'
import type { PublishPoint } from './publish-point.ts'

/** What the collector keeps on disk: the journal, how far it is published, and the key that hides account numbers. */
export interface Storage {
  readonly journal: Journal
  readonly checkpoint: Checkpoint<PublishPoint>
  readonly hide: (text: string) => string
}

const mebibyte = 1024 * 1024
const retentionEveryMs = 3_600_000
/** A container that was replaced leaves a lock that counts as held for 20 s. */
const lockPatienceMs = 30_000

/** Opens everything in JOURNAL_DIR; closed by the lifecycle. */
export async function openStorage(
  { config, log, lifecycle }: { config: CollectorConfig; log: Logger; lifecycle: Lifecycle },
  onLoss: JournalOptions['onLoss'],
): Promise<Storage> {
  const { journalDirectory: directory, fsyncMs, segmentMebibytes, pendingMebibytes, retentionMs } = config
  const sizes = { segmentBytes: segmentMebibytes * mebibyte, pendingBytes: pendingMebibytes * mebibyte }
  const options = { directory, fsyncMs, ...sizes, onLoss, log: log.child({ component: 'journal' }) }
  const journal = lifecycle.own('journal', await openWhenFree(options, lifecycle.signal))
  const checkpoint = lifecycle.own('checkpoint', await Checkpoint.open<PublishPoint>({ path: checkpointPath(directory), log }))
  lifecycle.own('retention', retain(journal, checkpoint, retentionMs, log))
  return { journal, checkpoint, hide: pseudonymizer(await pseudonymKey(config.pseudonymKey, directory, diskFileSystem, log)) }
}

function openWhenFree(options: JournalOptions, signal: AbortSignal): Promise<Journal> {
  const deadline = performance.now() + lockPatienceMs
  return retry(() => openJournal(options), {
    signal,
    minMs: 500,
    maxMs: 2_000,
    shouldRetry: error => error instanceof JournalError && error.retriable && performance.now() < deadline,
    onRetry: (error, _attempt, delayMs) => options.log.warn({ problem: (error as Error).message, delayMs }, 'Waiting for the journal'),
  })
}

/** Removes old published sessions, now and every hour. */
function retain(journal: Journal, checkpoint: Checkpoint<PublishPoint>, retentionMs: number, log: Logger): { close(): void } {
  const remove = async () => {
    if (checkpoint.value === undefined) return
    const removed = await journal.retain({ before: checkpoint.value.position, olderThanMs: Date.now() - retentionMs })
    if (removed > 0) log.info({ removed }, 'Old segments of the journal were removed')
  }
  const removeOrSay = () => remove().catch(error => log.warn({ err: error }, 'Old segments of the journal could not be removed'))
  void removeOrSay()
  const timer = setInterval(removeOrSay, retentionEveryMs)
  return { close: () => clearInterval(timer) }
}
