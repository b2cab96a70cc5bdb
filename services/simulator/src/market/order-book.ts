import { LEVELS } from './book.ts'
import type { SimulatedStock } from './instrument.ts'
import type { Auction, Listing, View } from './listing.ts'
import type { Stock } from './stock.ts'
import { coloured, decimal, directionCode, percent, signed, signedDecimal } from './text.ts'

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
/** One exchange of an item that trades on the other only. */
const NO_NXT = zeros(6066, 6087)
const NO_KRX = zeros(6044, 6065)
const noLiquidityProviders = Array.from({ length: LEVELS }, (_, level) => `"${621 + level}":"0","${631 + level}":"0",`).join('')

/** What a side of a book needs to be written. */
interface Levels {
  readonly prices: readonly number[]
  readonly sizes: readonly number[]
  readonly changes: readonly number[]
  /** Texts that may be taken again; empty where the level is written anew. */
  readonly texts: string[] | null
  readonly sizeTexts: string[] | null
  readonly total: number
  readonly change: number
}

/** The levels of two exchanges together, and what of each waits at NXT. */
interface Merged extends Levels {
  readonly nxt: readonly number[]
}

/** 0D of an item: ten levels, all 163 FIDs in the order of the document; null where it has no book now. */
export function orderBookValues(stock: Stock, view: View, time: string): string | null {
  const [first, second] = view === stock.both ? stock.shown : (view as Listing).hasBook ? [view as Listing] : []
  if (first === undefined) return null
  const auction = first.auction ?? second?.auction ?? null
  const asks = second === undefined ? first.book.asks : merged(first.book.asks, second.book.asks, (a, b) => a < b)
  const bids = second === undefined ? first.book.bids : merged(first.book.bids, second.book.bids, (a, b) => a > b)
  view.sentBid = bids.prices[0]!
  view.sentAsk = asks.prices[0]!
  const exchanges =
    'nxt' in asks && 'nxt' in bids
      ? exchangeText(krxAsk, krxBid, 6064, atKrx(asks), atKrx(bids)) + exchangeText(nxtAsk, nxtBid, 6086, atNxt(asks), atNxt(bids))
      : first === stock.krx
        ? exchangeText(krxAsk, krxBid, 6064, asks, bids) + NO_NXT
        : NO_KRX + exchangeText(nxtAsk, nxtBid, 6086, asks, bids)
  return bookText({ instrument: stock.instrument, asks, bids, auction, volume: view.tape.volume, exchanges, time })
}

/** What waits at one exchange, level by level. */
type Waiting = Pick<Levels, 'sizes' | 'sizeTexts' | 'total'>

function atNxt({ nxt: sizes }: Merged): Waiting {
  return { sizes, sizeTexts: null, total: sizes.reduce((sum, size) => sum + size, 0) }
}

function atKrx({ sizes, nxt, total }: Merged): Waiting {
  return { sizes: sizes.map((size, level) => size - nxt[level]!), sizeTexts: null, total: total - nxt.reduce((sum, size) => sum + size, 0) }
}

function sizeText(side: Waiting, level: number): string {
  if (side.sizeTexts === null) return String(side.sizes[level])
  if (side.sizeTexts[level] === '') side.sizeTexts[level] = String(side.sizes[level])
  return side.sizeTexts[level]!
}

/** The ten best levels of KRX and NXT. */
function merged(krx: Levels, nxt: Levels, isNearer: (a: number, b: number) => boolean): Merged {
  const [prices, sizes, changes, ofNxt] = [[0], [0], [0], [0]] as [number[], number[], number[], number[]]
  let [total, change, atKrx, atNxt] = [0, 0, 0, 0]
  for (let level = 0; level < LEVELS; level++) {
    const [one, other] = [krx.prices[atKrx] ?? 0, nxt.prices[atNxt] ?? 0]
    const isKrx = one !== 0 && (other === 0 || !isNearer(other, one))
    const isNxt = other !== 0 && (one === 0 || !isNearer(one, other))
    const fromNxt = isNxt ? nxt.sizes[atNxt]! : 0
    prices[level] = isKrx ? one : other
    sizes[level] = fromNxt + (isKrx ? krx.sizes[atKrx]! : 0)
    changes[level] = (isNxt ? nxt.changes[atNxt]! : 0) + (isKrx ? krx.changes[atKrx]! : 0)
    ofNxt[level] = fromNxt
    total += sizes[level]!
    change += changes[level]!
    if (isKrx) atKrx++
    if (isNxt) atNxt++
  }
  return { prices, sizes, changes, texts: null, sizeTexts: null, total, change, nxt: ofNxt }
}

