import { coloured, decimal, directionCode, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

/** 0C: best ask and bid; nothing where no book is. */
export function bestQuoteMaker(world: World): Maker {
  return single('0C', item => {
    const stock = world.stock(item)
    const quote = stock.quoteOf(world.view(item))
    const close = stock.instrument.previousClose
    return quote && `{"27":"${coloured(quote.ask, close)}","28":"${coloured(quote.bid, close)}"}`
  })
}

/** 0A: a price set by a quote; a space stands in the sign slot of an unchanged low. Nothing before the first trade, and where no book is. */
export function indicativePriceMaker(world: World): Maker {
  return single('0A', item => {
    const stock = world.stock(item)
    const { tape } = world.view(item)
    const day = stock.instrument
    const quote = stock.quoteOf(world.view(item))
    if (quote === null || tape.volume === 0) return null
    const close = day.previousClose
    const price = tape.last
    const change = price - close
    const volumeChange = tape.volume - day.previousVolume
    const low = tape.low === close ? ` ${close}` : coloured(tape.low, close)
    return (
      `{"10":"${coloured(price, close)}","11":"${signed(change)}","12":"${signedDecimal(percent(change, close))}",` +
      `"27":"${coloured(quote.ask, close)}","28":"${coloured(quote.bid, close)}","13":"${tape.volume}",` +
      `"14":"${Math.floor(tape.turnover / 1_000_000)}","16":"${coloured(tape.open, close)}","17":"${coloured(tape.high, close)}","18":"${low}",` +
      `"25":"${directionCode(price, close, day.upperLimit, day.lowerLimit)}","26":"${signed(volumeChange)}",` +
      `"29":"${signed(tape.turnover - day.previousTurnover)}","30":"${volumeChange < 0 ? '-' : '+'}${decimal(percent(tape.volume, day.previousVolume))}",` +
      `"31":"${decimal(percent(tape.volume, day.listedShares))}","32":"${Math.round(price * 0.0018)}",` +
      `"311":"${Math.floor((price * day.listedShares) / 100_000_000)}","567":"000000","568":"000000"}`
    )
  })
}

/** 0E: what waits after hours, and by how much it changed. */
export function afterHoursQuoteMaker(world: World): Maker {
  const sizes = new Map<string, { ask: number; bid: number }>()
  return single('0E', (item, time) => {
    if (!world.hours.hasFixedPrice) return null
    const waiting = remembered(sizes, item, () => ({ ask: 20_000, bid: 20_000 }))
    const ask = world.random.integer(-300, 300)
    const bid = world.random.integer(-300, 300)
    waiting.ask = Math.max(0, waiting.ask + ask)
    waiting.bid = Math.max(0, waiting.bid + bid)
    return `{"21":"${time}","131":"${waiting.ask}","132":"${signed(ask)}","135":"${waiting.bid}","136":"${signed(bid)}"}`
  })
}
