/** What makes a text need the full JSON parser: an escape, or a control character (which JSON forbids in strings). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNUSUAL = /[\u0000-\u001f\\]/
const HEAD = '{"data":['
const TAIL = '],"trnm":"REAL"}'
const QUOTE = 34
const COMMA = 44
const OPEN = 123
const CLOSE = 125

/** One item of a scanned frame; its pairs are `from` … `to` of the scanner's lists. */
export interface ScannedItem {
  type: string | undefined
  item: string | undefined
  from: number
  to: number
}

/**
 * Reads a REAL frame in the very form in which the venue sends it (compact, `data` before `trnm`), several times faster than `JSON.parse`,
 * which is slow on objects whose keys are numbers. It answers false for every other text, and the caller parses that as JSON:
 * whatever it accepts means the same in both. Results stand in its fields until the next `scan`.
 */
export class FrameScanner {
  readonly items: ScannedItem[] = []
  itemCount = 0
  readonly fids: number[] = []
  readonly texts: string[] = []
  #pairs = 0
  #text = ''
  #at = 0

  /** True when the whole text was understood. */
  scan(text: string): boolean {
    this.#text = text
    this.#at = HEAD.length
    this.#pairs = 0
    this.itemCount = 0
    if (!text.startsWith(HEAD) || !text.endsWith(TAIL) || UNUSUAL.test(text)) return false
    do {
      if (!this.#item()) return false
    } while (this.#skip(COMMA))
    return this.#at === text.length - TAIL.length
  }

  /** Lets go of the text and of what was found in it: a part of a text keeps the whole of it in memory. */
  forget(): void {
    this.#text = ''
    this.itemCount = 0
    this.items.length = 0
    this.fids.length = 0
    this.texts.length = 0
  }

  #item(): boolean {
    if (!this.#skip(OPEN)) return false
    const item = this.#claim()
    let values = false
    let name = false
    do {
      if (!values && this.#skipWord('"values":{')) {
        values = true
        if (!this.#values()) return false
      } else if (item.type === undefined && this.#skipWord('"type":"')) {
        item.type = this.#string()
      } else if (item.item === undefined && this.#skipWord('"item":"')) {
        item.item = ownCopy(this.#string())
      } else if (!name && this.#skipWord('"name":"')) {
        name = true
        this.#string()
      } else return false
    } while (this.#skip(COMMA))
    item.to = this.#pairs
    return values && this.#skip(CLOSE)
  }

  #claim(): ScannedItem {
    this.items[this.itemCount] ??= { type: undefined, item: undefined, from: 0, to: 0 }
    const item = this.items[this.itemCount++]!
    item.type = undefined
    item.item = undefined
    item.from = this.#pairs
    return item
  }

  /** `"20":"102755","10":"+1851000"}`; false also for no pair at all, which is the caller's to judge. */
  #values(): boolean {
    do {
      const fid = this.#fid()
      if (fid === 0 || !this.#skipWord(':"')) return false
      this.fids[this.#pairs] = fid
      this.texts[this.#pairs] = this.#string()
      this.#pairs++
    } while (this.#skip(COMMA))
    return this.#skip(CLOSE)
  }

  /** A quoted FID of one to five digits without leading zero, or 0. */
  #fid(): number {
    if (!this.#skip(QUOTE)) return 0
    const start = this.#at
    let fid = 0
    for (;;) {
      const digit = this.#text.charCodeAt(this.#at) - 48
      if (!(digit >= 0 && digit <= 9)) break
      fid = fid * 10 + digit
      this.#at++
    }
    const length = this.#at - start
    return length > 0 && length <= 5 && this.#text.charCodeAt(start) !== 48 && this.#skip(QUOTE) ? fid : 0
  }

  /** The rest of a string after its opening quote. `TAIL` ends every text with quotes, so there always is a closing one. */
  #string(): string {
    const end = this.#text.indexOf('"', this.#at)
    const found = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return found
  }

  #skip(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #skipWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }
}

/** The longest part of a text that V8 copies by itself. */
const LONGEST_COPIED = 12

/** A text that does not keep the one in memory that it is a part of: items are remembered for long. */
function ownCopy(part: string): string {
  return part.length <= LONGEST_COPIED ? part : Buffer.from(part).toString()
}
