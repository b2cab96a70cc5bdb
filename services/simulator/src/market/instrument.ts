import { listings } from './listing.ts'
import { Random } from './random.ts'
import { utf8 } from './text.ts'

/** The step between two prices on KRX, by the price. */
function tickOf(price: number): number {
  if (price < 2_000) return 1
  if (price < 5_000) return 5
  if (price < 20_000) return 10
  if (price < 50_000) return 50
  if (price < 200_000) return 100
  return price < 500_000 ? 500 : 1_000
}

/** The next price above. */
export function above(price: number): number {
  return price + tickOf(price)
}

/** The next price below. */
export function below(price: number): number {
  return price - tickOf(price - 1)
}

/** The nearest price that can be traded. */
export function onTick(price: number): number {
  const tick = tickOf(price)
  return Math.max(tick, Math.round(price / tick) * tick)
}

/**
 * One stock, whatever the exchange: its day before, its limits, and the price of now, which KRX, NXT and combined items share.
 * The price is drawn back to the previous close, so that it stays within a few percent and its colour changes.
 */
export class Instrument {
  readonly symbol: string
  /** As UTF-8 bytes, see `text.ts`. */
  readonly name: string
  readonly previousClose: number
  readonly previousVolume: number
  readonly previousTurnover: number
  readonly listedShares: number
  readonly upperLimit: number
  readonly lowerLimit: number
  price: number

  constructor(symbol: string, seed: number) {
    const random = new Random(`${seed} ${symbol}`)
    const listing = listings.get(symbol)
    this.symbol = symbol
    this.name = utf8(listing?.name ?? `종목${symbol.replace(/[^0-9A-Za-z]/g, '')}`)
    this.previousClose = listing?.previousClose ?? onTick(10 ** (3 + 2 * random.next()))
    this.listedShares = listing?.listedShares ?? random.integer(5_000, 500_000) * 1_000
    this.previousVolume = Math.ceil(this.listedShares * (0.001 + 0.004 * random.next()))
    this.previousTurnover = this.previousVolume * this.previousClose
    this.upperLimit = onTick(this.previousClose * 1.3)
    this.lowerLimit = onTick(this.previousClose * 0.7)
    this.price = onTick(this.previousClose * (0.99 + 0.02 * random.next()))
  }

  /** Lets the price stand or moves it by one step. */
  move(random: Random): void {
    if (random.chance(0.7)) return
    const drift = (this.price - this.previousClose) / this.previousClose
    const next = random.chance(0.5 - 8 * drift) ? above(this.price) : below(this.price)
    if (next <= this.upperLimit && next >= this.lowerLimit) this.price = next
  }
}
