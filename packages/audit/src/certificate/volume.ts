import type { Interval } from '@tickhouse/calendar'
import { readItem } from '@tickhouse/catalogue'
import { quoted, type Store } from '@tickhouse/store'
import { type FeedGap, volumeMissing } from '../gaps.ts'
import { timeCondition } from '../verify/table-counts.ts'

/** What the table of trades says about one symbol on one venue, first and last trade of the date first. */
export interface TradedItem {
  readonly symbol: string
  readonly venue: string
  readonly firstTotal: number
  readonly lastTotal: number
  readonly firstVolume: number | null
  readonly volume: number | null
  readonly firstUs: number
  readonly lastUs: number
}

/** How an item's cumulative volume and its trades fit together, all in shares. */
export interface ItemVolume {
  readonly symbol: string
  readonly venue: string
  /** By how much cumulative_volume grew, the first trade included. */
  readonly grown: number
  /** The trades together. */
  readonly traded: number
  /** What gaps say is missing between them. */
  readonly missing: number
  /** What is left: 0 when the item adds up. */
  readonly unexplained: number
}

/** The volume of a date: totals, and the items that do not add up. */
export interface Volume {
  readonly items: number
  readonly grown: number
  readonly traded: number
  readonly missing: number
  readonly unexplained: number
  readonly not_adding_up: readonly ItemVolume[]
}

/** Asks for first, last and sum per symbol and venue, over all sessions of the date. */
export async function tradedItems(store: Store, day: Interval, sessions: readonly string[], signal: AbortSignal): Promise<TradedItem[]> {
  if (sessions.length === 0) return []
  return store.query<TradedItem>(
    `SELECT symbol, venue, first(cumulative_volume) AS firstTotal, last(cumulative_volume) AS lastTotal, first(volume) AS firstVolume,
       sum(volume) AS volume, min(timestamp) AS firstUs, max(timestamp) AS lastUs
     FROM trade WHERE ${timeCondition(day)} AND session IN (${sessions.map(quoted).join(', ')}) AND cumulative_volume != null
     GROUP BY symbol, venue ORDER BY symbol, venue`,
    signal,
  )
}

/** Lays what the totals grew by beside the trades and what gaps say is missing. */
export function reconcile(items: readonly TradedItem[], gaps: readonly FeedGap[]): Volume {
  const missing = Map.groupBy(
    gaps.filter(({ reason }) => reason === volumeMissing),
    ({ symbols }) => keyOf(readItem(symbols)),
  )
  const volumes = items.map(item => volumeOf(item, missing.get(keyOf(item)) ?? []))
  const sum = (value: 'grown' | 'traded' | 'missing' | 'unexplained') => volumes.reduce((total, volume) => total + volume[value], 0)
  return {
    items: items.length,
    grown: sum('grown'),
    traded: sum('traded'),
    missing: sum('missing'),
    unexplained: sum('unexplained'),
    not_adding_up: volumes.filter(({ unexplained }) => unexplained !== 0),
  }
}

function volumeOf(item: TradedItem, gaps: readonly FeedGap[]): ItemVolume {
  const { symbol, venue, firstTotal, lastTotal, firstVolume, volume, firstUs, lastUs } = item
  const between = gaps.filter(({ from, to }) => from >= firstUs && to <= lastUs)
  const [grown, traded] = [lastTotal - firstTotal + (firstVolume ?? 0), volume ?? 0]
  const missing = between.reduce((total, gap) => total + (gap.missing ?? 0), 0)
  return { symbol, venue, grown, traded, missing, unexplained: grown - traded - missing }
}

function keyOf(instrument: { readonly symbol: string; readonly venue: string } | null): string {
  return instrument === null ? '' : `${instrument.symbol}/${instrument.venue}`
}
