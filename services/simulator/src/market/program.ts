import { coloured, directionCode, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

interface Program {
  sellVolume: number
  sellValue: number
  buyVolume: number
  buyValue: number
}

/** 0w: program trading of a stock; values in million won (204 208 212 213), no plus before positive changes (210 211 212 213). */
export function programTradingMaker(world: World): Maker {
  const programs = new Map<string, Program>()
  return single('0w', (item, time) => {
    const stock = world.stock(item)
    const { tape } = world.view(item)
    if (tape.volume === 0 || stock.quoteOf(world.view(item)) === null) return null
    const { previousClose: close, upperLimit, lowerLimit } = stock.instrument
    const price = tape.last
    const program = remembered(programs, item, () => startOf(tape.volume, price))
    const before = netOf(program)
    grow(program, price, world)
    const net = netOf(program)
    const change = price - close
    return (
      `{"20":"${time}","10":"${coloured(price, close)}","25":"${directionCode(price, close, upperLimit, lowerLimit)}","11":"${signed(change)}",` +
      `"12":"${signedDecimal(percent(change, close))}","13":"${tape.volume}","202":"${program.sellVolume}","204":"${millions(program.sellValue)}",` +
      `"206":"${program.buyVolume}","208":"${millions(program.buyValue)}","210":"${net.volume}","212":"${net.millions}",` +
      `"213":"${net.millions - before.millions}","211":"${net.volume - before.volume}"}`
    )
  })
}

function startOf(volume: number, price: number): Program {
  const sellVolume = Math.floor(volume * 0.2)
  const buyVolume = Math.floor(volume * 0.25)
  return { sellVolume, sellValue: sellVolume * price, buyVolume, buyValue: buyVolume * price }
}

function grow(program: Program, price: number, { random }: World): void {
  const volume = random.integer(1, 500)
  if (random.chance(0.5)) {
    program.buyVolume += volume
    program.buyValue += volume * price
  } else {
    program.sellVolume += volume
    program.sellValue += volume * price
  }
}

function netOf({ sellVolume, sellValue, buyVolume, buyValue }: Program): { volume: number; millions: number } {
  return { volume: buyVolume - sellVolume, millions: millions(buyValue) - millions(sellValue) }
}

function millions(won: number): number {
  return Math.floor(won / 1_000_000)
}
