/** How something is; `unknown` when what could tell does not answer. */
export type StageCondition = 'good' | 'poor' | 'bad' | 'unknown'

/** The places that a record comes through, in this order. */
export type StageName = 'venue' | 'collector' | 'journal' | 'kafka' | 'sink' | 'questdb'

/** One place of the pipeline. */
export interface Stage {
  readonly name: StageName
  readonly condition: StageCondition
  /** The condition in a word or two, such as `ready` or `no answer`. */
  readonly word: string
  /** One more fact about it; may be empty. */
  readonly note: string
}

/** What passes from one stage to the next. */
export interface StageFlow {
  readonly from: StageName
  readonly to: StageName
  /** Records a second; null when unknown. */
  readonly perSecond: number | null
  /** What waits before this arrow, such as `4 frames wait`; may be empty. */
  readonly note: string
}

/** One of several collectors; null stands for unknown. */
export interface CollectorLine {
  /** Its COLLECTOR_ID, or its address where it has never answered. */
  readonly collector: string
  readonly condition: StageCondition
  readonly word: string
  /** State of its session with the venue, such as `live`. */
  readonly session: string | null
  /** Captured records a second. */
  readonly perSecond: number | null
  /** Entries of its journal that Kafka does not have. */
  readonly waiting: number | null
  readonly journalBytes: number | null
  /** Since it was started. */
  readonly gaps: number | null
}

/** One row of the table of datasets. */
export interface DatasetLine {
  readonly dataset: string
  /** The venue's code; empty for our own. */
  readonly type: string
  readonly perSecond: number
  /** Records in Kafka that are not stored; null when unknown. */
  readonly lag: number | null
  /** Capture time of the newest row, ms. */
  readonly newestMs: number | null
  readonly rows: number
}

/** How old the newest of what a query finds is. */
export interface Freshness {
  readonly ageMs: number
  /** What it was measured with: heartbeats cross every stage once a second; rows come when the venue has something to say. */
  readonly of: 'heartbeat' | 'row'
}

/** One session of a collector. */
export interface SessionSpan {
  readonly session: string
  readonly collector: string | null
  readonly fromMs: number
  /** Null while it is open. */
  readonly toMs: number | null
  /** Why it closed. */
  readonly reason: string | null
}

/** A stretch in which records may be missing. */
export interface PageGap {
  readonly fromMs: number
  readonly toMs: number
  readonly reason: string
  /** What is concerned, in words. */
  readonly concerns: string
}

/** Something that is wrong, and what mends it. */
export interface PageProblem {
  /** What it is about: the same while it lasts, whatever figures its sentence holds. */
  readonly about: string
  readonly condition: 'poor' | 'bad'
  readonly problem: string
  readonly remedy: string
}

/** Another place to look. */
export interface PageLink {
  readonly name: string
  readonly url: string
}

/** Everything that the page shows of one moment. */
export interface PageState {
  readonly atMs: number
  /** The venue: `simulator`, `mock`, `production`; null before the first session. */
  readonly environment: string | null
  readonly stages: readonly Stage[]
  readonly flows: readonly StageFlow[]
  /** Empty for a single collector, which the stages show. */
  readonly collectors: readonly CollectorLine[]
  readonly datasets: readonly DatasetLine[]
  /** Null when nothing was stored yet. */
  readonly freshness: Freshness | null
  /** From capture to a query's answer in the last second, ms; null when unknown. */
  readonly latencyMs: number | null
  readonly sessions: readonly SessionSpan[]
  readonly gaps: readonly PageGap[]
  readonly problems: readonly PageProblem[]
  readonly links: readonly PageLink[]
}

/** What is kept of a moment for the plots. */
export interface Point {
  readonly atMs: number
  readonly captured: number | null
  readonly stored: number | null
  readonly freshMs: number | null
  readonly latencyMs: number | null
}

/** What `/state.json?since=…` answers: the newest state, and the points after that time. */
export interface PageAnswer {
  readonly state: PageState
  readonly points: readonly Point[]
}
