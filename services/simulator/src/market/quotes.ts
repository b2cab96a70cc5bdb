import { above } from './instrument.ts'
import { coloured, decimal, direction, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

/** 0C: best ask and bid. */
export function bestQuoteMaker(world: World): Maker {
  return single(item => {
    const { price, previousClose: close } = world.instrument(item)
    return `{"27":"${coloured(above(price), close)}","28":"${coloured(price, close)}"}`
  })
}

/** 0A: a price set by a quote; a space stands in the sign slot of an unchanged low. */
export function indicativePriceMaker(world: World): Maker {
  return single(item => {
    const tape = world.tape(item)
    const day = tape.instrument
    const { price, previousClose: close } = day
    const change = price - close
    const volumeChange = tape.volume - day.previousVolume
    const low = tape.low === close ? ` ${close}` : coloured(tape.low, close)
    return (
      `{"10":"${coloured(price, close)}","11":"${signed(change)}","12":"${signedDecimal(percent(change, close))}",` +
      `"27":"${coloured(above(price), close)}","28":"${coloured(price, close)}","13":"${tape.volume}",` +
      `"14":"${Math.floor(tape.turnover / 1_000_000)}","16":"${coloured(tape.open, close)}","17":"${coloured(tape.high, close)}","18":"${low}",` +
      `"25":"${direction(price, close, day.upperLimit, day.lowerLimit)}","26":"${signed(volumeChange)}",` +
      `"29":"${signed(tape.turnover - day.previousTurnover)}","30":"${volumeChange < 0 ? '-' : '+'}${decimal(percent(tape.volume, day.previousVolume))}",` +
      `"31":"${decimal(percent(tape.volume, day.listedShares))}","32":"${Math.round(price * 0.0018)}",` +
      `"311":"${Math.floor((price * day.listedShares) / 100_000_000)}","567":"000000","568":"000000"}`
    )
  })
}

/** 0E: what waits after hours, and by how much it changed. */
export function afterHoursQuoteMaker(world: World): Maker {
  const sizes = new Map<string, { ask: number; bid: number }>()
  return single((item, time) => {
    const waiting = remembered(sizes, item, () => ({ ask: 20_000, bid: 20_000 }))
    const ask = world.random.integer(-300, 300)
    const bid = world.random.integer(-300, 300)
    waiting.ask = Math.max(0, waiting.ask + ask)
    waiting.bid = Math.max(0, waiting.bid + bid)
    return `{"21":"${time}","131":"${waiting.ask}","132":"${signed(ask)}","135":"${waiting.bid}","136":"${signed(bid)}"}`
  })
}

/** 0H: what the running call auction would match; nothing has traded, so the volume may shrink. */
export function expectedTradeMaker(world: World): Maker {
  const volumes = new Map<string, { matched: number }>()
  return single((item, time) => {
    const { price, previousClose: close, upperLimit, lowerLimit } = world.instrument(item)
    const auction = remembered(volumes, item, () => ({ matched: 100_000 }))
    const step = Math.max(-auction.matched, world.random.integer(-8_000, 9_000))
    auction.matched += step
    const change = price - close
    return (
      `{"20":"${time}","10":"${coloured(price, close)}","11":"${signed(change)}","12":"${signedDecimal(percent(change, close))}",` +
      `"15":"${signed(step)}","13":"${auction.matched}","25":"${direction(price, close, upperLimit, lowerLimit)}"}`
    )
  })
}
