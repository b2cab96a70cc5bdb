import type { Interval } from '@tickhouse/calendar'
import { quoted, type RunQuery, timeLiteral } from '@tickhouse/store'
import type { Bars, ChartVenue } from './answers.ts'
import type { BarInterval } from './questions.ts'

/** Which bars are read. */
export interface BarsOrder extends Interval {
  readonly symbol: string
  readonly venue: ChartVenue
  readonly interval: BarInterval
  /** From here on, µs since the epoch, bars are made of trades, since QuestDB has not kept theirs yet; undefined when all are kept. */
  readonly keptToUs?: number | undefined
}

interface BarRow {
  readonly begins: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

const figures = 'open, high, low, close, volume'
const ofTrade = 'price AS open, price AS high, price AS low, price AS close, volume, timestamp AS first_at, timestamp AS last_at'

/** The bars of a symbol in one query: as a view keeps them, or put together from shorter ones and, where those are not kept yet, from trades. */
export function barsQuery({ symbol, venue, interval, fromUs, toUs, keptToUs = toUs }: BarsOrder): string {
  const between = (from: number, to: number) =>
    `symbol = ${quoted(symbol)}${venue === 'consolidated' ? '' : ` AND venue = ${quoted(venue)}`} AND timestamp >= ${timeLiteral(from)} AND timestamp < ${timeLiteral(to)}`
  const view = venue === 'consolidated' ? `${interval.view}_consolidated` : interval.view
  const fromView = `FROM ${view} WHERE ${between(fromUs, Math.max(fromUs, Math.min(toUs, keptToUs)))}`
  if (keptToUs >= toUs && interval.view === `ohlcv_${interval.name}`)
    return `SELECT timestamp AS begins, ${figures} ${fromView} ORDER BY begins`
  const kept = `SELECT timestamp, ${figures}, first_at, last_at ${fromView}`
  const newest = `SELECT timestamp, ${ofTrade} FROM trades WHERE ${between(Math.max(fromUs, keptToUs), toUs)} AND price IS NOT NULL`
  const source = keptToUs < toUs ? `${kept} UNION ALL ${newest}` : kept
  return `SELECT begins, arg_min(open, first_at) AS open, max(high) AS high, min(low) AS low, arg_max(close, last_at) AS close, sum(volume) AS volume
FROM (SELECT timestamp_floor(${quoted(interval.name)}, timestamp) AS begins, ${figures}, first_at, last_at FROM (${source})) GROUP BY begins ORDER BY begins`
}

/** The date that a chart is about. */
interface ShownDate {
  /** Its first moment, µs since the epoch. */
  readonly fromUs: number
  readonly isToday: boolean
}

/** Reads bars. Of the date, those that QuestDB has not kept yet are made of trades, but for bars of days. */
export async function readBars(query: RunQuery, order: Omit<BarsOrder, 'keptToUs'>, date: ShownDate, signal: AbortSignal): Promise<Bars> {
  const keptToUs = order.interval.view === 'ohlcv_1d' ? undefined : await keptUpTo(query, order, date, signal)
  return barsOf(await query<BarRow>(barsQuery({ ...order, keptToUs }), signal))
}

/** A past date is made of trades as a whole while a view is behind its table: which of its bars are kept cannot be told. */
async function keptUpTo(
  query: RunQuery,
  order: Omit<BarsOrder, 'keptToUs'>,
  { fromUs, isToday }: ShownDate,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (isToday) return await newestKept(query, order, signal)
  const [row] = await query<{ behind: number }>(viewsBehind, signal)
  return (row?.behind ?? 0) > 0 ? fromUs : undefined
}

const viewsBehind = `SELECT count() AS behind FROM materialized_views()
WHERE view_name LIKE 'ohlcv_%' AND (refresh_base_table_txn IS NULL OR refresh_base_table_txn != base_table_txn)`

/** Where the newest kept bar begins, which trades may still come to. */
async function newestKept(
  query: RunQuery,
  { interval, fromUs }: Interval & { interval: BarInterval },
  signal: AbortSignal,
): Promise<number> {
  const [row] = await query<{ newest: number }>(`SELECT timestamp AS newest FROM ${interval.view} LIMIT -1`, signal)
  return row?.newest ?? fromUs
}

/** Rows as columns: a third of the text, and what a chart takes. */
export function barsOf(rows: readonly BarRow[]): Bars {
  return {
    at: rows.map(({ begins }) => begins / 1_000_000),
    open: rows.map(({ open }) => open),
    high: rows.map(({ high }) => high),
    low: rows.map(({ low }) => low),
    close: rows.map(({ close }) => close),
    volume: rows.map(({ volume }) => volume),
  }
}
