import { ByteTable } from './one-pass/byte-table.ts'
import { type TextWords, textWordsOf } from './one-pass/texts.ts'

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

/** What an item means, with what the headers of all its records have in common. */
export interface KnownItem extends Instrument {
  /** As registered. */
  readonly item: string
  /** The header's members between timestamp and seq, as JSON. */
  readonly middle: string
  /** The same as words of bytes. */
  readonly middleWords: TextWords
  /** The bare code as bytes, where it is an ordinary one; null where a text may read as this code and be spelt otherwise. */
  readonly plainCode: Buffer | null
}

/** Codes of stocks, ETFs and ELWs. */
const PLAIN_CODE = /^[0-9A-Z]{6}$/
/** Keeps the tables bounded, whatever a frame holds. */
const MAX_REMEMBERED = 10_000

/** The items of a session, read once each: the same object for every record of an item, as far as there is room. */
export class KnownItems {
  readonly #byText = new Map<string, KnownItem>()
  readonly #byBytes = new ByteTable<KnownItem>()
  readonly #sessionMember: string

  constructor(session: string) {
    this.#sessionMember = `,"session":${JSON.stringify(session)},"seq":`
  }

  /** Null for what cannot be an item. */
  of(item: unknown): KnownItem | null {
    const remembered = this.#byText.get(item as string)
    if (remembered) return remembered
    const read = readItem(item)
    if (!read) return null
    const known = this.#known(item as string, read)
    if (this.#byText.size < MAX_REMEMBERED) this.#byText.set(item as string, known)
    return known
  }

  /** The same by its bytes in a frame. */
  at(bytes: Buffer, from: number, to: number): KnownItem | null {
    const found = this.#byBytes.find(bytes, from, to)
    if (found) return found
    const known = this.of(bytes.toString('utf8', from, to))
    if (known && this.#byBytes.size < MAX_REMEMBERED) this.#byBytes.add(bytes, from, to, known)
    return known
  }

  #known(item: string, read: Instrument): KnownItem {
    const middle = `,"symbol":${JSON.stringify(read.symbol)},"venue":"${read.venue}"${this.#sessionMember}`
    const plainCode = PLAIN_CODE.test(read.symbol) ? Buffer.from(read.symbol) : null
    return { ...read, item, middle, middleWords: textWordsOf(middle), plainCode }
  }
}
