import { sessionCodeOf } from './hours.ts'
import { type Interruptions, kindOf } from './interruptions.ts'
import type { Auction, Listing, View } from './listing.ts'
import { orderBookValues } from './order-book.ts'
import type { Stock } from './stock.ts'
import { coloured, directionCode, koreanClock, percent, signed, signedDecimal } from './text.ts'
import { type Trade, tradeValues } from './trade.ts'
import type { Made, Sent, World } from './world.ts'

/** How long an interruption gathers orders, and by how much it may be longer, in seconds. */
const interruptionS = { atLeast: 120, longer: 29 }
/** How long ago one began that was there from the start, in seconds. */
const lateS = 125

/** What trades and what waits: the frames of 0B, 0D and 0H, each fitting those that went before it. */
export class Trading {
  readonly #world: World
  readonly #interruptions: Interruptions

  constructor(world: World, interruptions: Interruptions) {
    this.#world = world
    this.#interruptions = interruptions
  }

  /** 0B of a stock: mostly one tick a frame, now and then several of the same price; a combined item gets every trade of either exchange. */
  trade(item: string, time: string): Sent[] {
    const { random, hours } = this.#world
    const stock = this.#world.stock(item)
    stock.drift(0.15)
    const isBuy = stock.run?.isUp ?? random.chance(0.5)
    if (stock.nxt.isVisible && random.chance(0.4)) stock.follow()
    const listing = stock.placeOf(isBuy)
    if (listing === null) return this.#expectedOf(stock, time)
    const isFixed = listing.mode === 'fixed_price'
    const { book } = listing
    const price = isFixed ? stock.fixedPrice : isBuy ? book.ask : book.bid
    const given = {
      price,
      side: isBuy ? 1 : -1,
      time,
      exchange: listing.exchange,
      session: sessionCodeOf(hours.states[listing.exchange].phase),
    } as const
    const last = listing.tape.volume === 0 ? price : listing.tape.last
    const volumes = this.#volumes(stock, isFixed ? Number.POSITIVE_INFINITY : (isBuy ? book.asks : book.bids).sizes[0]!)
    const sent = this.#print(
      stock,
      listing,
      volumes.map(volume => ({ ...given, volume })),
    )
    if (!isFixed)
      book.take(
        isBuy,
        volumes.reduce((sum, volume) => sum + volume, 0),
      )
    stock.settle()
    return listing === stock.krx && !isFixed ? [...sent, ...this.#judge(stock, price, last, time)] : sent
  }

  /** 0D of an item, some orders later. */
  book(item: string, time: string): Sent[] {
    const { random } = this.#world
    const stock = this.#world.stock(item)
    const view = this.#world.view(item)
    const shown = view === stock.both ? stock.shown : (view as Listing).hasBook ? [view as Listing] : []
    if (shown.length === 0) return []
    const listing = shown.length > 1 && random.chance(0.25) ? shown[1]! : shown[0]!
    if (listing.auction !== null) stock.stepAuction(listing, listing.auction)
    else if (listing.mode === 'continuous') {
      if (stock.run === null && (listing === stock.lead || !stock.lead.isVisible)) stock.drift(0.05)
      if (listing === stock.nxt) this.#quoteNxt(stock)
      listing.book.churn()
    }
    return this.#bookOf(stock, view, time)
  }

  /** 0H of a stock whose orders gather, one of those for which it is registered. */
  expected(time: string): Sent[] {
    const { random, registered, ends } = this.#world
    const wanted = ends.filter(({ stock: { krx, both } }) => registered.has(`0H${krx.item}`) || registered.has(`0H${both.item}`))
    return wanted.length === 0 ? [] : this.#expectedOf(random.pick(wanted).stock, time)
  }

  /** What would be matched now, to whoever wants it. */
  #expectedOf(stock: Stock, time: string): Sent[] {
    const { auction } = stock.krx
    const items = auction === null ? [] : [stock.krx.item, stock.both.item].filter(item => this.#world.registered.has(`0H${item}`))
    if (auction === null || items.length === 0) return []
    const before = auction.matched
    stock.stepAuction(stock.krx, auction)
    const values = expectedValues(stock, auction, before, time)
    return items.map(item => ({ type: '0H', item, made: [{ item, values }] }))
  }

