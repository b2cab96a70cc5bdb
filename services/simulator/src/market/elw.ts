import { decimal, signedDecimal } from './text.ts'
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
    theory: single((item, time) => {
      const { price } = next(item)
      const volatility = random.integer(1_500, 4_500)
      const millionths = (most: number) => `0.${String(random.integer(0, most)).padStart(6, '0')}`
      return (
        `{"20":"${time}","10":" ${price}","670":"${price + random.integer(-4, 4)}","671":"${decimal(volatility)}","672":"${millionths(900_000)}",` +
        `"673":"${millionths(20_000)}","674":"-${millionths(90_000)}","675":"${millionths(400_000)}","676":"${millionths(50_000)}",` +
        `"706":" ${decimal(volatility + random.integer(-50, 50))}"}`
      )
    }),
    indicator: single((item, time) => {
      next(item)
      return (
        `{"20":"${time}","666":"${decimal(random.integer(6_000, 13_000))}","1211":"0","667":"${decimal(random.integer(500, 110_000))}",` +
        `"668":"${signedDecimal(random.integer(-2_000, 5_000))}","669":"${signedDecimal(random.integer(-2_000, 5_000))}"}`
      )
    }),
  }
}
