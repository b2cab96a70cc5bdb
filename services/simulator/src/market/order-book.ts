import { above, below, type Instrument } from './instrument.ts'
import { type Suffix, suffixOf, type Tape } from './tape.ts'
import { coloured, decimal, direction, percent, signed, signedDecimal } from './text.ts'
import { type Maker, remembered, single, type World } from './world.ts'

const LEVELS = 10
/** NXT after hours fills three levels; the others come with price `-0`. */
const THIN_LEVELS = 3

const fidRange = (first: number) => Array.from({ length: LEVELS }, (_, level) => `"${first + level}":"`)
const askPrice = fidRange(41)
const askSize = fidRange(61)
const askChange = fidRange(81)
const bidPrice = fidRange(51)
const bidSize = fidRange(71)
const bidChange = fidRange(91)
const zeros = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => `"${first + index}":"0",`).join('')
const [krxAsk, krxBid, nxtAsk, nxtBid] = [6044, 6054, 6066, 6076].map(fidRange) as [string[], string[], string[], string[]]
/** Midpoint fields: only zero was ever seen. */
const MIDPOINTS = zeros(6100, 6115).slice(0, -1)
/** NXT of an item that trades on KRX only. */
const NO_NXT = zeros(6066, 6087)
const noLiquidityProviders = Array.from({ length: LEVELS }, (_, level) => `"${621 + level}":"0","${631 + level}":"0",`).join('')

/** 0D: ten levels, all 163 FIDs in the order of the document, a few levels changed from frame to frame. */
export function orderBookMaker(world: World): Maker {
  const books = new Map<string, Book>()
  return single((item, time) => {
    const book = remembered(books, item, () => new Book(item, world))
    book.advance()
    return book.values(time)
  })
}

/** One side of a book: sizes and their last change per level, and the text of each level, made anew only where it changed. */
class Side {
  readonly prices = new Array<number>(LEVELS).fill(0)
  readonly sizes = new Array<number>(LEVELS).fill(0)
  readonly changes = new Array<number>(LEVELS).fill(0)
  readonly texts = new Array<string>(LEVELS).fill('')
  total = 0
  change = 0
}

class Book {
  readonly #world: World
  readonly #instrument: Instrument
  readonly #tape: Tape
  readonly #suffix: Suffix
  readonly #asks = new Side()
  readonly #bids = new Side()
  #price = 0
  #levels = LEVELS
  #updates = 0

  constructor(item: string, world: World) {
    this.#world = world
    this.#instrument = world.instrument(item)
    this.#tape = world.tape(item)
    this.#suffix = suffixOf(item)
  }

  /** The next state: new prices when the stock moved, else a few sizes. */
  advance(): void {
    const { random } = this.#world
    this.#updates++
    this.#levels = this.#suffix === '_NX' && this.#updates % 4 === 0 ? THIN_LEVELS : LEVELS
    const moved = this.#price !== this.#instrument.price || this.#suffix === '_NX'
    this.#price = this.#instrument.price
    if (moved) this.#reprice()
    for (const side of [this.#asks, this.#bids]) this.#forgetChanges(side)
    for (let count = moved ? LEVELS : random.integer(1, 3); count > 0; count--) {
      this.#resize(random.chance(0.5) ? this.#asks : this.#bids, random.integer(0, this.#levels - 1))
    }
    this.#write(moved)
  }

  #reprice(): void {
    let ask = above(this.#price)
    let bid = this.#price
    for (let level = 0; level < LEVELS; level++) {
      const isThere = level < this.#levels
      this.#place(this.#asks, level, isThere ? ask : 0)
      this.#place(this.#bids, level, isThere && bid > 0 ? bid : 0)
      ask = above(ask)
      bid = below(bid)
    }
  }

  /** Sets the price of a level; an empty level holds nothing, a new one gets a size. */
  #place(side: Side, level: number, price: number): void {
    side.prices[level] = price
    if (price === 0) {
      side.total -= side.sizes[level]!
      side.sizes[level] = 0
    } else if (side.sizes[level] === 0) {
      side.sizes[level] = this.#world.random.integer(10, 5_000)
      side.total += side.sizes[level]!
    }
  }

  #forgetChanges(side: Side): void {
    side.change = 0
    for (let level = 0; level < LEVELS; level++) {
      if (side.changes[level] === 0) continue
      side.changes[level] = 0
      side.texts[level] = ''
    }
  }

