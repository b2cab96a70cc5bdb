const plain = 0
const escaped = 1
const refused = 2

/** For each ASCII character of a text: written as it is, after a backslash, or not at all. */
export type EscapeRules = Uint8Array

/** In a SYMBOL, where QuestDB refuses the null character. */
export const symbolEscapes = escapeRules(' ,=\n\r\\', '\0')
/** In a quoted VARCHAR. */
export const quotedEscapes = escapeRules('"\n\r\\', '')

const backslash = 0x5c
const defaultInitialBytes = 256 * 1024

/**
 * Rows of one table as line protocol, version 2, in one growing buffer that is used again after `clear()`.
 * A row is either whole or not there: `endRow()` keeps what was written since the last row, `dropRow()` forgets it.
 *
 * Fixed-size writes rely on room made before: `reserve(n)` promises that n bytes can follow, and every write of a size that
 * depends on data (`text`, `doubles`) takes what it needs and then restores that promise.
 */
export class RowBuffer {
  #bytes: Buffer
  #view: DataView
  #position = 0
  #reserved = 0
  readonly #ends: number[] = []

  constructor(initialBytes = defaultInitialBytes) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes)
    this.#view = viewOf(this.#bytes)
  }

  get rowCount(): number {
    return this.#ends.length
  }

  /** What it takes in memory. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** Size of all rows. */
  get byteLength(): number {
    return this.#ends.at(-1) ?? 0
  }

  /** The bytes of rows `from` (included) to `to` (excluded); valid until the next write or `clear()`. */
  slice(from = 0, to = this.rowCount): Buffer {
    return this.#bytes.subarray(this.#startOf(from), this.#startOf(to))
  }

  /** The first rows in a buffer of their own: as many as take no more than so many bytes, but at least one where there is one. */
  head(maxBytes: number): RowBuffer {
    const fitting = this.#ends.filter((end, row) => row === 0 || end <= maxBytes)
    const size = fitting.at(-1) ?? 0
    const head = new RowBuffer(Math.max(1, size))
    this.#bytes.copy(head.#bytes, 0, 0, size)
    head.#position = size
    head.#ends.push(...fitting)
    return head
  }

  clear(): void {
    this.#ends.length = 0
    this.#position = 0
  }

  /** Makes room for at least so many bytes of fixed-size writes. */
  reserve(bytes: number): void {
    this.#reserved = bytes
    this.#makeRoom(bytes)
  }

  /** Where the next byte goes. May be set by who has written into the reserved room itself. */
  get position(): number {
    return this.#position
  }

  set position(position: number) {
    this.#position = position
  }

  /** The buffer itself, by bytes; another one after the next `reserve`. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** The same by numbers. */
  get view(): DataView {
    return this.#view
  }

  /** Replaces one byte that was already written. */
  patch(position: number, byte: number): void {
    this.#bytes[position] = byte
  }

  endRow(): void {
    this.#ends.push(this.#position)
  }

  dropRow(): void {
    this.#position = this.byteLength
  }

  byte(value: number): void {
    this.#bytes[this.#position++] = value
  }

  /** A few bytes prepared beforehand. */
  prepared(source: Uint8Array): void {
    const bytes = this.#bytes
    const start = this.#position
    const { length } = source
    for (let index = 0; index < length; index++) bytes[start + index] = source[index]!
    this.#position = start + length
  }

  /** A safe integer in decimal digits. */
  integer(value: number): void {
    let rest = value
    if (rest < 0) {
      this.byte(0x2d)
      rest = -rest
    }
    if (rest < 1e9) {
      this.#digits(rest | 0, 1)
      return
    }
    const high = Math.floor(rest / 1e9)
    this.#digits(high, 1)
    this.#digits(rest - high * 1e9, 9)
  }

  /** Eight bytes, little-endian. */
  double(value: number): void {
    this.#view.setFloat64(this.#position, value, true)
    this.#position += 8
  }

  /** Four bytes, little-endian. */
  int32(value: number): void {
    this.#view.setInt32(this.#position, value, true)
    this.#position += 4
  }

  /** Array elements; null is NaN, QuestDB's null of a DOUBLE. */
  doubles(values: readonly (number | null)[]): void {
    const { length } = values
    this.#makeRoom(length * 8 + this.#reserved)
    const view = this.#view
    let at = this.#position
    for (let index = 0; index < length; index++, at += 8) view.setFloat64(at, values[index] ?? Number.NaN, true)
    this.#position = at
  }

  /** A text in UTF-8, escaped; false when it holds a refused character or half a surrogate pair (the row must then be dropped). */
  text(value: string, rules: EscapeRules): boolean {
    const { length } = value
    this.#makeRoom(length * 3 + this.#reserved)
    const bytes = this.#bytes
    let at = this.#position
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code < 0x80) {
        const rule = rules[code]
        if (rule === refused) return false
        if (rule === escaped) bytes[at++] = backslash
        bytes[at++] = code
      } else if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6)
        bytes[at++] = 0x80 | (code & 0x3f)
      } else if (code < 0xd800 || code > 0xdfff) {
        bytes[at++] = 0xe0 | (code >> 12)
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
        bytes[at++] = 0x80 | (code & 0x3f)
      } else {
        const point = value.codePointAt(index++)!
        if (point <= 0xffff || code > 0xdbff) return false
        bytes[at++] = 0xf0 | (point >> 18)
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
        bytes[at++] = 0x80 | (point & 0x3f)
      }
    }
    this.#position = at
    return true
  }

  /** At least `width` digits of an integer below 1e9. */
  #digits(value: number, width: number): void {
    let count = 1
    for (let rest = value; rest >= 10; count++) rest = (rest / 10) | 0
    if (count < width) count = width
    const bytes = this.#bytes
    let rest = value
    for (let at = this.#position + count - 1; at >= this.#position; at--) {
      const next = (rest / 10) | 0
      bytes[at] = 0x30 + rest - next * 10
      rest = next
    }
    this.#position += count
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : this.#ends[row - 1]!
  }

  #makeRoom(bytes: number): void {
    const needed = this.#position + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#position)
    this.#bytes = grown
    this.#view = viewOf(grown)
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function escapeRules(escapedCharacters: string, refusedCharacters: string): EscapeRules {
  const rules = new Uint8Array(128).fill(plain)
  for (const character of escapedCharacters) rules[character.charCodeAt(0)] = escaped
  for (const character of refusedCharacters) rules[character.charCodeAt(0)] = refused
  return rules
}
