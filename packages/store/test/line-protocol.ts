/** A value as it stood in a line; integers and times as text, since both are digits and a letter. */
export type ParsedValue =
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'integer' | 'time'; readonly digits: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'array'; readonly dimensions: readonly number[]; readonly elements: readonly number[] }

export interface ParsedRow {
  readonly table: string
  readonly symbols: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, ParsedValue>>
  readonly timestamp: string
}

const [comma, equals, space, newline, quote, backslash] = [0x2c, 0x3d, 0x20, 0x0a, 0x22, 0x5c]

/** Reads line protocol, version 2, the way a server would; throws at the first byte that does not belong. */
export function parseLines(bytes: Buffer): ParsedRow[] {
  const reader = new LineReader(bytes)
  const rows: ParsedRow[] = []
  while (!reader.done) rows.push(reader.row())
  return rows
}

class LineReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  row(): ParsedRow {
    const table = this.#word()
    const symbols: Record<string, string> = {}
    while (this.#skip(comma)) define(symbols, this.#name(), this.#word())
    this.#expect(space)
    const fields: Record<string, ParsedValue> = {}
    do define(fields, this.#name(), this.#value())
    while (this.#skip(comma))
    this.#expect(space)
    const timestamp = this.#number()
    if (timestamp.kind !== 'time') throw new Error(`Expected a timestamp before byte ${this.#at}`)
    this.#expect(newline)
    return { table, symbols, fields, timestamp: timestamp.digits }
  }

  #name(): string {
    const name = this.#word()
    this.#expect(equals)
    return name
  }

  /** Up to a space, comma, equals sign or newline that no backslash precedes. */
  #word(): string {
    return this.#escaped(byte => byte === comma || byte === equals || byte === space || byte === newline)
  }

  #escaped(ends: (byte: number) => boolean): string {
    const collected: number[] = []
    while (!ends(this.#peek())) {
      if (this.#peek() === backslash) this.#at++
      collected.push(this.#peek())
      this.#at++
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(collected))
  }

  #value(): ParsedValue {
    if (this.#skip(equals)) return this.#binary()
    if (!this.#skip(quote)) return this.#number()
    const value = this.#escaped(byte => byte === quote)
    this.#expect(quote)
    return { kind: 'text', value }
  }

  #number(): ParsedValue {
    const digits = this.#escaped(byte => byte !== 0x2d && (byte < 0x30 || byte > 0x39))
    if (this.#skip(0x69)) return { kind: 'integer', digits }
    this.#expect(0x74)
    return { kind: 'time', digits }
  }

  #binary(): ParsedValue {
    if (this.#skip(16)) return { kind: 'double', value: this.#double() }
    this.#expect(14)
    this.#expect(10)
    const dimensions = Array.from({ length: this.#take(1).readUInt8() }, () => this.#take(4).readInt32LE())
    const elements = Array.from({ length: dimensions.reduce((product, size) => product * size, 1) }, () => this.#double())
    return { kind: 'array', dimensions, elements }
  }

  #double(): number {
    return this.#take(8).readDoubleLE()
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length)
    if (taken.length < length) throw new Error('The bytes end in the middle of a row')
    this.#at += length
    return taken
  }

  #peek(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new Error('The bytes end in the middle of a row')
    return byte
  }

  #skip(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false
    this.#at++
    return true
  }

  #expect(byte: number): void {
    if (!this.#skip(byte)) throw new Error(`Expected byte ${byte} at ${this.#at}, was ${this.#bytes[this.#at]}`)
  }
}

function define<T>(target: Record<string, T>, name: string, value: T): void {
  if (Object.hasOwn(target, name)) throw new Error(`Expected ${name} once`)
  target[name] = value
}