  /** Trades what has gathered and is due, at one price, in one trade per item. */
  cross(stock: Stock, time: string): Sent[] {
    return [stock.krx, stock.nxt].flatMap(listing => {
      const { auction } = listing
      if (auction === null || auction.toS > this.#world.seconds) return []
      stock.fitAuction(listing, auction)
      const { price, matched: volume, session, interruption } = auction
      const sent = this.#print(stock, listing, [{ price, volume, side: 0, time, exchange: listing.exchange, session }])
      stock.endAuction(listing, price)
      return interruption === null ? sent : [...sent, ...this.#interruptions.ended(stock, interruption, time)]
    })
  }

  /** Stops the trading of a stock, that gathers orders from now on. */
  interrupt(stock: Stock, price: number, last: number, time: string): Sent[] {
    const { random, seconds: fromS } = this.#world
    stock.run = null
    const interruption = this.#interruptions.begin(stock, price, last, time)
    const toS = fromS + interruptionS.atLeast + random.integer(0, interruptionS.longer)
    stock.beginAuction(stock.krx, { fromS, toS, saidToS: toS, session: '2', interruption, price })
    return this.#interruptions.begun(stock, interruption)
  }

  /** A stock that was interrupted before anyone looked, and trades again soon. */
  joinInterruption(stock: Stock): void {
    const { clockMs, seconds, secondsPerFrame } = this.#world
    const price = stock.instrument.within(stock.reference * 1.102)
    const interruption = this.#interruptions.begin(stock, price, price, koreanClock(clockMs - lateS * 1_000))
    const toS = seconds + Math.max(this.#world.traded.length < 3 ? 1 : 3, 40 * secondsPerFrame)
    stock.beginAuction(stock.krx, { fromS: toS - lateS, toS, saidToS: toS, session: '2', interruption, price })
  }

  #judge(stock: Stock, price: number, last: number, time: string): Sent[] {
    const { hours, seconds } = this.#world
    const { phase, toS } = hours.states.KRX
    const isTime = phase === 'continuous' && seconds + 2 * interruptionS.atLeast < toS
    return isTime && kindOf(price, stock.reference, last) !== null ? this.interrupt(stock, price, last, time) : []
  }

  #quoteNxt(stock: Stock): void {
    stock.follow()
    if (this.#world.random.chance(0.2)) stock.thin()
  }

  /** The frames of trades that took place at one exchange, and before them the books that they would not fit. */
  #print(stock: Stock, listing: Listing, trades: readonly Trade[]): Sent[] {
    const { time, price } = trades[0]!
    const sent: Sent[] = []
    const views = [listing, stock.both]
    for (const view of views) {
      const fits = !listing.hasBook || (price >= view.sentBid && price <= view.sentAsk)
      if (!fits && view.wantsBook && view.wantsTrades) sent.push(...this.#bookOf(stock, view, time))
    }
    for (const view of views) {
      const made = this.#record(stock, view, trades)
      if (view.wantsTrades) sent.push({ type: '0B', item: view.item, made })
    }
    return sent
  }

  #record(stock: Stock, view: View, trades: readonly Trade[]): Made[] {
    const { tape, item } = view
    const { price } = trades[0]!
    const quote = view.wantsTrades ? (stock.quoteOf(view) ?? { bid: price, ask: price }) : null
    const made: Made[] = []
    for (const trade of trades) {
      tape.trade(trade.price, trade.volume, trade.side, trade.time)
      if (quote !== null) made.push({ item, values: tradeValues(stock.instrument, tape, trade, quote) })
    }
    return made
  }

  /** Small trades are the rule; never more than waits. */
  #volumes({ instrument }: Stock, available: number): number[] {
    const { random, size } = this.#world
    const most = Math.max(10, Math.min(20_000, (50_000_000 * size) / instrument.previousClose))
    const draw = () => (random.chance(0.4) ? 1 : Math.ceil(most * random.next() ** 3))
    const count = random.chance(0.85) ? 1 : random.integer(2, 4)
    const isAlike = count > 1 && random.chance(0.6)
    const volumes: number[] = []
    let left = available
    let volume = draw()
    for (let index = 0; index < count && left > 0; index++) {
      if (index > 0 && !isAlike) volume = draw()
      volumes.push(Math.min(volume, left))
      left -= volumes.at(-1)!
    }
    return volumes
  }

  #bookOf(stock: Stock, view: View, time: string): Sent[] {
    const values = orderBookValues(stock, view, time)
    return values === null ? [] : [{ type: '0D', item: view.item, made: [{ item: view.item, values }] }]
  }
}

/** What would be matched now; nothing has traded, so the volume may shrink. */
function expectedValues({ instrument }: Stock, { price, matched }: Auction, before: number, time: string): string {
  const { previousClose: close, upperLimit, lowerLimit } = instrument
  const change = price - close
  return (
    `{"20":"${time}","10":"${coloured(price, close)}","11":"${signed(change)}","12":"${signedDecimal(percent(change, close))}",` +
    `"15":"${signed(matched - before)}","13":"${matched}","25":"${directionCode(price, close, upperLimit, lowerLimit)}"}`
  )
}
