/** What every service's GET /status begins with. */
export interface ServiceStatus {
  readonly service: string
  readonly pid: number
  /** When the process began; counts are since then. ISO 8601. */
  readonly startedAt: string
  /** When this was said, ms since 1970: the differences of two answers give rates. */
  readonly atMs: number
}

/** GET /status of a collector. Ages in ms, null where there is nothing yet. */
export interface CollectorStatus extends ServiceStatus {
  readonly service: 'collector'
  readonly session: string | null
  readonly state: string
  readonly connectedAt: string | null
  readonly clock: ClockStatus
  readonly feed: FeedStatus
  /** Pairs of type and item. */
  readonly pairs: { readonly registered: number; readonly wanted: number }
  readonly datasets: Readonly<Record<string, CollectedDataset>>
  readonly journal: JournalStatus
  readonly deadLetters: number
  readonly gaps: number
  readonly missingShares: number
  readonly reconnects: number
}

/** How far the clock of the collector's machine is ahead, ms; null where that is not known. */
export interface ClockStatus {
  /** Of the times of the open session. */
  readonly sessionDifferenceMs: number | null
  /** Of the venue's clock, for certain: its Date is cut to the second. */
  readonly venueDifferenceMs: number | null
}

/** How the venue's feed is. */
export interface FeedStatus {
  readonly state: 'flowing' | 'quiet' | 'dead'
  readonly pingAgeMs: number | null
  readonly dataAgeMs: number | null
  /** Datasets that are silent for far longer than usual. */
  readonly stale: readonly string[]
}

/** Records of one dataset; datasets of which none came are left out. */
export interface CollectedDataset {
  readonly received: number
  readonly published: number
  /** Capture time of the last published record, µs; 0 before the first. */
  readonly lastTimestamp: number
}

/** The journal, and how far Kafka is behind it. */
export interface JournalStatus {
  readonly position: { readonly segment: number; readonly offset: number }
  /** On disk, compressed as they are. */
  readonly bytes: number
  readonly segments: number
  /** Beyond JOURNAL_MAX_MB, since nothing more may be removed yet. */
  readonly excessBytes: number
  /** Not written to disk yet. */
  readonly pendingBytes: number
  readonly lagRecords: number
  readonly lagBytes: number
  /** Age of the oldest entry that Kafka has not acknowledged; 0 when there is none. */
  readonly lagMs: number
  readonly problem: { readonly code: string; readonly sinceMs: number } | null
}

/** GET /status of a sink. */
export interface SinkStatus extends ServiceStatus {
  readonly service: 'sink'
  readonly datasets: Readonly<Record<string, StoredDataset>>
  readonly heartbeat: HeartbeatStatus
  readonly deadLetters: number
  /** Tables that take rows without showing them. */
  readonly suspended: readonly string[]
}

/** One dataset, whether anything came of it or not. */
export interface StoredDataset {
  readonly received: number
  readonly stored: number
  /** Records in the partitions of this sink that are not stored. */
  readonly lag: number
  /** Age of the oldest of them; 0 when there is none. */
  readonly lagMs: number
  /** Capture time of the newest row, µs. */
  readonly lastTimestamp: number | null
}

/** The newest heartbeat that can be queried; nulls before the first. */
export interface HeartbeatStatus {
  /** Capture time, µs. */
  readonly timestamp: number | null
  readonly ageMs: number | null
}

/** The beginning of a service's status, now. */
export function serviceStatus<const Name extends string>(service: Name): ServiceStatus & { readonly service: Name } {
  return { service, pid: process.pid, startedAt: new Date(performance.timeOrigin).toISOString(), atMs: Date.now() }
}
