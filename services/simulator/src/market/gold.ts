import { decimal, direction, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

/** 0I: `MGU` in dollars per ounce with two decimals, anything else like `MGD` in won per gram. */
export function goldMaker(world: World): Maker {
  const prices = new Map<string, { close: number; now: number }>()
  return single(item => {
    const inDollars = item === 'MGU'
    const gold = remembered(prices, item, () => (inDollars ? { close: 368_450, now: 368_450 } : { close: 193_780, now: 193_780 }))
    gold.now += world.random.integer(-120, 120) - Math.round((gold.now - gold.close) / 50)
    const { now, close } = gold
    const colour = now > close ? '+' : now < close ? '-' : ''
    const [price, change] = inDollars ? [decimal(now), signedDecimal(now - close)] : [String(now), signed(now - close)]
    return `{"10":"${colour}${price}","25":"${direction(now, close)}","11":"${change}","12":"${signedDecimal(percent(now - close, close))}"}`
  })
}
