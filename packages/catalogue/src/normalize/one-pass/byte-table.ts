interface Kept<Value> {
  readonly key: Buffer
  readonly value: Value
  readonly next: Kept<Value> | undefined
}

/** Values found by the bytes of a short text, without making a string. Its users bound its size. */
export class ByteTable<Value> {
  readonly #kept = new Map<number, Kept<Value>>()
  size = 0

  find(bytes: Buffer, from: number, to: number): Value | undefined {
    for (let kept = this.#kept.get(hashOf(bytes, from, to)); kept !== undefined; kept = kept.next)
      if (kept.key.length === to - from && isAt(kept.key, bytes, from)) return kept.value
    return undefined
  }

  /** Adds a value under a copy of its key, which must not be there. */
  add(bytes: Buffer, from: number, to: number, value: Value): void {
    const hash = hashOf(bytes, from, to)
    this.#kept.set(hash, { key: Buffer.from(bytes.subarray(from, to)), value, next: this.#kept.get(hash) })
    this.size++
  }
}

/** A number that V8 keeps without allocating. */
function hashOf(bytes: Buffer, from: number, to: number): number {
  let hash = 0
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0
  return hash & 0x3fffffff
}

function isAt(key: Buffer, bytes: Buffer, from: number): boolean {
  for (let index = 0; index < key.length; index++) if (key[index] !== bytes[from + index]) return false
  return true
}
