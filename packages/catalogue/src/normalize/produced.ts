import type { RecordHeader } from '../definitions.ts'
import type { Instrument } from './known-items.ts'
import type { Numbering } from './numbering.ts'
import type { WrittenRecord } from './one-pass/written-record.ts'
import type { Gap } from './own-records.ts'
import type { ExchangeChanges, RunningTotalsState } from './running-totals.ts'

/** A record ready for Kafka: `dataset` names the topic, `json` is the value, `symbol` the key, `timestamp` (µs) its time. */
export interface Produced {
  readonly dataset: string
  /** Whose numbering `seq` belongs to: the record's own dataset, or the one of the record that a dead letter stands for. */
  readonly series: string
  readonly symbol: string
  readonly timestamp: number
  readonly seq: number
  readonly json: string
  /** What a record of a market dataset is about: the same object for every record of an item, as far as items are remembered. */
  readonly instrument?: Instrument
  /** The gap that the record is, where it was found by comparing frames and stands in no entry. */
  readonly found?: Gap
}

/** Hears of the records of an entry, in order. */
export interface RecordTaker {
  /** A record that was written in one pass: valid, and its bytes to be had, until the call returns. */
  written(record: WrittenRecord): void
  /** A record that was made the long way. */
  produced(record: Produced): void
}

/** Where a session stands: enough to go on after any entry and produce the same bytes. */
export interface NormalizerState {
  readonly opened: boolean
  readonly lastTimestamp: number
  readonly seq: Readonly<Record<string, number>>
  /** Left out in states that were saved before totals were compared: then each item's next record is its first. */
  readonly running?: RunningTotalsState
}

/** What was met on the way, for metrics and one log line per kind of trouble. */
export interface NormalizerCounts {
  items: number
  deadLetters: number
  /** Items of types that are known and not ours, such as `02`. */
  tolerated: number
  /** Cumulative volumes that grew by less than the trade's volume, or fell, within a Korean date: corrections or older ticks. */
  volumeResets: number
  /** How cumulative volumes of combined items fitted where the exchange changed: the counter that tells whether they are the sum of both. */
  readonly exchangeChanges: Readonly<ExchangeChanges>
  /** `type/FID` → how often the catalogue did not know it; a key that is no FID stands as it came. */
  readonly unknownFids: Map<string, number>
  /** `type/FID` → how often its text could not be read. */
  readonly unreadable: Map<string, number>
}

const FEED = { symbol: '*', venue: '*' } as const

/** A record about the feed itself, with the next number of the series; members that are undefined are left out. */
export function ownRecord(
  {
    session,
    numbering,
    dataset,
    series = dataset,
  }: { session: string; numbering: Numbering; dataset: string; series?: string | undefined },
  capturedAtUs: number,
  columns: Readonly<Record<string, unknown>>,
): Produced {
  const { timestamp, seq } = numbering.next(series, capturedAtUs)
  const header: RecordHeader = { timestamp, ...FEED, session, seq }
  return { dataset, series, symbol: FEED.symbol, timestamp, seq, json: JSON.stringify({ ...header, ...columns }) }
}
