import type { Interval } from '@tickhouse/calendar'
import { gapReasons, readItem } from '@tickhouse/catalogue'
import { isOfOneTable, quoted, type RunQuery, timeLiteral } from '@tickhouse/store'
import type { TimeLineGap } from '../state/time-line.ts'
import type { ChartVenue, MarketMark } from './answers.ts'

/** What the marks of a chart are of. */
export interface MarksOrder extends Interval {
  readonly symbol: string
  readonly venue: ChartVenue
}

/** A change of phase, as the table `market_phase` has it; times in µs. */
export interface PhaseRow {
  readonly timestamp: number
  readonly venue: string
  readonly phase: string
  readonly kind: string | null
}

/** An interruption, as the view `vi_events` has it. */
export interface InterruptionRow {
  readonly timestamp: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly kind: string | null
  readonly direction: string | null
  readonly price: number | null
  readonly number: number | null
}

/** A gap, as the table `feed_gap` has it. */
export type FeedGapRow = Omit<TimeLineGap, 'session'>

const maxRows = 2_000
/** The types of which a chart, a book and the trades are made. */
const shownTypes = ['0B', '0D']

/** The tables and views that a chart is marked from, each with its query; one that is missing marks nothing. */
export async function readMarks(query: RunQuery, order: MarksOrder, signal: AbortSignal): Promise<MarketMark[]> {
  const rows = <Row>(sql: string) => rowsIfThere<Row>(query, `${sql} LIMIT ${maxRows}`, signal)
  const [phases, interruptions, gaps] = await Promise.all([
    rows<PhaseRow>(phasesQuery(order)),
    rows<InterruptionRow>(interruptionsQuery(order)),
    rows<FeedGapRow>(gapsQuery(order)),
  ])
  const marks = [
    ...phaseMarks(phases, order),
    ...interruptions.map(row => interruptionMark(row, order)),
    ...gaps.filter(row => concerns(row, order)).map(row => gapMark(row, order)),
  ]
  return marks.filter(({ fromMs, toMs }) => toMs >= fromMs).sort((one, other) => one.fromMs - other.fromMs)
}

/** The rows of a query; none where its table or view is missing. */
export async function rowsIfThere<Row>(query: RunQuery, sql: string, signal?: AbortSignal): Promise<Row[]> {
  try {
    return await query<Row>(sql, signal)
  } catch (error) {
    if (isOfOneTable(error)) return []
    throw error
  }
}

const within = ({ fromUs, toUs }: Interval) => `timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)}`

function phasesQuery(order: MarksOrder): string {
  const venues = order.venue === 'consolidated' ? "venue IN ('KRX', 'NXT')" : `venue = ${quoted(order.venue)}`
  return `SELECT timestamp, venue, phase, kind FROM market_phase WHERE ${venues} AND ${within(order)} ORDER BY timestamp`
}

function interruptionsQuery(order: MarksOrder): string {
  return `SELECT timestamp, started_at AS startedAt, ended_at AS endedAt, kind, direction, price, number
FROM vi_events WHERE symbol = ${quoted(order.symbol)} AND ${within(order)}`
}

/** A gap is written when it is over, so its row is later than what it concerns. */
function gapsQuery({ fromUs, toUs }: MarksOrder): string {
  return `SELECT timestamp AS atUs, from_time AS fromUs, to_time AS toUs, reason, types, symbols, missing FROM feed_gap
WHERE timestamp >= ${timeLiteral(fromUs)} AND coalesce(from_time, timestamp) < ${timeLiteral(toUs)}`
}

/** Auctions, and phases besides continuous trading of the regular session. */
export function phaseMarks(rows: readonly PhaseRow[], { toUs }: Interval): MarketMark[] {
  return rows.flatMap(({ timestamp, venue, phase, kind }, index) => {
    if (kind === null || phase === 'continuous') return []
    const next = rows.slice(index + 1).find(row => row.venue === venue)
    const end = next?.timestamp ?? toUs
    const title = phase.replaceAll('_', ' ')
    const how = kind === 'auction' ? 'one price at the end' : kind === 'continuous' ? 'price by price' : 'at the closing price'
    return [{ kind: kind === 'auction' ? 'auction' : 'phase', venue, title, detail: how, ...milliseconds(timestamp, end) }]
  })
}

/** Until it has ended, it lasts to the end of what is shown. */
export function interruptionMark(row: InterruptionRow, { toUs }: Interval): MarketMark {
  const { timestamp, startedAt, endedAt, direction, kind, price, number } = row
  const title = `volatility interruption ${number ?? ''} ${direction ?? ''}`.trim().replaceAll(/ +/g, ' ')
  const at = price === null ? [] : [`at ${price.toLocaleString('en-US')} won`]
  const end = endedAt === null ? ['no end was sent'] : []
  const fromUs = startedAt ?? timestamp
  return {
    ...{ kind: 'interruption', venue: null, title, detail: [...(kind === null ? [] : [kind]), ...at, ...end].join(', ') },
    ...milliseconds(fromUs, endedAt ?? Math.max(fromUs, Math.min(toUs, fromUs + usualInterruptionUs))),
  }
}

/** An interruption is an auction of two minutes; the venue may draw its end by up to 30 s. */
const usualInterruptionUs = 120_000_000

/** Whether records of this symbol may be missing from what is shown. */
export function concerns({ types, symbols, fromUs, toUs, atUs }: FeedGapRow, order: MarksOrder): boolean {
  if ((toUs ?? atUs) < order.fromUs || (fromUs ?? atUs) >= order.toUs) return false
  const isOfTypes = types === null || types.split(',').some(type => shownTypes.includes(type))
  return isOfTypes && (symbols === null || symbols.split(',').some(item => isShown(item, order)))
}

function isShown(item: string, { symbol, venue }: MarksOrder): boolean {
  const instrument = readItem(item)
  if (instrument === null || instrument.symbol !== symbol || instrument.venue === 'SOR') return false
  return venue === 'consolidated' || instrument.venue === venue
}

/** No longer than what is shown. */
export function gapMark({ atUs, fromUs, toUs, reason, missing }: FeedGapRow, shown: Interval): MarketMark {
  const words = (gapReasons as Readonly<Record<string, string>>)[reason]
  const counted = missing === null ? [] : [`${missing.toLocaleString('en-US')} missing`]
  return {
    ...{ kind: 'gap', venue: null, title: `gap: ${reason}`, detail: [...(words === undefined ? [] : [words]), ...counted].join('; ') },
    ...milliseconds(Math.max(shown.fromUs, fromUs ?? atUs), Math.min(shown.toUs, toUs ?? atUs)),
  }
}

function milliseconds(fromUs: number, toUs: number): Pick<MarketMark, 'fromMs' | 'toMs'> {
  return { fromMs: fromUs / 1000, toMs: toUs / 1000 }
}
