import { dateAt } from '@tickhouse/calendar'
import type { DataRecord } from '@tickhouse/catalogue'
import type { Value } from './duck.ts'

/** One change of phase, as the table `market_phase` has it. */
export interface Phase {
  readonly timestamp: number
  readonly venue: string
  readonly kind: string | null
}

interface Book {
  readonly timestamp: number
  readonly bid: number | null
  readonly bidSize: number
  readonly ask: number | null
  readonly askSize: number
}

/** The best of both venues as somebody would keep it who hears of every change of a book in turn. */
export function nbboOf(books: readonly DataRecord[], phases: readonly Phase[]): Record<string, Value>[] {
  const last = new Map<string, Book>()
  const rows: Record<string, Value>[] = []
  for (const book of [...books].sort((one, other) => one.timestamp - other.timestamp)) {
    const { timestamp, symbol, venue } = book
    if (venue === 'SOR') continue
    last.set(`${symbol} ${venue}`, bookOf(book))
    const at = (of: string) => counting(last.get(`${symbol} ${of}`), phaseAt(phases, of, timestamp), timestamp)
    rows.push({ timestamp, symbol, venue, ...together(at('KRX'), at('NXT')) })
  }
  return rows
}

function bookOf({ timestamp, best_bid, best_bid_size, best_ask, best_ask_size }: DataRecord): Book {
  const price = (value: unknown) => (value === undefined ? null : (value as number))
  return { timestamp, bid: price(best_bid), bidSize: best_bid_size as number, ask: price(best_ask), askSize: best_ask_size as number }
}

function phaseAt(phases: readonly Phase[], venue: string, timestamp: number): Phase {
  return phases.findLast(phase => phase.venue === venue && phase.timestamp <= timestamp)!
}

function counting(book: Book | undefined, phase: Phase, timestamp: number): Book | undefined {
  if (book === undefined || book.timestamp < phase.timestamp || phase.kind === 'auction') return undefined
  return dateAt(book.timestamp) === dateAt(timestamp) ? book : undefined
}

function together(krx: Book | undefined, nxt: Book | undefined) {
  const bid = best('bid', krx, nxt, (one, other) => one > other)
  const ask = best('ask', krx, nxt, (one, other) => one < other)
  const both = bid.price !== null && ask.price !== null
  return {
    bid: bid.price,
    bid_size: bid.size,
    bid_venue: bid.venue,
    ask: ask.price,
    ask_size: ask.size,
    ask_venue: ask.venue,
    spread: both ? ask.price! - bid.price! : null,
    mid: both ? (ask.price! + bid.price!) / 2 : null,
    state: both ? (bid.price! > ask.price! ? 'crossed' : bid.price === ask.price ? 'locked' : 'normal') : null,
    krx_bid: krx?.bid ?? null,
    krx_ask: krx?.ask ?? null,
    nxt_bid: nxt?.bid ?? null,
    nxt_ask: nxt?.ask ?? null,
  }
}

function best(side: 'bid' | 'ask', krx: Book | undefined, nxt: Book | undefined, isBetter: (one: number, other: number) => boolean) {
  const [one, other] = [krx?.[side] ?? null, nxt?.[side] ?? null]
  const [oneSize, otherSize] = [krx?.[`${side}Size`] ?? 0, nxt?.[`${side}Size`] ?? 0]
  if (one === null && other === null) return { price: null, size: null, venue: null }
  if (one === other) return { price: one, size: oneSize + otherSize, venue: 'both' }
  if (other === null || (one !== null && isBetter(one, other))) return { price: one, size: oneSize, venue: 'KRX' }
  return { price: other, size: otherSize, venue: 'NXT' }
}
