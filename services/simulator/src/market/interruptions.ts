import type { Interruption } from './listing.ts'
import type { Stock } from './stock.ts'
import { decimal, percent, signedDecimal, utf8 } from './text.ts'
import type { Sent, World } from './world.ts'

/** How far a trade may be from the price of the last auction, and from the trade before. */
const limits = { static: 0.1, dynamic: 0.06 }
const kinds = { 1: utf8('정적'), 2: utf8('동적'), 3: utf8('동적+정적') } as const

/** What a trade sets off: 1 static, 2 dynamic, 3 both; null nothing. */
export function kindOf(price: number, reference: number, last: number): 1 | 2 | 3 | null {
  const isStatic = Math.abs(price - reference) >= reference * limits.static
  const isDynamic = Math.abs(price - last) >= last * limits.dynamic
  return isStatic ? (isDynamic ? 3 : 1) : isDynamic ? 2 : null
}

/** 1h: every event comes twice, under the combined item and under the bare one; 9001 is bare in both. It follows the whole market, not only what is registered. */
export class Interruptions {
  readonly #world: World
  /** Of stocks that nobody registered, which trade unseen. */
  /** When the next of them ends, in seconds as the world has them. */
  nextEndS = Number.POSITIVE_INFINITY
  readonly #elsewhere = new Set<{ readonly stock: Stock; readonly interruption: Interruption; readonly endS: number }>()

  constructor(world: World) {
    this.#world = world
  }

  /** What sets one off. */
  begin(stock: Stock, price: number, last: number, startedAt: string): Interruption {
    const kind = kindOf(price, stock.reference, last) ?? 1
    return { kind, price, reference: { static: stock.reference, dynamic: last }, startedAt, count: ++stock.interruptions }
  }

  begun(stock: Stock, interruption: Interruption): Sent[] {
    return this.#sent(stock, interruption, '000000')
  }

  ended(stock: Stock, interruption: Interruption, time: string): Sent[] {
    return this.#sent(stock, interruption, time)
  }

  /** Interruptions of the market elsewhere that are over. */
  endedElsewhere(time: string): Sent[] {
    const over = [...this.#elsewhere].filter(({ endS }) => endS <= this.#world.seconds)
    for (const each of over) this.#elsewhere.delete(each)
    this.nextEndS = Math.min(...[...this.#elsewhere].map(({ endS }) => endS))
    return over.flatMap(({ stock, interruption }) => this.ended(stock, interruption, time))
  }

  /** One of the other stocks of the market is interrupted. */
  elsewhere(time: string): Sent[] {
    const { random, hours, seconds } = this.#world
    if (hours.states.KRX.phase !== 'continuous' || seconds + 240 > hours.states.KRX.toS) return []
    const taken = new Set([...this.#elsewhere].map(({ stock }) => stock.instrument.symbol).concat(this.#world.stocks))
    const free = codes.filter(code => !taken.has(code))
    if (free.length === 0) return []
    const stock = this.#world.stock(random.pick(free))
    const { instrument, reference } = stock
    const price = instrument.within(reference * (random.chance(0.5) ? 1.102 + 0.01 * random.next() : 0.898 - 0.01 * random.next()))
    stock.krx.tape.trade(price, random.integer(1, 5_000), 1, time)
    const interruption = this.begin(stock, price, random.chance(0.5) ? instrument.within(price * 0.99) : reference, time)
    const endS = seconds + random.integer(120, 149)
    this.#elsewhere.add({ stock, interruption, endS })
    this.nextEndS = Math.min(this.nextEndS, endS)
    return this.begun(stock, interruption)
  }

  /** A kind that does not apply has reference `0` and deviation `0.00`. */
  #sent({ instrument, krx: { tape } }: Stock, { kind, price, reference, startedAt, count }: Interruption, releasedAt: string): Sent[] {
    const [isStatic, isDynamic] = [kind !== 2, kind !== 1]
    const from = (base: number) => signedDecimal(percent(price - base, base))
    const isUp = price > (isStatic ? reference.static : reference.dynamic)
    const values =
      `{"9001":"${instrument.symbol}","302":"${instrument.name}","13":"${tape.volume}","14":"${Math.floor(tape.turnover / 1_000_000)}",` +
      `"9068":"${kind}","9008":"101","9075":"1","1221":"${price}","1223":"${startedAt}","1224":"${releasedAt}","1225":"${kinds[kind]}",` +
      `"1236":"${isStatic ? reference.static : 0}","1237":"${isDynamic ? reference.dynamic : 0}",` +
      `"1238":"${isStatic ? from(reference.static) : decimal(0)}","1239":"${isDynamic ? from(reference.dynamic) : decimal(0)}",` +
      `"1489":"${from(isStatic ? reference.static : reference.dynamic)}","1490":"${count}","9069":"${isUp ? 1 : 2}",` +
      `"1279":"${isUp ? '+' : '-'}${kinds[kind]}"}`
    const { symbol } = instrument
    return [`${symbol}_AL`, symbol].map(item => ({ type: '1h', item: '', made: [{ item, values }] }))
  }
}

/** Stocks of the market that are interrupted now and then. */
const codes = ['109670', '078860', '204620', '052260', '065650', '123860', '084680', '900110', '317240', '215790', '033310', '089890']
