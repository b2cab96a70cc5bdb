import type { Instrument } from './instrument.ts'
import { Random } from './random.ts'

/** How much of a stock's trading one item shows: KRX most, NXT little, combined both. */
const shares = { '': 1, _NX: 0.25, _AL: 1.25 } as const
export type Suffix = keyof typeof shares

/** `_NX`, `_AL` or nothing. */
export function suffixOf(item: string): Suffix {
  return item.endsWith('_NX') ? '_NX' : item.endsWith('_AL') ? '_AL' : ''
}

/** The running totals of one item since the morning; they grow by every trade and by nothing else. */
export class Tape {
  readonly instrument: Instrument
  volume: number
  turnover: number
  sellVolume: number
  buyVolume: number
  sellCount: number
  buyCount: number
  readonly open: number
  high: number
  low: number
  /** HHMMSS. */
  lowTime = '090039'

  constructor(item: string, instrument: Instrument, seed: number) {
    const random = new Random(`${seed} tape ${item}`)
    const share = shares[suffixOf(item)]
    this.instrument = instrument
    this.volume = Math.ceil(instrument.previousVolume * share * (0.2 + 0.5 * random.next()))
    this.turnover = this.volume * instrument.price
    this.buyVolume = Math.floor(this.volume * (0.4 + 0.15 * random.next()))
    this.sellVolume = Math.floor((this.volume - this.buyVolume) * 0.97)
    this.buyCount = Math.ceil(this.buyVolume / 20)
    this.sellCount = Math.ceil(this.sellVolume / 20)
    this.open = instrument.price
    this.high = instrument.price
    this.low = instrument.price
  }

  /** Adds a trade: a positive volume bought, a negative one sold, `hasSide` false in a single-price auction. */
  trade(signedVolume: number, hasSide: boolean, time: string): void {
    const { price } = this.instrument
    const volume = Math.abs(signedVolume)
    this.volume += volume
    this.turnover += volume * price
    if (hasSide) this.#addSide(signedVolume)
    if (price > this.high) this.high = price
    if (price < this.low) {
      this.low = price
      this.lowTime = time
    }
  }

  #addSide(signedVolume: number): void {
    if (signedVolume > 0) {
      this.buyVolume += signedVolume
      this.buyCount++
    } else {
      this.sellVolume -= signedVolume
      this.sellCount++
    }
  }
}
