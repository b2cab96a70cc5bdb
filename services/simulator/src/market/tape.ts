import type { SimulatedStock } from './instrument.ts'
import { Random } from './random.ts'

/** The running totals of one item since the morning; they grow by every trade and by nothing else. */
export class Tape {
  volume = 0
  turnover = 0
  sellVolume = 0
  buyVolume = 0
  sellCount = 0
  buyCount = 0
  open: number
  high: number
  low: number
  /** The price of the last trade; the previous close before the first. */
  last: number
  /** HHMMSS. */
  openTime = '090016'
  lowTime = '090039'

  constructor({ previousClose }: SimulatedStock) {
    this.open = previousClose
    this.high = previousClose
    this.low = previousClose
    this.last = previousClose
  }

  /** As if it had been a part of the stock's trading since the morning. */
  static amidst(instrument: SimulatedStock, part: number, seed: string): Tape {
    const random = new Random(seed)
    const tape = new Tape(instrument)
    tape.volume = Math.ceil(instrument.previousVolume * part * (0.2 + 0.5 * random.next()))
    tape.turnover = tape.volume * instrument.firstPrice
    tape.buyVolume = Math.floor(tape.volume * (0.4 + 0.15 * random.next()))
    tape.sellVolume = Math.floor((tape.volume - tape.buyVolume) * 0.97)
    tape.buyCount = Math.ceil(tape.buyVolume / 20)
    tape.sellCount = Math.ceil(tape.sellVolume / 20)
    tape.open = tape.high = tape.low = tape.last = instrument.firstPrice
    return tape
  }

  /** What two exchanges have together. */
  static sumOf(instrument: SimulatedStock, one: Tape, other: Tape): Tape {
    const tape = new Tape(instrument)
    for (const key of ['volume', 'turnover', 'sellVolume', 'buyVolume', 'sellCount', 'buyCount'] as const) tape[key] = one[key] + other[key]
    tape.open = one.open
    tape.high = Math.max(one.high, other.high)
    tape.low = Math.min(one.low, other.low)
    tape.last = one.last
    return tape
  }

  /** Adds a trade; `side` is that of the aggressor, 0 in an auction. */
  trade(price: number, volume: number, side: -1 | 0 | 1, time: string): void {
    if (this.volume === 0) this.#begin(price, time)
    this.volume += volume
    this.turnover += volume * price
    this.last = price
    if (side > 0) {
      this.buyVolume += volume
      this.buyCount++
    } else if (side < 0) {
      this.sellVolume += volume
      this.sellCount++
    }
    if (price > this.high) this.high = price
    if (price < this.low) {
      this.low = price
      this.lowTime = time
    }
  }

  #begin(price: number, time: string): void {
    this.open = this.high = this.low = price
    this.openTime = this.lowTime = time
  }
}
