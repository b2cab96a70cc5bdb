import type { Message } from '@tickhouse/bus'
import type { Entry } from '@tickhouse/journal'
import { DatasetCounts } from '../counts/dataset-counts.ts'
import type { JournalPoint } from './publish-point.ts'

/** Up to where everything is in the outbox. */
export interface Reach {
  readonly point: JournalPoint
  /** Whether it is so for all datasets that flow, or for the late ones alone. */
  readonly isFront: boolean
  /** The datasets that are catching up, or have reached the front on this way. */
  readonly late: readonly string[]
}

/** What goes to Kafka in one piece: the messages that came of a piece of the journal, and the point up to which they reach. */
export interface Batch {
  messages: Message[]
  /** Bytes of their values. */
  bytes: number
  entries: number
  entryBytes: number
  /** Capture time of its first entry, µs; undefined while there is none. */
  oldestUs: number | undefined
  /** When that entry came here, on the monotonic clock. */
  sinceMs: number | undefined
  /** Records per dataset, those included that the topics have already. */
  readonly records: DatasetCounts
  /** The same of datasets that are held: they are not among the messages. */
  readonly passed: DatasetCounts
  /** Asked for when the batch is closed; undefined while nothing is in it. */
  reachNow: (() => Reach) | undefined
  /** What ended the gathering: it was full, or its time was over. */
  endedBy: 'bytes' | 'linger'
}

/** A batch with nothing in it. */
export function emptyBatch(): Batch {
  return {
    messages: [],
    bytes: 0,
    entries: 0,
    entryBytes: 0,
    oldestUs: undefined,
    sinceMs: undefined,
    records: new DatasetCounts(),
    passed: new DatasetCounts(),
    reachNow: undefined,
    endedBy: 'linger',
  }
}

/** These entries are in the batch, for the first time. */
export function countEntries(batch: Batch, entries: readonly Entry[]): void {
  batch.entries += entries.length
  batch.oldestUs ??= entries[0]?.timeUs
  for (const { bytes } of entries) batch.entryBytes += bytes.length
}
