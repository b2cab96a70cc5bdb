import { above, below } from './instrument.ts'
import { suffixOf, type Tape } from './tape.ts'
import { coloured, decimal, direction, percent, signed, signedDecimal } from './text.ts'
import type { Made, Maker, World } from './world.ts'

/** What tells the ticks of one frame apart is in the tape; this is what they may share. */
interface Tick {
  readonly volume: number
  readonly side: -1 | 0 | 1
}

/** 0B: mostly one tick a frame, now and then several of the same stock, often alike but for the totals. */
export function tradeMaker(world: World): Maker {
  const { random } = world
  return (item, time) => {
    const tape = world.tape(item)
    tape.instrument.move(random)
    const exchange = exchangeOf(item, random.chance(0.3))
    const ticks = random.chance(0.85) ? 1 : random.integer(2, 4)
    const alike = ticks > 1 && random.chance(0.6)
    const made: Made[] = []
    let tick = nextTick(world)
    for (let count = 0; count < ticks; count++) {
      if (count > 0 && !alike) tick = nextTick(world)
      made.push({ item, values: tradeValues(tape, tick, time, exchange) })
    }
    return [made]
  }
}

/** Small trades are the rule, and one in a hundred is from a single-price auction, which has no side. */
function nextTick({ random }: World): Tick {
  const volume = random.chance(0.4) ? 1 : Math.ceil(200 * random.next() ** 3)
  return { volume, side: random.chance(0.01) ? 0 : random.chance(0.5) ? 1 : -1 }
}

function exchangeOf(item: string, elsewhere: boolean): string {
  const suffix = suffixOf(item)
  return suffix === '_NX' || (suffix === '_AL' && elsewhere) ? 'NXT' : 'KRX'
}

/** Units: 14 million won, 29 won, 1313 thousand won cut off, 311 hundred million won, 13 15 1030 1031 shares, 851 basis points. */
function tradeValues(tape: Tape, { volume, side }: Tick, time: string, exchange: string): string {
  const { instrument } = tape
  const { price, previousClose: close, previousVolume } = instrument
  tape.trade(side < 0 ? -volume : volume, side !== 0, time)
  const change = price - close
  const bestAsk = side > 0 ? price : above(price)
  const bestBid = side > 0 ? below(price) : price
  const million = Math.floor(tape.turnover / 1_000_000)
  const volumeChange = tape.volume - previousVolume
  const buyShare = percent(tape.buyVolume, tape.buyVolume + tape.sellVolume)
  const margin = Math.round(price * 0.4)
  return (
    `{"20":"${time}","10":"${coloured(price, close)}","11":"${signed(change)}","12":"${signedDecimal(percent(change, close))}` +
    `","27":"${coloured(bestAsk, close)}","28":"${coloured(bestBid, close)}","15":"${sided(volume, side)}","13":"${tape.volume}` +
    `","14":"${million}","16":"${coloured(tape.open, close)}","17":"${coloured(tape.high, close)}","18":"${coloured(tape.low, close)}` +
    `","25":"${direction(price, close, instrument.upperLimit, instrument.lowerLimit)}","26":"${signed(volumeChange)}` +
    `","29":"${signed(tape.turnover - instrument.previousTurnover)}","30":"${volumeChange < 0 ? '-' : '+'}${decimal(percent(tape.volume, previousVolume))}` +
    `","31":"${decimal(percent(tape.volume, instrument.listedShares))}","32":"${Math.round(price * 0.0023)}` +
    `","228":"${decimal(percent(tape.buyVolume, tape.sellVolume))}","311":"${Math.floor((price * instrument.listedShares) / 100_000_000)}` +
    `","290":"2","691":"0","567":"000000","568":"000000","851":"${10_000 + (tape.volume % 4_000) - 2_000}","1890":"090016` +
    `","1891":"053039","1892":"${tape.lowTime}","1030":"${tape.sellVolume}","1031":"${tape.buyVolume}` +
    `","1032":"${buyShare < 5_000 ? '-' : '+'}${decimal(buyShare)}","1071":"${tape.sellCount}","1072":"${tape.buyCount}` +
    `","1313":"${sided(Math.floor((price * volume) / 1_000), side)}","1315":"${side < 0 ? `-${volume}` : ' 0'}` +
    `","1316":"${side > 0 ? `+${volume}` : ' 0'}","1314":"${side === 0 ? '0' : sided(volume, side)}","1497":"${margin}` +
    `","1498":"${Math.round(margin * 0.8)}","620":"${Math.round((million * 1_000_000) / tape.volume)}","732":"${Math.round(price * 0.005)}` +
    `","852":"${Math.round(price * 0.004)}","9081":"${exchange}"}`
  )
}

/** The sign says who was the aggressor, and also stands before a zero. */
function sided(value: number, side: -1 | 0 | 1): string {
  return side > 0 ? `+${value}` : side < 0 ? `-${value}` : `${value}`
}
