import type { Pair } from './source.ts'
import type { Stock } from './stock.ts'
import type { Trading } from './trading.ts'
import { bare, type World } from './world.ts'

/** How many stocks must trade so that one of them may be interrupted where the market is always open, and how long one has to wait, in seconds. */
const always = { stocks: 3, firstS: 60, pauseS: 240 }
/** The same where it keeps to the calendar: a few in a day. */
const byCalendar = { stocks: 1, firstS: 900, pauseS: 5_400 }
/** How many trades a run has at most; one that sets nothing off ends so. */
const steps = 9
/** How long before the end of the session the last one begins, in seconds. */
const lastS = 1_200

/** Now and then a stock runs away until it is interrupted. */
export class Runs {
  readonly #world: World
  readonly #trading: Trading
  #nextS = Number.NaN
  /** What is interrupted from the first frame on. */
  #underWay: string | null = null
  #hasBegun = false

  constructor(world: World, trading: Trading) {
    this.#world = world
    this.#trading = trading
  }

  /** Where the market is always open and expected trades are registered, one stock is interrupted already: it is the least busy one, and not for long. */
  register(pairs: readonly Pair[]): void {
    if (!this.#world.hours.isAlways || this.#hasBegun) return
    const items = pairs.filter(({ type, item }) => type === '0H' && !item.endsWith('_NX')).map(({ item }) => bare(item))
    this.#underWay =
      items
        .filter(item => this.#world.stocks.includes(item))
        .sort()
        .at(-1) ?? null
  }

  /** Starts a run where it is time. */
  look(): void {
    const { random, hours, seconds, traded } = this.#world
    if (this.#underWay !== null) this.#joinLate(this.#underWay)
    if (hours.states.KRX.phase !== 'continuous') return
    const { pauseS, firstS, stocks } = hours.isAlways ? always : byCalendar
    if (Number.isNaN(this.#nextS)) this.#nextS = seconds + firstS * (1 + random.next())
    if (seconds < this.#nextS || seconds + lastS > hours.states.KRX.toS) return
    this.#nextS = seconds + pauseS * (0.5 + random.next())
    const able = traded.filter(stock => stock.krx.mode === 'continuous')
    if (able.length >= stocks) this.#begin(random.pick(able))
  }

  #joinLate(item: string): void {
    this.#underWay = null
    this.#hasBegun = true
    this.#trading.joinInterruption(this.#world.stock(item))
  }

  /** Away from the limits of the day. */
  #begin(stock: Stock): void {
    const { random } = this.#world
    const away = stock.krx.book.bid / stock.instrument.previousClose - 1
    stock.run = { isUp: away > 0.05 ? false : away < -0.05 ? true : random.chance(0.5), isJump: random.chance(0.4), steps }
  }
}
