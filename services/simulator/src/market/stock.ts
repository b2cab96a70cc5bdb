import type { TradingVenue } from '@tickhouse/calendar'
import { Book, LEVELS, THIN_LEVELS } from './book.ts'
import { type SimulatedHours, sessionCodeOf, type TradingState } from './hours.ts'
import { SimulatedStock } from './instrument.ts'
import { type Auction, Listing, View } from './listing.ts'
import type { Random } from './random.ts'
import { Tape } from './tape.ts'

/** What a stock trades in. */
export interface Surroundings {
  readonly seed: number
  readonly random: Random
  readonly hours: SimulatedHours
  /** Seconds since the epoch; where the market is always open, seconds of trading. */
  readonly seconds: number
  /** How large trades are against noon. */
  readonly size: number
  /** How soon the other side of a book follows, 0 to 1; slow where spreads are wide. */
  readonly haste: number
  /** An auction of this stock ends at a moment. */
  endsAt(stock: Stock, seconds: number): void
}

const parts: Readonly<Record<TradingVenue, number>> = { KRX: 1, NXT: 0.25 }
/** The part of the trades at equal prices that takes place at NXT. */
const nxtPart = 0.25
/** Prices between which NXT may lag behind. */
const maxLag = 3

/** A move that ends in an interruption: many trades one way, or one that is far from the last. */
interface Run {
  readonly isUp: boolean
  readonly isJump: boolean
  steps: number
}

/**
 * One stock at KRX and NXT. KRX makes the price while both trade, and NXT follows: at once with what would be traded away, the other side some updates later.
 * A trade takes place where its price is best, so that it fits the books of both together.
 */
export class Stock {
  readonly instrument: SimulatedStock
  readonly krx: Listing
  readonly nxt: Listing
  readonly both: View
  /** The price that trading is drawn to, which itself is drawn to the previous close. */
  anchor: number
  /** The price of the last auction, from which a static interruption is measured. */
  reference: number
  interruptions = 0
  run: Run | null = null
  readonly #around: Surroundings

  constructor(symbol: string, around: Surroundings) {
    this.#around = around
    const instrument = new SimulatedStock(symbol, around.seed)
    const listing = (exchange: TradingVenue, suffix: string) => {
      const item = symbol + suffix
      const tape = around.hours.isAlways ? Tape.amidst(instrument, parts[exchange], `${around.seed} tape ${item}`) : new Tape(instrument)
      return new Listing(item, exchange, tape, new Book(instrument, around.random, parts[exchange]))
    }
    this.instrument = instrument
    this.krx = listing('KRX', '')
    this.nxt = listing('NXT', '_NX')
    this.both = new View(`${symbol}_AL`, Tape.sumOf(instrument, this.krx.tape, this.nxt.tape))
    this.anchor = instrument.firstPrice
    this.reference = instrument.firstPrice
    for (const { book } of [this.krx, this.nxt]) this.#placeAround(book, instrument.firstPrice)
    this.sync()
  }

  /** The listings whose books count now. */
  get shown(): readonly Listing[] {
    return [this.krx, this.nxt].filter(listing => listing.isVisible && listing.hasBook)
  }

  /** Best bid and ask of an item; null where it has no book now. */
  quoteOf(view: View): { readonly bid: number; readonly ask: number } | null {
    if (view !== this.both) return (view as Listing).hasBook ? (view as Listing).book : null
    const books = this.shown.map(({ book }) => book)
    if (books.length === 0) return null
    return { bid: Math.max(...books.map(({ bid }) => bid)), ask: Math.min(...books.map(({ ask }) => ask)) }
  }

  /** The closing price, or that of the day before while there is none. */
  get fixedPrice(): number {
    return this.krx.tape.last
  }

  /** Takes over what the venues are in now; an auction that runs goes on to its end. */
  sync(): void {
    const { states } = this.#around.hours
    this.#enter(this.krx, states.KRX)
    this.#enter(this.nxt, this.#isHeld ? { ...states.NXT, kind: 'closed' } : states.NXT)
  }

