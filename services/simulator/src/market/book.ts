import type { SimulatedStock } from './instrument.ts'
import type { Random } from './random.ts'

export const LEVELS = 10
/** NXT after hours fills three levels. */
export const THIN_LEVELS = 3

/** One side of a book, best price first: sizes, and how each was changed by the last update. An empty level has price and size 0. */
export class BookSide {
  prices: number[] = new Array(LEVELS).fill(0)
  sizes: number[] = new Array(LEVELS).fill(0)
  readonly changes = new Array<number>(LEVELS).fill(0)
  /** The level as sent; empty where it has to be written anew. */
  readonly texts = new Array<string>(LEVELS).fill('')
  /** The sizes as text; empty where one has to be written anew. */
  readonly sizeTexts = new Array<string>(LEVELS).fill('')
  total = 0
  change = 0
  #oldPrices: number[] = new Array(LEVELS).fill(0)
  #oldSizes: number[] = new Array(LEVELS).fill(0)

  /** Takes new prices, best first; what waits at a price that stays goes on waiting. `isNearer(a, b)`: a comes before b. */
  reprice(
    nextPrice: (price: number) => number,
    best: number,
    levels: number,
    isNearer: (a: number, b: number) => boolean,
    newSize: () => number,
  ): void {
    const [before, sizesBefore] = [this.prices, this.sizes]
    this.prices = this.#oldPrices
    this.sizes = this.#oldSizes
    this.#oldPrices = before
    this.#oldSizes = sizesBefore
    this.total = 0
    this.forgetChanges()
    let old = 0
    let price = best
    for (let level = 0; level < LEVELS; level++) {
      const at = level < levels ? price : 0
      while (old < LEVELS && before[old] !== 0 && at !== 0 && isNearer(before[old]!, at)) old++
      const size = at === 0 ? 0 : old < LEVELS && before[old] === at && sizesBefore[old]! > 0 ? sizesBefore[old]! : newSize()
      this.prices[level] = at
      this.sizes[level] = size
      this.total += size
      this.texts[level] = ''
      this.sizeTexts[level] = ''
      if (at !== 0) price = nextPrice(at)
    }
  }

  resize(level: number, change: number): void {
    const before = this.sizes[level]!
    if (this.prices[level] === 0) return
    const after = Math.max(1, before + change)
    this.sizes[level] = after
    this.changes[level]! += after - before
    this.change += after - before
    this.total += after - before
    this.texts[level] = ''
    this.sizeTexts[level] = ''
  }

  /** Takes shares away from the best price, which holds at least so many. */
  take(volume: number): void {
    this.sizes[0]! -= volume
    this.total -= volume
    this.texts[0] = ''
    this.sizeTexts[0] = ''
  }

  forgetChanges(): void {
    this.change = 0
    for (let level = 0; level < LEVELS; level++) {
      if (this.changes[level] === 0) continue
      this.changes[level] = 0
      this.texts[level] = ''
    }
  }
}

/** What waits at one exchange for one stock. Best bid and best ask lie within the limits of the day and never meet. */
export class Book {
  readonly asks = new BookSide()
  readonly bids = new BookSide()
  bid = 0
  ask = 0
  levels = LEVELS
  readonly #instrument: SimulatedStock
  readonly #random: Random
  /** Typical shares at a price. */
  readonly #lot: number

  constructor(instrument: SimulatedStock, random: Random, part: number) {
    this.#instrument = instrument
    this.#random = random
    this.#lot = Math.max(4, Math.round((300_000_000 / instrument.previousClose) * part))
  }

  get isTight(): boolean {
    return this.#instrument.above(this.bid) >= this.ask
  }

  /** True where three prices or more lie between bid and ask. */
  get isWide(): boolean {
    const { above } = this.#instrument
    const step = (price: number) => above.call(this.#instrument, price)
    return step(step(step(this.bid))) < this.ask
  }

  /** Sets the best prices; what cannot be is left as it was. */
  place(bid: number, ask: number): void {
    const { upperLimit, lowerLimit } = this.#instrument
    if (bid < lowerLimit || ask > upperLimit || bid >= ask) return
    if (bid !== this.bid) this.#repriceBids(bid)
    if (ask !== this.ask) this.#repriceAsks(ask)
  }

  /** Shows so many levels from now on. */
  showLevels(levels: number): void {
    if (levels === this.levels) return
    this.levels = levels
    this.#repriceBids(this.bid)
    this.#repriceAsks(this.ask)
  }

  /** Some orders come and some go. */
  churn(): void {
    this.asks.forgetChanges()
    this.bids.forgetChanges()
    for (let count = this.#random.integer(1, 3); count > 0; count--) {
      const ladder = this.#random.chance(0.5) ? this.asks : this.bids
      ladder.resize(this.#random.integer(0, this.levels - 1), Math.round(this.#lot * (this.#random.next() - 0.5) * 0.6))
    }
  }

  /** An order takes shares of the best price; where that is used up, the next price is the best. */
  take(isBuy: boolean, volume: number): void {
    const ladder = isBuy ? this.asks : this.bids
    ladder.take(volume)
    if (ladder.sizes[0]! > 0) return
    const next = isBuy ? this.#instrument.above(this.ask) : this.#instrument.below(this.bid)
    const [bid, ask] = isBuy ? [this.bid, next] : [next, this.ask]
    this.place(bid, ask)
    // At a limit of the day the next order waits at the same price.
    if (ladder.sizes[0] === 0) ladder.resize(0, this.#lot)
  }

  #size = () => Math.max(1, Math.round(this.#lot * (0.2 + 1.6 * this.#random.next())))
  #next = (price: number) => {
    const next = this.#instrument.above(price)
    return next > this.#instrument.upperLimit ? 0 : next
  }
  #previous = (price: number) => {
    const next = this.#instrument.below(price)
    return next < this.#instrument.lowerLimit ? 0 : next
  }

  #repriceAsks(ask: number): void {
    this.ask = ask
    this.asks.reprice(this.#next, ask, this.levels, (a, b) => a < b, this.#size)
  }

  #repriceBids(bid: number): void {
    this.bid = bid
    this.bids.reprice(this.#previous, bid, this.levels, (a, b) => a > b, this.#size)
  }
}
