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
  /** Its COLLECTOR_ID, which stands in every session. */
  readonly collector: string
  readonly session: string | null
  readonly state: string
  readonly connectedAt: string | null
  readonly clock: ClockStatus
  readonly feed: FeedStatus
  /** Pairs of type and item. */
  readonly pairs: { readonly registered: number; readonly wanted: number; readonly refused: readonly RefusedStatus[] }
  readonly datasets: Readonly<Record<string, CollectedDataset>>
  readonly journal: JournalStatus
  /** Datasets that are behind the others for the sake of their topics. */
  readonly held: readonly UnpublishedDataset[]
  readonly deadLetters: number
  readonly gaps: number
  readonly missingShares: number
  readonly reconnects: number
  /** Every registered item but market-wide ones, and what came of it in the session that is published. */
  readonly items: readonly ItemStatus[]
  /** Those of them of which nothing comes while others of their kind flow. */
  readonly silentItems: readonly SilentItemStatus[]
  /** The latest of what the venue said besides data and answers, the newest first. */
  readonly notices: readonly VenueNotice[]
  /** Distinct values (type and FID) that the catalogue does not know, and that could not be read; the first hundred of each. */
  readonly unknownFids: readonly string[]
  readonly unreadableFids: readonly string[]
}

/** What came of one item. */
export interface ItemStatus {
  /** As registered. */
  readonly item: string
  readonly records: number
  /** When the last record came. ISO 8601. */
  readonly lastAt: string | null
}

/** An item of which nothing comes. */
export interface SilentItemStatus {
  readonly item: string
  readonly types: readonly string[]
  /** When the last record came; null when none did. ISO 8601. */
  readonly lastAt: string | null
  readonly evidence: string
}

/** Something that the venue said and that ends no session. */
export interface VenueNotice {
  /** When it was said last. ISO 8601. */
  readonly at: string
  readonly kind: 'system' | 'answer' | 'unknown'
  readonly code: string
  readonly text: string
  readonly times: number
}

/** Pairs of type and item that are wanted and not registered, and why: every type with every item. */
export interface RefusedStatus {
  readonly types: readonly string[]
  readonly items: readonly string[]
  readonly reason: string
  readonly evidence: string
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

/** A dataset whose topic is missing or refuses, or that catches up after that. */
export interface UnpublishedDataset {
  readonly dataset: string
  /** A stable word, as in the metric. */
  readonly reason: string
  /** Why, and what a person can do about it. */
  readonly message: string
  readonly state: 'held' | 'catching up'
  /** When this process first saw it, ISO 8601. */
  readonly since: string
  /** Records that wait in the journal, and the age of the oldest; 0 when there is none. */
  readonly lagRecords: number
  readonly lagMs: number
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
  /** Entries that Kafka has not acknowledged, and records that are held. */
  readonly lagRecords: number
  readonly lagBytes: number
  /** Age of the oldest of all these; 0 when there is none. */
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
  /** Datasets that are not read or not stored at the moment, while the others are. */
  readonly held: readonly UnstoredDataset[]
}

/** A dataset that is not read or not stored, and why. */
export interface UnstoredDataset {
  readonly dataset: string
  /** A stable word, as in the metric. */
  readonly reason: string
  /** A sentence for a person. */
  readonly message: string
}

/** One dataset, whether anything came of it or not. */
export interface StoredDataset {
  readonly received: number
  readonly stored: number
  /** Records in the partitions of this sink that are not stored; null when nobody knows: nothing is read, or nothing of this dataset by this sink. */
  readonly lag: number | null
  /** Age of the oldest of them, 0 when there is none; while nothing is read, at least for how long. Null when this sink reads nothing of this dataset. */
  readonly lagMs: number | null
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
