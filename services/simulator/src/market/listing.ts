import type { TradingVenue } from '@tickhouse/calendar'
import type { Book } from './book.ts'
import type { SessionCode, TradingState } from './hours.ts'
import type { Tape } from './tape.ts'

/** Orders that gather for one price. What it would be and how much would trade is what was shown last. */
export interface Auction {
  readonly fromS: number
  readonly toS: number
  /** When it is said to end; what has gathered trades a little later. */
  readonly saidToS: number
  readonly session: SessionCode
  readonly interruption: Interruption | null
  /** Shares that will have gathered at the end. */
  readonly target: number
  price: number
  matched: number
}

/** Why an auction interrupts the trading: 1 too far from the last price of an auction, 2 from the last trade, 3 both. */
export interface Interruption {
  readonly kind: 1 | 2 | 3
  readonly price: number
  readonly reference: { readonly static: number; readonly dynamic: number }
  readonly startedAt: string
  readonly count: number
}

/** An item as it is sent: a stock at one exchange, or at both. */
export class View {
  readonly item: string
  tape: Tape
  isRegistered = false
  wantsTrades = false
  wantsBook = false
  /** Best prices of the last book that was sent. */
  sentBid = 0
  sentAsk = Number.POSITIVE_INFINITY

  constructor(item: string, tape: Tape) {
    this.item = item
    this.tape = tape
  }
}

/** A stock at one exchange. */
export class Listing extends View {
  readonly exchange: TradingVenue
  readonly book: Book
  mode: TradingState['kind'] = 'closed'
  auction: Auction | null = null
  /** Whether anyone sees what happens here. */
  isVisible = false

  constructor(item: string, exchange: TradingVenue, tape: Tape, book: Book) {
    super(item, tape)
    this.exchange = exchange
    this.book = book
  }

  /** Whether its book counts: that of KRX is not shown while it trades at the closing price. */
  get hasBook(): boolean {
    return this.mode === 'continuous' || this.mode === 'auction' || (this.mode === 'fixed_price' && this.exchange === 'NXT')
  }
}
