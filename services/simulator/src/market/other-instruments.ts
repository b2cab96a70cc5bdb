import type { SimulatedStock } from './instrument.ts'
import type { Listing } from './listing.ts'
import { coloured, decimal, directionCode, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

interface Warrant {
  price: number
}

/** 0m and 0u of one world; a space stands in the sign slot of prices and of the last volatility. */
export function elwMakers(world: World): { readonly theory: Maker; readonly indicator: Maker } {
  const warrants = new Map<string, Warrant>()
  const { random } = world
  const next = (item: string) => {
    const warrant = remembered(warrants, item, () => ({ price: 5 * random.integer(20, 200) }))
    warrant.price = Math.max(5, warrant.price + 5 * random.integer(-1, 1))
    return warrant
  }
  return {
    theory: single('0m', (item, time) => {
      if (!world.isRegular) return null
      const { price } = next(item)
      const volatility = random.integer(1_500, 4_500)
      const millionths = (most: number) => `0.${String(random.integer(0, most)).padStart(6, '0')}`
      return (
        `{"20":"${time}","10":" ${price}","670":"${price + random.integer(-4, 4)}","671":"${decimal(volatility)}","672":"${millionths(900_000)}",` +
        `"673":"${millionths(20_000)}","674":"-${millionths(90_000)}","675":"${millionths(400_000)}","676":"${millionths(50_000)}",` +
        `"706":" ${decimal(volatility + random.integer(-50, 50))}"}`
      )
    }),
    indicator: single('0u', (item, time) => {
      if (!world.isRegular) return null
      next(item)
      return (
        `{"20":"${time}","666":"${decimal(random.integer(6_000, 13_000))}","1211":"0","667":"${decimal(random.integer(500, 110_000))}",` +
        `"668":"${signedDecimal(random.integer(-2_000, 5_000))}","669":"${signedDecimal(random.integer(-2_000, 5_000))}"}`
      )
    }),
  }
}

/** 0G: net asset value in won with two decimals, and how far the price is from it (266 = (10 - 36) / 36). */
export function etfNavMaker(world: World): Maker {
  return single('0G', (item, time) => {
    if (!world.isRegular) return null
    const { instrument, krx } = world.stock(item)
    if (!krx.isRegistered) glide(krx, instrument, world)
    const { tape } = krx
    const { previousClose: close, upperLimit, lowerLimit } = instrument
    const price = tape.last
    const nav = price * 100 + world.random.integer(-Math.ceil(price * 0.1), Math.ceil(price * 0.1))
    const navChange = nav - close * 100
    const change = price - close
    return (
      `{"36":"${navChange < 0 ? '-' : '+'}${decimal(nav)}","37":"${signedDecimal(navChange)}","38":"${signedDecimal(percent(navChange, close * 100))}",` +
      `"39":"${decimal(world.random.integer(50, 250))}","20":"${time}","10":"${coloured(price, close)}","11":"${signed(change)}",` +
      `"12":"${signedDecimal(percent(change, close))}","13":"${tape.volume}","25":"${directionCode(price, close, upperLimit, lowerLimit)}",` +
      `"265":"${signedDecimal(world.random.integer(-1_200, 1_200))}","266":"${signedDecimal(percent(price * 100 - nav, nav))}"}`
    )
  })
}

/** A fund of which nothing else is sent trades unseen. */
function glide({ tape }: Listing, instrument: SimulatedStock, { random }: World): void {
  const drift = (tape.last - instrument.firstPrice) / instrument.firstPrice
  const price = random.chance(0.5 - 20 * drift) ? instrument.above(tape.last) : instrument.below(tape.last)
  tape.trade(instrument.within(price), random.integer(1, 2_000), random.chance(0.5) ? 1 : -1, '')
}

/** 0I: `MGU` in dollars per ounce with two decimals, anything else like `MGD` in won per gram. */
export function goldMaker(world: World): Maker {
  const prices = new Map<string, { close: number; now: number }>()
  return single('0I', item => {
    if (!world.isRegular) return null
    const inDollars = item === 'MGU'
    const gold = remembered(prices, item, () => (inDollars ? { close: 368_450, now: 368_450 } : { close: 193_780, now: 193_780 }))
    gold.now += world.random.integer(-120, 120) - Math.round((gold.now - gold.close) / 50)
    const { now, close } = gold
    const colour = now > close ? '+' : now < close ? '-' : ''
    const [price, change] = inDollars ? [decimal(now), signedDecimal(now - close)] : [String(now), signed(now - close)]
    return `{"10":"${colour}${price}","25":"${directionCode(now, close)}","11":"${change}","12":"${signedDecimal(percent(now - close, close))}"}`
  })
}
