import type { NormalizerState } from '@tickhouse/catalogue'
import { beginning, type Position } from '@tickhouse/journal'

/** A place in the journal, and where its session stands there: enough to go on and make the same records. */
export interface JournalPoint {
  readonly position: Position
  readonly session: string
  readonly state: NormalizerState
}

/** Before everything. */
export const journalStart: JournalPoint = { position: beginning, session: '', state: { opened: false, lastTimestamp: 0, seq: {} } }

/**
 * How far publishing has come, as the checkpoint keeps it: Kafka has acknowledged everything before `position`, and before `front` everything but what belongs to
 * the datasets that are behind. Checkpoints of earlier versions have none of the optional members.
 */
export interface PublishPoint extends JournalPoint {
  /** By `topic/partition`: nothing of ours that is in doubt stands before this offset. */
  readonly ends?: Readonly<Record<string, number>>
  /** Left out while no dataset is behind: then it is the point itself. */
  readonly front?: JournalPoint
  /** Datasets that are behind, by the point up to which they are published. */
  readonly behind?: readonly Behind[]
}

/** Datasets that were held at the same point. */
export interface Behind {
  readonly point: JournalPoint
  readonly datasets: Readonly<Record<string, Waiting>>
}

/** What waits of a dataset that is behind, as far as it has been counted. */
export interface Waiting {
  readonly records: number
  /** Capture time of the oldest of them, µs; 0 when there is none. */
  readonly oldestUs: number
}