  /** NXT waits while KRX interrupts a stock, and until the price of an auction that is over is known. */
  get #isHeld(): boolean {
    const { auction } = this.krx
    return auction !== null && (auction.interruption !== null || this.#around.seconds >= auction.saidToS)
  }

  #enter(listing: Listing, state: TradingState): void {
    if (listing.auction !== null) return
    const before = listing.mode
    listing.mode = state.kind === 'fixed_price' && this.krx.auction !== null ? 'closed' : state.kind
    if (state.kind === 'auction') this.#gather(listing, state)
    else if (state.kind === 'continuous' && before !== 'continuous') this.#reopen(listing)
    else if (listing.mode === 'fixed_price' && listing.exchange === 'NXT') this.#placeAround(listing.book, this.fixedPrice)
  }

  #gather(listing: Listing, { phase, fromS, toS }: TradingState): void {
    const { random } = this.#around
    const endS = toS + random.integer(5, 29)
    const price = phase === 'opening_auction' ? this.instrument.firstPrice : this.lead.book.bid
    this.beginAuction(listing, { fromS, toS: endS, saidToS: toS, session: sessionCodeOf(phase), interruption: null, price })
  }

  /** Lets orders gather from now on. */
  beginAuction(listing: Listing, { price, ...given }: Omit<Auction, 'target' | 'matched'>): void {
    const { random } = this.#around
    const target = Math.ceil((20_000_000_000 / this.instrument.previousClose) * (0.3 + random.next()) * parts[listing.exchange])
    listing.mode = 'auction'
    listing.auction = { ...given, target, price: this.instrument.within(price), matched: 0 }
    if (given.interruption !== null && this.nxt.mode === 'continuous') this.nxt.mode = 'closed'
    this.stepAuction(listing, listing.auction)
    this.#around.endsAt(this, given.toS)
  }

  /** Orders come and go: the price moves by a step at most, and the matched volume grows, not always. */
  stepAuction(listing: Listing, auction: Auction): void {
    const { random, seconds } = this.#around
    const { instrument } = this
    const way = random.next()
    const next = way < 0.25 ? instrument.above(auction.price) : way < 0.5 ? instrument.below(auction.price) : auction.price
    const progress = Math.min(1, Math.max(0, (seconds - auction.fromS) / (auction.toS - auction.fromS)))
    auction.matched = Math.max(1, Math.ceil(auction.target * (0.03 + 0.94 * progress ** 2) * (0.97 + 0.06 * random.next())))
    auction.price = instrument.within(next)
    this.#placeAround(listing.book, auction.price)
    this.settle()
    this.fitAuction(listing, auction)
  }

  /** The price of an auction lies between the best prices of the stock. */
  fitAuction(listing: Listing, auction: Auction): void {
    const { bid, ask } = listing === this.krx && this.nxt.mode === 'continuous' ? this.nxt.book : listing.book
    auction.price = Math.min(Math.max(auction.price, bid), ask)
  }

  /** Ends an auction at its price, from which trading goes on. */
  endAuction(listing: Listing, price: number): void {
    listing.auction = null
    listing.mode = 'closed'
    this.reference = price
    this.anchor = price
    this.sync()
  }

  /** Opens a book around the last price. */
  #reopen(listing: Listing): void {
    const other = listing === this.krx ? this.nxt : this.krx
    this.#placeAround(listing.book, other.mode === 'continuous' ? other.book.bid : this.anchor)
    this.settle()
  }

  /** The listing that makes the price. */
  get lead(): Listing {
    return this.krx.mode === 'continuous' || this.nxt.mode !== 'continuous' ? this.krx : this.nxt
  }

  /** The price moves by a step, or far where a run goes on; the other exchange follows. */
  drift(chance: number): void {
    const { random, haste } = this.#around
    const { lead, instrument } = this
    if (lead.mode !== 'continuous') return
    const { book } = lead
    if (this.run !== null && lead === this.krx) this.#leap(book, this.run)
    else if (random.chance(chance)) {
      this.anchor += (instrument.firstPrice - this.anchor) * 0.0005
      const isUp = random.chance(0.5 - (8 * (book.bid - this.anchor)) / this.anchor)
      const follows = random.chance(haste) || book.isWide
      if (!book.isTight && follows) {
        if (isUp) book.place(instrument.above(book.bid), book.ask)
        else book.place(book.bid, instrument.below(book.ask))
      } else if (isUp) book.place(follows ? instrument.above(book.bid) : book.bid, instrument.above(book.ask))
      else book.place(instrument.below(book.bid), follows ? instrument.below(book.ask) : book.ask)
    }
    this.settle()
  }

  /** Nothing crosses between the exchanges, and nothing is left far behind. While KRX gathers orders, NXT alone has the best prices. */
  settle(): void {
    const { krx, nxt } = this
    if (nxt.mode !== 'continuous' || !nxt.isVisible) return
    if (krx.mode === 'continuous') this.#yield(nxt.book, krx.book)
    else if (krx.mode === 'auction') {
      this.#yield(krx.book, nxt.book)
      krx.book.place(Math.min(krx.book.bid, nxt.book.bid), Math.max(krx.book.ask, nxt.book.ask))
    }
  }

  /** NXT comes nearer to KRX by a step on either side. */
  follow(): void {
    const { random } = this.#around
    const { instrument } = this
    if (this.lead === this.nxt || this.nxt.mode !== 'continuous') return
    const [book, goal] = [this.nxt.book, this.krx.book]
    let { bid, ask } = book
    if (bid !== goal.bid && random.chance(0.6)) bid = bid < goal.bid ? instrument.above(bid) : instrument.below(bid)
    if (ask !== goal.ask && random.chance(0.6)) ask = ask < goal.ask ? instrument.above(ask) : instrument.below(ask)
    if (bid === goal.bid && random.chance(0.1)) bid = instrument.below(bid)
    book.place(bid, ask)
    this.#yield(book, goal)
  }

  /** NXT shows few levels before and after the regular session, and now and then in it. */
  thin(): void {
    const { random, hours } = this.#around
    const isRegular = hours.states.NXT.phase === 'continuous'
    this.nxt.book.showLevels(random.chance(isRegular ? 0.15 : 0.8) ? THIN_LEVELS : LEVELS)
  }

  /** Where a trade of that side takes place; null where none can. */
  placeOf(isBuy: boolean): Listing | null {
    const { random } = this.#around
    const open = [this.krx, this.nxt].filter(({ isVisible, mode }) => isVisible && (mode === 'continuous' || mode === 'fixed_price'))
    const able = open.filter(({ mode }) => mode === 'continuous' || this.krx.auction === null)
    if (able.length < 2) return able[0] ?? null
    if (this.krx.mode !== 'continuous' || this.nxt.mode !== 'continuous') return random.chance(0.5) ? this.krx : this.nxt
    const better = isBuy ? this.nxt.book.ask - this.krx.book.ask : this.krx.book.bid - this.nxt.book.bid
    if (better !== 0) return better > 0 ? this.krx : this.nxt
    return random.chance(nxtPart) ? this.nxt : this.krx
  }

  #leap(book: Book, run: Run): void {
    const step = run.isJump ? 0.068 : 0.016
    const price = this.instrument.within(book.bid * (run.isUp ? 1 + step : 1 - step))
    this.#placeAround(book, price)
    this.anchor = price
    if (--run.steps === 0) this.run = null
  }

  #placeAround(book: Book, price: number): void {
    const { instrument } = this
    const at = instrument.within(price)
    if (this.#around.random.chance(0.5)) book.place(at, instrument.above(at))
    else book.place(instrument.below(at), at)
  }

  /** Moves the quotes of one book away from those of the other, and nearer where they lie far behind. */
  #yield(book: Book, leader: Book): void {
    const { instrument } = this
    const tick = instrument.above(leader.bid) - leader.bid
    let { bid, ask } = book
    if (leader.bid - bid > maxLag * tick) bid = instrument.below(leader.bid)
    if (ask - leader.ask > maxLag * tick) ask = instrument.above(leader.ask)
    if (bid >= leader.ask) bid = instrument.below(leader.ask)
    if (ask <= leader.bid) ask = instrument.above(leader.bid)
    if (bid !== book.bid || ask !== book.ask) book.place(bid, ask)
  }
}
