import { Random } from './random.ts'
import { decimal, directionCode, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

/** A sector index: levels in hundredths of a point, volume in thousand shares, turnover in million won. */
class Sector {
  readonly close: number
  readonly open: number
  level: number
  high: number
  low: number
  volume: number
  turnover: number
  lastVolume = 0
  readonly previousVolume: number
  readonly stocks: number

  constructor(item: string, seed: number) {
    const random = new Random(`${seed} sector ${item}`)
    this.close = item.startsWith('1') ? random.integer(80_000, 100_000) : random.integer(300_000, 700_000)
    this.level = this.close + random.integer(-2_000, 2_000)
    this.open = this.level
    this.high = this.level
    this.low = this.level
    this.previousVolume = random.integer(400_000, 1_200_000)
    this.volume = Math.floor(this.previousVolume * 0.3)
    this.turnover = this.volume * 15
    this.stocks = random.integer(200, 960)
  }

  advance(random: Random): void {
    this.level += random.integer(-150, 150) - Math.round((this.level - this.close) / 40)
    this.high = Math.max(this.high, this.level)
    this.low = Math.min(this.low, this.level)
    this.lastVolume = random.integer(50, 3_000)
    this.volume += this.lastVolume
    this.turnover += this.lastVolume * random.integer(10, 20)
  }

  coloured(level: number): string {
    return `${level > this.close ? '+' : level < this.close ? '-' : ''}${decimal(level)}`
  }
}

/** 0J and 0U of one world, which show the same indices. */
export function sectorMakers(world: World): { readonly index: Maker; readonly breadth: Maker } {
  const sectors = new Map<string, Sector>()
  const next = (item: string) => {
    const sector = remembered(sectors, item, () => new Sector(item, world.seed))
    sector.advance(world.random)
    return sector
  }
  return {
    index: single('0J', (item, time) => (world.isRegular ? indexValues(next(item), time) : null)),
    breadth: single('0U', (item, time) => (world.isRegular ? breadthValues(next(item), time, world.random) : null)),
  }
}

function indexValues(sector: Sector, time: string): string {
  const change = sector.level - sector.close
  return (
    `{"20":"${time}","10":"${sector.coloured(sector.level)}","11":"${signedDecimal(change)}","12":"${signedDecimal(percent(change, sector.close))}",` +
    `"15":"${sector.lastVolume}","13":"${sector.volume}","14":"${sector.turnover}","16":"${sector.coloured(sector.open)}",` +
    `"17":"${sector.coloured(sector.high)}","18":"${sector.coloured(sector.low)}","25":"${directionCode(sector.level, sector.close)}",` +
    `"26":"${signed(sector.volume - sector.previousVolume)}"}`
  )
}

/** Up, unchanged and down add up to all that have traded; the limit moves are among them. */
function breadthValues(sector: Sector, time: string, random: Random): string {
  const change = sector.level - sector.close
  const traded = random.integer(Math.ceil(sector.stocks / 2), sector.stocks)
  const up = random.integer(0, traded)
  const down = random.integer(0, traded - up)
  return (
    `{"20":"${time}","252":"${up}","251":"${Math.min(up, random.integer(0, 3))}","253":"${traded - up - down}","255":"${down}",` +
    `"254":"${Math.min(down, random.integer(0, 2))}","13":"${sector.volume}","14":"${sector.turnover}","10":"${sector.coloured(sector.level)}",` +
    `"11":"${signedDecimal(change)}","12":"${signedDecimal(percent(change, sector.close))}","256":"${traded}",` +
    `"257":"${decimal(percent(traded, sector.stocks))}","25":"${directionCode(sector.level, sector.close)}"}`
  )
}
