import { coloured, decimal, direction, percent, signed, signedDecimal } from './text.ts'
import { type Maker, single, type World } from './world.ts'

/** 0G: net asset value in won with two decimals, and how far the price is from it (266 = (10 - 36) / 36). */
export function etfNavMaker(world: World): Maker {
  return single((item, time) => {
    const tape = world.tape(item)
    const { price, previousClose: close, upperLimit, lowerLimit } = tape.instrument
    const nav = price * 100 + world.random.integer(-Math.ceil(price * 0.1), Math.ceil(price * 0.1))
    const navChange = nav - close * 100
    const change = price - close
    return (
      `{"36":"${navChange < 0 ? '-' : '+'}${decimal(nav)}","37":"${signedDecimal(navChange)}","38":"${signedDecimal(percent(navChange, close * 100))}",` +
      `"39":"${decimal(world.random.integer(50, 250))}","20":"${time}","10":"${coloured(price, close)}","11":"${signed(change)}",` +
      `"12":"${signedDecimal(percent(change, close))}","13":"${tape.volume}","25":"${direction(price, close, upperLimit, lowerLimit)}",` +
      `"265":"${signedDecimal(world.random.integer(-1_200, 1_200))}","266":"${signedDecimal(percent(price * 100 - nav, nav))}"}`
    )
  })
}
