import type { DatasetName } from './decode.ts'
import type { FeedGap, FeedSession, RecordTypes } from './generated/records.ts'

/** Where a record stands in Kafka. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A record of a dataset that was asked for, once. */
export type RecordEvent<D extends DatasetName> = {
  [Name in D]: { readonly kind: 'record'; readonly dataset: Name; readonly record: RecordTypes[Name]; readonly place: Place }
}[D]

/** The capture says that records may be missing, of the datasets named; what it is sure of stands in the record. */
export interface GapEvent {
  readonly kind: 'gap'
  readonly gap: FeedGap
  /** Those of the datasets that were asked for which the gap concerns. */
  readonly datasets: readonly DatasetName[]
  readonly place: Place
}

/**
 * Numbers of a session that have no record in the topic, although later ones were there a settling time ago. `dead_letter`: the collector could not read what
 * had this number. `missing`: nothing stands for it. `unknown`: this login may not read dead letters, so it can be either.
 */
export interface JumpEvent {
  readonly kind: 'jump'
  readonly dataset: DatasetName
  readonly session: string
  readonly from: number
  readonly to: number
  readonly because: 'dead_letter' | 'missing' | 'unknown'
}

/** Kafka no longer has what came next: it expired before it was read, or somebody made the topic again. */
export interface LostEvent {
  readonly kind: 'lost'
  readonly topic: string
  readonly partition: number
  /** The offset that should have come. */
  readonly from: number
  /** The offset at which reading goes on. */
  readonly to: number
  readonly because: 'expired' | 'recreated'
}

/** A session opened or closed, or the venue said something in it: `session.event` says which. */
export interface SessionEvent {
  readonly kind: 'session'
  readonly session: FeedSession
  readonly place: Place
}

/** A value that is no record; reading goes on behind it. */
export interface UnreadableEvent {
  readonly kind: 'unreadable'
  readonly error: Error
  readonly value: Uint8Array | null
  readonly place: Place
}

/** What a reader tells. */
export type ReaderEvent<D extends DatasetName = DatasetName> =
  | RecordEvent<D>
  | GapEvent
  | JumpEvent
  | LostEvent
  | SessionEvent
  | UnreadableEvent