interface BookText {
  readonly instrument: SimulatedStock
  readonly asks: Levels
  readonly bids: Levels
  readonly auction: Auction | null
  readonly volume: number
  readonly exchanges: string
  readonly time: string
}

function bookText({ instrument, asks, bids, auction, volume, exchanges, time }: BookText): string {
  const { previousClose: close } = instrument
  let text = `{"21":"${time}",`
  for (let level = 0; level < LEVELS; level++)
    text += levelText(asks, level, close, askPrice, askSize, askChange) + levelText(bids, level, close, bidPrice, bidSize, bidChange)
  text += `"121":"${asks.total}","122":"${signed(asks.change)}","125":"${bids.total}","126":"${signed(bids.change)}",`
  text += auction === null ? '"23":"0","24":"0",' : `"23":"${coloured(auction.price, close)}","24":"${auction.matched}",`
  text += `"128":"${signed(bids.total - asks.total)}","129":"${decimal(percent(bids.total, asks.total))}",`
  text += `"138":"${signed(asks.total - bids.total)}","139":"${decimal(percent(asks.total, bids.total))}",`
  return `${text}${auction === null ? NO_AUCTION : expectedText(auction, instrument)}${noLiquidityProviders}"13":"${volume}",${matchedText(auction, instrument)}${exchanges}${MIDPOINTS}}`
}

/** The fields of an auction while there is none. */
const NO_AUCTION = '"200":"0","201":"0.00","238":"3","291":"0","292":"0","293":"3","294":"0","295":"0.00",'

function expectedText({ price, matched }: Auction, { previousClose: close, upperLimit, lowerLimit }: SimulatedStock): string {
  const change = signed(price - close)
  const rate = signedDecimal(percent(price - close, close))
  const sign = directionCode(price, close, upperLimit, lowerLimit)
  return (
    `"200":"${change}","201":"${rate}","238":"${sign}","291":"${coloured(price, close)}","292":"${matched}","293":"${sign}",` +
    `"294":"${change}","295":"${rate}",`
  )
}

function matchedText(auction: Auction | null, { previousVolume }: SimulatedStock): string {
  const rate = auction === null ? '0.00' : `-${decimal(percent(auction.matched, previousVolume))}`
  return `"299":"${rate}","215":"","216":"",`
}

/** Price, size and change of one level; an empty level has the price `-0`. */
function levelText(
  side: Levels,
  level: number,
  close: number,
  price: readonly string[],
  size: readonly string[],
  change: readonly string[],
): string {
  const known = side.texts?.[level]
  if (known) return known
  const at = side.prices[level]!
  const priceText = at === 0 ? '-0' : coloured(at, close)
  const text = `${price[level]}${priceText}",${size[level]}${sizeText(side, level)}",${change[level]}${signed(side.changes[level]!)}",`
  if (side.texts !== null) side.texts[level] = text
  return text
}

/** The sizes of one exchange per level, asks first, and their totals in the two FIDs from `totals` on. */
function exchangeText(askFids: readonly string[], bidFids: readonly string[], totals: number, asks: Waiting, bids: Waiting): string {
  let text = ''
  for (let level = 0; level < LEVELS; level++) text += `${askFids[level]}${sizeText(asks, level)}",`
  for (let level = 0; level < LEVELS; level++) text += `${bidFids[level]}${sizeText(bids, level)}",`
  return `${text}"${totals}":"${asks.total}","${totals + 1}":"${bids.total}",`
}
