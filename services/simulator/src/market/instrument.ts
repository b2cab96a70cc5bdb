import { Random } from './random.ts'
import { utf8 } from './text.ts'

/** The step between two prices of a share at KRX and NXT, by the price: the table in force since 2023-01-25. */
function tickOf(price: number): number {
  if (price < 2_000) return 1
  if (price < 5_000) return 5
  if (price < 20_000) return 10
  if (price < 50_000) return 50
  if (price < 200_000) return 100
  return price < 500_000 ? 500 : 1_000
}

/** The same of a fund: 1 won below 2,000 won, 5 won from there. */
function fundTickOf(price: number): number {
  return price < 2_000 ? 1 : 5
}

/** How far a price may be from the previous close. */
const limit = 0.3

/** One stock, whatever the exchange: its day before, its limits and its ladder of prices. */
export class SimulatedStock {
  readonly symbol: string
  /** As UTF-8 bytes, see `text.ts`. */
  readonly name: string
  readonly previousClose: number
  readonly previousVolume: number
  readonly previousTurnover: number
  readonly listedShares: number
  /** The previous close and 30 % of it, cut to the tick of the previous close, as KRX has it. */
  readonly upperLimit: number
  readonly lowerLimit: number
  /** A price near the previous close. */
  readonly firstPrice: number
  readonly #tickOf: (price: number) => number

  constructor(symbol: string, seed: number) {
    const random = new Random(`${seed} ${symbol}`)
    const listing = listings.get(symbol)
    this.symbol = symbol
    this.name = utf8(listing?.name ?? `종목${symbol.replace(/[^0-9A-Za-z]/g, '')}`)
    this.#tickOf = listing?.name.startsWith('KODEX ') ? fundTickOf : tickOf
    this.previousClose = listing?.previousClose ?? this.onTick(10 ** (3 + 2 * random.next()))
    this.listedShares = listing?.listedShares ?? random.integer(5_000, 500_000) * 1_000
    this.previousVolume = Math.ceil(this.listedShares * (0.001 + 0.004 * random.next()))
    this.previousTurnover = this.previousVolume * this.previousClose
    const tick = this.#tickOf(this.previousClose)
    const width = Math.floor((this.previousClose * limit) / tick + 1e-9) * tick
    this.upperLimit = this.#cut(this.previousClose + width)
    this.lowerLimit = this.previousClose - width
    this.firstPrice = this.onTick(this.previousClose * (0.99 + 0.02 * random.next()))
  }

  /** The next price above. */
  above(price: number): number {
    return price + this.#tickOf(price)
  }

  /** The next price below. */
  below(price: number): number {
    return price - this.#tickOf(price - 1)
  }

  /** The nearest price that can be traded. */
  onTick(price: number): number {
    const tick = this.#tickOf(price)
    return Math.max(tick, Math.round(price / tick) * tick)
  }

  /** The nearest price that can be traded and leaves room for a price on either side within the limits. */
  within(price: number): number {
    return this.onTick(Math.max(this.above(this.above(this.lowerLimit)), Math.min(price, this.below(this.below(this.upperLimit)))))
  }

  #cut(price: number): number {
    const tick = this.#tickOf(price)
    return Math.floor(price / tick) * tick
  }
}

/** What a stock was worth and how much of it there is; anything the list lacks is made up from the code. */
export interface ListedStock {
  readonly name: string
  readonly previousClose: number
  readonly listedShares: number
}

const rows: readonly (readonly [string, string, number, number])[] = [
  ['005930', '삼성전자', 269_000, 5_919_637_922],
  ['000660', 'SK하이닉스', 1_842_000, 728_002_365],
  ['373220', 'LG에너지솔루션', 412_500, 234_000_000],
  ['207940', '삼성바이오로직스', 1_045_000, 71_174_000],
  ['005380', '현대차', 425_000, 204_757_766],
  ['000270', '기아', 121_300, 390_403_332],
  ['068270', '셀트리온', 187_400, 230_972_000],
  ['105560', 'KB금융', 142_800, 381_462_000],
  ['005490', 'POSCO홀딩스', 318_000, 80_933_000],
  ['035420', 'NAVER', 241_500, 158_437_000],
  ['035720', '카카오', 61_300, 442_155_000],
  ['051910', 'LG화학', 294_500, 70_592_343],
  ['006400', '삼성SDI', 204_500, 80_585_000],
  ['012330', '현대모비스', 301_500, 91_795_000],
  ['055550', '신한지주', 78_600, 485_000_000],
  ['028260', '삼성물산', 214_000, 169_976_000],
  ['066570', 'LG전자', 92_700, 163_647_000],
  ['003670', '포스코퓨처엠', 156_900, 88_923_000],
  ['096770', 'SK이노베이션', 118_200, 168_950_000],
  ['00088K', '한화3우B', 40_350, 22_472_000],
  ['069500', 'KODEX 200', 74_855, 121_500_000],
  ['122630', 'KODEX 레버리지', 52_430, 68_200_000],
  ['109670', '씨싸이트', 3_490, 14_310_000],
]

/** Well-known stocks with names and prices of the right size. */
export const listings: ReadonlyMap<string, ListedStock> = new Map(
  rows.map(([symbol, name, previousClose, listedShares]) => [symbol, { name, previousClose, listedShares }]),
)
