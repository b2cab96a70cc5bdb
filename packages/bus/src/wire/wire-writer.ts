const firstBytes = 64 << 10

/** Writes Kafka's protocol into one buffer that grows and is reused: `bytes` is valid until the next `begin`. */
export class WireWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  #at = 0

  /** How much is written. */
  get length(): number {
    return this.#at
  }

  /** What is written, from there on; a view. */
  bytes(from = 0): Buffer {
    return this.#bytes.subarray(from, this.#at)
  }

  /** Forgets what is written. */
  begin(): void {
    this.#at = 0
  }

  /** Forgets what is written from there on. */
  backTo(at: number): void {
    this.#at = at
  }

  /** Reserves bytes that `at` fills in later. */
  leave(bytes: number): number {
    this.#makeRoom(bytes)
    const at = this.#at
    this.#at += bytes
    return at
  }

  int8(value: number, at = this.leave(1)): void {
    this.#bytes[at] = value
  }

  int16(value: number, at = this.leave(2)): void {
    const bytes = this.#bytes
    bytes[at] = value >>> 8
    bytes[at + 1] = value
  }

  int32(value: number, at = this.leave(4)): void {
    const bytes = this.#bytes
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }

  /** A whole number of up to 53 bits. */
  int64(value: number, at = this.leave(8)): void {
    this.int32(Math.floor(value / 2 ** 32), at)
    this.int32(value | 0, at + 4)
  }

  /** A whole number of up to 52 bits, zigzag. */
  varint(value: number): void {
    this.#makeRoom(8)
    const bytes = this.#bytes
    let rest = zigzag(value)
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[this.#at++] = (rest & 0x7f) | 0x80
    bytes[this.#at++] = rest
  }

  /** A text behind its length in 16 bits; null has none. */
  text16(value: string | null): void {
    const length = value === null ? -1 : Buffer.byteLength(value)
    this.int16(length)
    if (value !== null) this.text(value, length)
  }

  /** A text of known length, in bytes. */
  text(value: string, length: number): void {
    const at = this.leave(length)
    if (length === value.length && length < 24)
      for (let index = 0; index < length; index++) this.#bytes[at + index] = value.charCodeAt(index)
    else this.#bytes.write(value, at, length, 'utf8')
  }

  raw(value: Buffer): void {
    const at = this.leave(value.length) // which may put another buffer in place of the one that is too small
    value.copy(this.#bytes, at)
  }

  #makeRoom(more: number): void {
    const needed = this.#at + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

/** How many bytes a number takes as `varint`. */
export function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}
