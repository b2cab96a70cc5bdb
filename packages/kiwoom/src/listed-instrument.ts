import { isDate } from '@tickhouse/calendar'
import { type InstrumentKind, type ListedInstrument, type ListingMarket, readItem } from '@tickhouse/catalogue'

/** One of the lists that the venue has. */
export interface VenueList {
  /** What a request names it by (`mrkt_tp`). */
  readonly code: string
  /** Where its instruments are listed; null where the list does not tell. */
  readonly market: ListingMarket | null
  readonly kind: InstrumentKind
}

const list = (code: string, market: VenueList['market'], kind: InstrumentKind): VenueList => ({ code, market, kind })

/**
 * Every list of ka10099, by the values of `mrkt_tp` in the document and in the venue's own examples. The market is that of the request, and the row tells the
 * kind: of 2,474 rows of list 0, 1,155 were ETFs, 376 ETNs and 23 REITs (a client of production, 2026-08-03). Lists of markets come first, so that a fund has the
 * market in whose list it stands. New shares may be those of a company of KOSDAQ.
 */
export const venueLists: readonly VenueList[] = [
  list('0', 'KOSPI', 'stock'),
  list('10', 'KOSDAQ', 'stock'),
  list('50', 'KONEX', 'stock'),
  list('30', 'K-OTC', 'stock'),
  list('80', 'KRX gold', 'gold'),
  list('8', 'KOSPI', 'etf'),
  list('60', 'KOSPI', 'etn'),
  list('70', 'KOSPI', 'etn'),
  list('90', 'KOSPI', 'etn'),
  list('3', 'KOSPI', 'elw'),
  list('6', 'KOSPI', 'reit'),
  list('2', 'KOSPI', 'fund'),
  list('4', 'KOSPI', 'fund'),
  list('9', 'KOSPI', 'fund'),
  list('5', null, 'right'),
  list('7', null, 'right'),
]

/** What a row says by its `marketCode`, which has the values of `mrkt_tp` and tells the kind, not the market. */
const kindOfCode = new Map(venueLists.map(({ code, kind }) => [code, kind]))

/** The longest text of the document is 40 characters; remarks are lists of such. */
const maxTextLength = 200

/**
 * Reads a row of a list; null where its code cannot be one. Fields and forms: the document and captured rows (2026-08, 2026-09): numbers with leading zeros
 * (`0000000005919637922`), dates as YYYYMMDD, empty where there is nothing. What cannot be read is null and never 0.
 */
export function listedInstrument(row: unknown, { market, kind }: VenueList): ListedInstrument | null {
  if (typeof row !== 'object' || row === null) return null
  const text = (name: string) => textOf((row as Record<string, unknown>)[name])
  const item = readItem(text('code') ?? null)
  if (item === null) return null
  return {
    symbol: item.symbol,
    name: text('name'),
    market,
    kind: kindOfCode.get(text('marketCode') ?? '') ?? kind,
    listed_shares: count(text('listCount')),
    listed_on: date(text('regDay')),
    nxt: flag(text('nxtEnable')),
    industry: text('upName'),
    audit: text('auditInfo'),
    state: text('state'),
    order_warning: text('orderWarning'),
  }
}

/** A text without outer spaces; null for an empty one, and for one that no name of a person is. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.trim()
  const isPlain = text !== '' && text.length <= maxTextLength && text.isWellFormed() && !/\p{Cc}/u.test(text)
  return isPlain ? text : null
}

function count(text: string | null): number | null {
  const number = text !== null && /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : null
}

function date(text: string | null): string | null {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(text ?? '') ?? []
  const written = `${year}-${month}-${day}`
  return isDate(written) ? written : null
}

function flag(text: string | null): 'Y' | 'N' | null {
  return text === 'Y' || text === 'N' ? text : null
}
