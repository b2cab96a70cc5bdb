/** Who a record is about: the bare code and the venue that its item was registered for. */
export interface Instrument {
  readonly symbol: string
  readonly venue: 'KRX' | 'NXT' | 'SOR'
}

/** The longest item that the venue takes (its document). */
const MAX_ITEM_LENGTH = 100
const MARKET_WIDE: Instrument = { symbol: '*', venue: 'KRX' }

/** Takes a leading A off a stock code: `A005930` is OpenAPI+ heritage. */
function withoutPrefix(code: string): string {
  return code.length === 7 && code.charCodeAt(0) === 65 ? code.slice(1) : code
}

/** Reads an item as registered: `039490` KRX, `039490_NX` NXT, `039490_AL` SOR, `""` the whole market; null if it cannot be an item: control characters, spaces, half a surrogate pair. */
export function readItem(item: unknown): Instrument | null {
  if (item === '') return MARKET_WIDE
  if (typeof item !== 'string' || item.length > MAX_ITEM_LENGTH) return null
  for (let at = 0; at < item.length; at++) {
    const code = item.charCodeAt(at)
    if (code <= 32 || (code >= 127 && code < 160)) return null
  }
  if (!item.isWellFormed()) return null
  const venue = item.endsWith('_NX') ? 'NXT' : item.endsWith('_AL') ? 'SOR' : 'KRX'
  const symbol = withoutPrefix(venue === 'KRX' ? item : item.slice(0, -3))
  return symbol === '' ? null : { symbol, venue }
}
