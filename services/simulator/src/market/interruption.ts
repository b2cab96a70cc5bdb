import { type Instrument, onTick } from './instrument.ts'
import { decimal, percent, signedDecimal, utf8 } from './text.ts'
import type { Made, Maker, World } from './world.ts'

/** A volatility interruption that has begun. */
interface Interruption {
  readonly instrument: Instrument
  readonly kind: 1 | 2 | 3
  readonly reference: number
  readonly price: number
  readonly startedAt: string
  readonly count: number
}

const kinds = { 1: utf8('정적'), 2: utf8('동적'), 3: utf8('동적+정적') } as const

/** 1h: begin and end of an interruption by turns, each twice, under the combined item and under the bare one; 9001 is bare in both. */
export function interruptionMaker(world: World): Maker {
  let running: Interruption | null = null
  const counts = new Map<string, number>()
  return (_, time) => {
    const event: Interruption = running ?? begin(world, counts, time)
    const values = valuesOf(event, running === null ? '000000' : time, world)
    running = running === null ? event : null
    const { symbol } = event.instrument
    return [`${symbol}_AL`, symbol].map((item): Made[] => [{ item, values }])
  }
}

function begin(world: World, counts: Map<string, number>, startedAt: string): Interruption {
  const { random } = world
  const instrument = world.instrument(random.pick([...world.stocks, '109670']))
  const count = (counts.get(instrument.symbol) ?? 0) + 1
  counts.set(instrument.symbol, count)
  const price = onTick(instrument.previousClose * (random.chance(0.5) ? 1.106 : 0.894))
  return { instrument, kind: random.pick([1, 2, 3] as const), reference: instrument.previousClose, price, startedAt, count }
}

/** A kind that does not apply has reference `0` and deviation `0.00`. */
function valuesOf({ instrument, kind, reference, price, startedAt, count }: Interruption, releasedAt: string, world: World): string {
  const tape = world.tape(instrument.symbol)
  const deviation = signedDecimal(percent(price - reference, reference))
  const [isStatic, isDynamic] = [kind !== 2, kind !== 1]
  const isUp = price > reference
  return (
    `{"9001":"${instrument.symbol}","302":"${instrument.name}","13":"${tape.volume}","14":"${Math.floor(tape.turnover / 1_000_000)}",` +
    `"9068":"${kind}","9008":"101","9075":"1","1221":"${price}","1223":"${startedAt}","1224":"${releasedAt}","1225":"${kinds[kind]}",` +
    `"1236":"${isStatic ? reference : 0}","1237":"${isDynamic ? reference : 0}","1238":"${isStatic ? deviation : decimal(0)}",` +
    `"1239":"${isDynamic ? deviation : decimal(0)}","1489":"${deviation}","1490":"${count}","9069":"${isUp ? 1 : 2}",` +
    `"1279":"${isUp ? '+' : '-'}${kinds[kind]}"}`
  )
}