  #resize(side: Side, level: number): void {
    if (side.prices[level] === 0) return
    const before = side.sizes[level]!
    const after = Math.max(1, before + this.#world.random.integer(-500, 500))
    side.sizes[level] = after
    side.changes[level]! += after - before
    side.change += after - before
    side.total += after - before
    side.texts[level] = ''
  }

  #write(all: boolean): void {
    const close = this.#instrument.previousClose
    for (let level = 0; level < LEVELS; level++) {
      if (all || this.#asks.texts[level] === '') this.#asks.texts[level] = levelText(this.#asks, level, close, askPrice, askSize, askChange)
      if (all || this.#bids.texts[level] === '') this.#bids.texts[level] = levelText(this.#bids, level, close, bidPrice, bidSize, bidChange)
    }
  }

  /** The values in the order of the document. */
  values(time: string): string {
    const asks = this.#asks
    const bids = this.#bids
    let text = `{"21":"${time}",`
    for (let level = 0; level < LEVELS; level++) text += asks.texts[level]! + bids.texts[level]!
    text += `"121":"${asks.total}","122":"${signed(asks.change)}","125":"${bids.total}","126":"${signed(bids.change)}",`
    text += this.#auction()
    text += `"128":"${signed(bids.total - asks.total)}","129":"${decimal(percent(bids.total, asks.total))}",`
    text += `"138":"${signed(asks.total - bids.total)}","139":"${decimal(percent(asks.total, bids.total))}",`
    return `${text}${this.#expected()}${this.#exchanges()}${MIDPOINTS}}`
  }

  #auction(): string {
    return `"23":"${coloured(this.#tape.open, this.#instrument.previousClose)}","24":"${expectedVolume(this.#instrument)}",`
  }

  #expected(): string {
    const { previousClose: close, previousVolume } = this.#instrument
    const change = this.#tape.open - close
    return (
      `"200":"${signed(change)}","201":"${signedDecimal(percent(change, close))}","238":"${direction(this.#tape.open, close)}",` +
      `"291":"0","292":"0","293":"3","294":"0","295":"0.00",${noLiquidityProviders}"13":"${this.#tape.volume}",` +
      `"299":"-${decimal(percent(expectedVolume(this.#instrument), previousVolume))}","215":"","216":"",`
    )
  }

  /** What of each level waits on which exchange: a combined item has a fifth of it on NXT. */
  #exchanges(): string {
    const [asks, bids] = [this.#asks, this.#bids]
    if (this.#suffix === '') return exchangeText(krxAsk, krxBid, 6064, asks.sizes, bids.sizes) + NO_NXT
    const nxtPart = this.#suffix === '_NX' ? 1 : 0.2
    const nxtAsks = asks.sizes.map(size => Math.floor(size * nxtPart))
    const nxtBids = bids.sizes.map(size => Math.floor(size * nxtPart))
    const krxAsks = asks.sizes.map((size, level) => size - nxtAsks[level]!)
    const krxBids = bids.sizes.map((size, level) => size - nxtBids[level]!)
    return exchangeText(krxAsk, krxBid, 6064, krxAsks, krxBids) + exchangeText(nxtAsk, nxtBid, 6086, nxtAsks, nxtBids)
  }
}

/** What the last auction matched, or would have. */
function expectedVolume({ previousVolume }: Instrument): number {
  return Math.ceil(previousVolume / 100)
}

/** Price, size and change of one level; an empty level has the price `-0`. */
function levelText(
  side: Side,
  level: number,
  close: number,
  price: readonly string[],
  size: readonly string[],
  change: readonly string[],
): string {
  const at = side.prices[level]!
  const priceText = at === 0 ? '-0' : coloured(at, close)
  return `${price[level]}${priceText}",${size[level]}${side.sizes[level]}",${change[level]}${signed(side.changes[level]!)}",`
}

/** The sizes of one exchange per level, asks first, and their totals in the two FIDs from `totals` on. */
function exchangeText(
  askFids: readonly string[],
  bidFids: readonly string[],
  totals: number,
  asks: readonly number[],
  bids: readonly number[],
): string {
  let text = ''
  let askTotal = 0
  let bidTotal = 0
  for (let level = 0; level < LEVELS; level++) {
    text += `${askFids[level]}${asks[level]}",`
    askTotal += asks[level]!
  }
  for (let level = 0; level < LEVELS; level++) {
    text += `${bidFids[level]}${bids[level]}",`
    bidTotal += bids[level]!
  }
  return `${text}"${totals}":"${askTotal}","${totals + 1}":"${bidTotal}",`
}
