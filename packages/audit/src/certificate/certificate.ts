import type { TradingDay } from '@tickhouse/calendar'
import type { Condition, Range } from '@tickhouse/catalogue'
import type { GapTotals } from './day-gaps.ts'
import type { Volume } from './volume.ts'

/** The numbers of one stage: how many, from which to which; 0 where there are none. */
interface Count {
  readonly records: number
  readonly first_seq: number
  readonly last_seq: number
}

/** One session of one dataset. */
export interface SessionOfDataset {
  readonly session: string
  readonly journal: Count
  readonly topic: Count
  readonly table: Count & { readonly distinct: number }
  readonly dead_letters: { readonly written: number; readonly stored: number; readonly open: number }
  /** The first hundred ranges of numbers that the topic lacks. */
  readonly missing_in_topic: readonly Range[]
  /** The first ranges of numbers that the table lacks. */
  readonly missing_in_table: readonly Range[]
  readonly late: readonly string[]
  readonly lost: readonly string[]
}

/** One dataset, or `*` for the day: the figures that the table `data_condition` holds too. */
export interface DayOfDataset extends GapTotals {
  readonly dataset: string
  readonly condition: Condition
  readonly reasons: readonly string[]
  readonly records: number
  readonly topic: number
  readonly rows: number
  readonly dead_letters: number
}

/** An item that was silent within the window. */
export interface SilentItemOfDate {
  readonly symbol: string
  readonly types: readonly string[]
  readonly from: string
  readonly to: string
  readonly seconds_in_window: number
  readonly evidence: string | null
}

/** What a date is worth, and what shows it. Times are Korean; those with `_us` are µs since 1970. */
export interface Certificate {
  readonly format: 'tickhouse day certificate'
  readonly version: 1
  readonly date: string
  readonly window: { readonly hours: string; readonly from: string; readonly to: string }
  /** Whether the date is a trading day by the calendar, and why not, or what is special about it. */
  readonly market: { readonly state: TradingDay['state']; readonly reason: string | null }
  /** The records that were counted; they end with the window while a session goes on. */
  readonly judged: { readonly from: string; readonly to: string }
  readonly made: {
    readonly at: string
    readonly at_us: number
    readonly with: string
    readonly node: string
    readonly catalogue_sha256: string
  }
  readonly condition: Condition
  readonly reasons: readonly string[]
  readonly day: DayOfDataset
  readonly datasets: readonly (DayOfDataset & { readonly type: string | null; readonly sessions: readonly SessionOfDataset[] })[]
  readonly sessions: readonly object[]
  readonly gaps: readonly object[]
  /** Items that brought nothing while others of their kind did, with the types they were registered for. They decide no condition: it is unknown whether anything is missing. */
  readonly silent_items: readonly SilentItemOfDate[]
  readonly volume: Volume
}
