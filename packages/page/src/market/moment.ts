import { dayOf } from '@tickhouse/calendar'
import { quoted, type RunQuery, type SqlValue, timeLiteral } from '@tickhouse/store'
import type { BookAnswer, BookLevel, ChartVenue, MomentAnswer, SaleLine } from './answers.ts'
import { type PhaseRow, rowsIfThere } from './marks.ts'
import type { MomentQuestion } from './questions.ts'

/** The last order book of a venue; rows of a ladder are prices, sizes and changes. */
export interface BookRow {
  readonly timestamp: number
  readonly venue: string
  readonly asks: SqlValue
  readonly bids: SqlValue
}

interface SaleRow extends Omit<SaleLine, 'atMs'> {
  readonly timestamp: number
}

const maxSales = 60
/** Enough for a symbol that trades; of another one the whole date is read. */
const recentUs = 600_000_000

/** The order book and the last trades of a moment. Phases that are still to come do not count; once both venues have closed, those do that ended the date. */
export async function readMoment(query: RunQuery, question: MomentQuestion, nowUs: number, signal: AbortSignal): Promise<MomentAnswer> {
  const { fromUs, toUs } = dayOf(question.date)
  const place = { ...question, fromUs, atUs: Math.min(toUs - 1, question.atUs ?? toUs) }
  const phasesAt = (atUs: number) => rowsIfThere<PhaseRow>(query, phasesQuery(atUs), signal)
  const [books, phases, sales] = await Promise.all([
    query<BookRow>(booksQuery(place), signal),
    phasesAt(Math.min(place.atUs, nowUs)),
    readSales(query, place, signal),
  ])
  const closedAtUs = closingOf(phases)
  const lastPhases = closedAtUs !== undefined && closedAtUs > fromUs ? await phasesAt(closedAtUs - 1) : phases
  return {
    ...bookOf(books, phases, question.venue, lastPhases),
    sales: sales.map(({ timestamp, ...sale }) => ({ atMs: timestamp / 1000, ...sale })),
  }
}

interface Place {
  readonly symbol: string
  readonly venue: ChartVenue
  readonly fromUs: number
  readonly atUs: number
}

const ofVenues = (venue: ChartVenue) => (venue === 'consolidated' ? "venue IN ('KRX', 'NXT')" : `venue = ${quoted(venue)}`)
const between = (fromUs: number, atUs: number) => `timestamp >= ${timeLiteral(fromUs)} AND timestamp <= ${timeLiteral(atUs)}`

function booksQuery({ symbol, venue, fromUs, atUs }: Place): string {
  return `SELECT timestamp, venue, asks, bids FROM order_book
WHERE symbol = ${quoted(symbol)} AND ${ofVenues(venue)} AND ${between(fromUs, atUs)} LATEST ON timestamp PARTITION BY venue`
}

function phasesQuery(atUs: number): string {
  return `SELECT timestamp, venue, phase, kind FROM market_phase
WHERE venue IN ('KRX', 'NXT') AND timestamp <= ${timeLiteral(atUs)} LATEST ON timestamp PARTITION BY venue`
}

/** When the last venue closed; undefined while one is open, or where no phases are kept. */
function closingOf(phases: readonly PhaseRow[]): number | undefined {
  if (phases.length === 0 || phases.some(({ kind }) => kind !== null)) return undefined
  return Math.max(...phases.map(({ timestamp }) => timestamp))
}

async function readSales(query: RunQuery, { symbol, venue, fromUs, atUs }: Place, signal: AbortSignal): Promise<SaleRow[]> {
  const since = (us: number) =>
    query<SaleRow>(
      `SELECT timestamp, venue, price, volume, side, phase FROM trades
WHERE symbol = ${quoted(symbol)} AND ${ofVenues(venue)} AND ${between(us, atUs)} LIMIT -${maxSales}`,
      signal,
    )
  const recent = await since(Math.max(fromUs, atUs - recentUs))
  const rows = recent.length < maxSales && atUs - recentUs > fromUs ? await since(fromUs) : recent
  return rows.toReversed()
}

/** The book of a venue as it is; of both, those that count as in the view `nbbo` in the last phases of trading, added up price by price. */
export function bookOf(
  books: readonly BookRow[],
  phases: readonly PhaseRow[],
  venue: ChartVenue,
  lastPhases = phases,
): Omit<MomentAnswer, 'sales'> {
  const phaseOf = (of: string) => lastPhases.find(row => row.venue === of)
  const counting = venue === 'consolidated' ? books.filter(book => counts(book, phaseOf(book.venue))) : books
  const words = phases
    .filter(row => venue === 'consolidated' || row.venue === venue)
    .map(row => `${row.venue}: ${row.phase.replaceAll('_', ' ')}`)
    .sort()
  if (books.length === 0) return { book: null, bookNote: 'No order book came on this date until this moment.' }
  if (counting.length === 0)
    return { book: null, bookNote: `No book counts now (${words.join(', ')}). Choose KRX or NXT to see its last one.` }
  return { book: together(counting, words), bookNote: null }
}

/** A book counts until the phase of its venue ends, and not in an auction, which gathers orders that cross. */
function counts(book: BookRow, phase: PhaseRow | undefined): boolean {
  return phase === undefined || (phase.kind !== 'auction' && book.timestamp >= phase.timestamp)
}

function together(books: readonly BookRow[], phases: readonly string[]): BookAnswer {
  const asks = levelsOf(books, 'asks').sort((one, other) => one.price - other.price)
  const bids = levelsOf(books, 'bids').sort((one, other) => other.price - one.price)
  const [ask, bid] = [asks[0], bids[0]]
  return {
    atMs: Math.max(...books.map(({ timestamp }) => timestamp)) / 1000,
    asks: asks.slice(0, maxLevels),
    bids: bids.slice(0, maxLevels),
    spread: ask === undefined || bid === undefined ? null : ask.price - bid.price,
    phases,
  }
}

const maxLevels = 10

function levelsOf(books: readonly BookRow[], side: 'asks' | 'bids'): BookLevel[] {
  const levels = new Map<number, BookLevel>()
  for (const book of books) {
    const [prices = [], sizes = []] = (book[side] ?? []) as (number | null)[][]
    for (const [index, price] of prices.entries()) {
      const size = sizes[index] ?? 0
      if (price === null) continue
      const { krx, nxt } = levels.get(price) ?? { krx: 0, nxt: 0 }
      const each = book.venue === 'NXT' ? { krx, nxt: nxt + size } : { krx: krx + size, nxt }
      levels.set(price, { price, size: each.krx + each.nxt, ...each })
    }
  }
  return [...levels.values()]
}
