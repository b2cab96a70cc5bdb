import { BACKSLASH, CLOSE, COLON, COMMA, holdsWord, OPEN, QUOTE, SPACE, ZERO } from './characters.ts'

const HEAD = Buffer.from('{"data":[')
const TAIL = Buffer.from('],"trnm":"REAL"}')
const VALUES = Buffer.from('"values":{')
const TYPE = Buffer.from('"type":"')
const ITEM = Buffer.from('"item":"')
const NAME = Buffer.from('"name":"')
/** Second bytes of those words: `v`, `t`, `i`, `n`. */
const V = 0x76
const T = 0x74
const I = 0x69
const N = 0x6e

/** Frames with more of anything than the venue sends are left to the long way; in bytes, items, and values of all items. */
const MAX_BYTES = 256 * 1024
const MAX_ITEMS = 1_024
const MAX_PAIRS = 16_384

/**
 * Finds the parts of a REAL frame in its bytes, in the very form in which the venue sends it: what `FrameScanner` finds in its text, and under the same rule.
 * It accepts a whole frame or none of it. Places are offsets in the frame; they stand in the lists until the next `scan`.
 */
export class FrameBytes {
  itemCount = 0
  /** By item: the two characters of its type as a number, high byte first; 0 where it has none, or another length. */
  readonly types = new Int32Array(MAX_ITEMS)
  /** By item: where its code stands; 0 where it has none. */
  readonly itemFrom = new Int32Array(MAX_ITEMS)
  readonly itemTo = new Int32Array(MAX_ITEMS)
  /** By item: which pairs are its values. */
  readonly pairFrom = new Int32Array(MAX_ITEMS)
  readonly pairTo = new Int32Array(MAX_ITEMS)
  /** By pair: the FID, and where its text stands. */
  readonly fids = new Int32Array(MAX_PAIRS)
  readonly from = new Int32Array(MAX_PAIRS)
  readonly to = new Int32Array(MAX_PAIRS)
  #pairs = 0

  /** True when the whole frame was understood. */
  scan(bytes: Buffer): boolean {
    const tail = bytes.length - TAIL.length
    if (bytes.length > MAX_BYTES || tail < HEAD.length || !holdsWord(bytes, 0, HEAD) || !holdsWord(bytes, tail, TAIL)) return false
    this.itemCount = 0
    this.#pairs = 0
    for (let at = HEAD.length; this.itemCount < MAX_ITEMS; at++) {
      at = this.#item(bytes, at)
      if (at === tail) return true
      if (at < 0 || bytes[at] !== COMMA) return false
    }
    return false
  }

  /** One item; the place after it, or -1. */
  #item(bytes: Buffer, start: number): number {
    if (bytes[start] !== OPEN) return -1
    const item = this.itemCount++
    this.types[item] = 0
    this.itemFrom[item] = 0
    this.pairFrom[item] = this.#pairs
    let [seen, at] = [0, start]
    do {
      const key = bytes[++at + 1]!
      if ((seen & (1 << (key & 31))) !== 0) return -1
      seen |= 1 << (key & 31)
      at = this.#member(bytes, at, key, item)
      if (at < 0) return -1
    } while (bytes[at] === COMMA)
    this.pairTo[item] = this.#pairs
    return bytes[at] === CLOSE && (seen & (1 << (V & 31))) !== 0 ? at + 1 : -1
  }

  /** One member of an item, whose name begins with that letter; the place after it, or -1. */
  #member(bytes: Buffer, at: number, key: number, item: number): number {
    if (key === V) return holdsWord(bytes, at, VALUES) ? this.#values(bytes, at + VALUES.length) : -1
    const word = key === T ? TYPE : key === I ? ITEM : NAME
    if ((key !== T && key !== I && key !== N) || !holdsWord(bytes, at, word)) return -1
    const from = at + word.length
    const to = stringEnd(bytes, from)
    if (to < 0) return -1
    if (key === T) this.types[item] = to - from === 2 ? (bytes[from]! << 8) | bytes[from + 1]! : 0
    else if (key === I) {
      this.itemFrom[item] = from
      this.itemTo[item] = to
    }
    return to + 1
  }

  /** `"20":"102755","10":"+1851000"}`; the place after it, or -1: also for no pair at all, which is the long way's to judge. */
  #values(bytes: Buffer, start: number): number {
    const { fids, from: starts, to: ends } = this
    let at = start
    let pair = this.#pairs
    for (;;) {
      if (bytes[at] !== QUOTE || pair === MAX_PAIRS) return -1
      const digits = ++at
      let fid = 0
      for (;;) {
        const digit = bytes[at]! - ZERO
        if (!(digit >= 0 && digit <= 9)) break
        fid = fid * 10 + digit
        at++
      }
      if (at === digits || at - digits > 5 || bytes[digits] === ZERO) return -1
      if (bytes[at] !== QUOTE || bytes[at + 1] !== COLON || bytes[at + 2] !== QUOTE) return -1
      const from = at + 3
      at = stringEnd(bytes, from)
      if (at < 0) return -1
      fids[pair] = fid
      starts[pair] = from
      ends[pair++] = at
      if (bytes[++at] !== COMMA) break
      at++
    }
    this.#pairs = pair
    return bytes[at] === CLOSE ? at + 1 : -1
  }
}

/** Where the string's closing quote stands; `TAIL` ends every frame with one. -1 for an escape, or a control character, which JSON forbids. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let at = start; ; at++) {
    const code = bytes[at]!
    if (code === QUOTE) return at
    if (code < SPACE || code === BACKSLASH) return -1
  }
}
