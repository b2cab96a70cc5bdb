/** Bytes that are compared and written four at a time. */
export interface ByteWords {
  readonly length: number
  /** Little-endian; the last one is filled up with zeros. */
  readonly words: Int32Array
  /** The last four bytes. */
  readonly tail: number
}

/** Prepares at least four bytes. */
export function byteWordsOf(bytes: Uint8Array): ByteWords {
  const { length } = bytes
  const padded = Buffer.alloc(Math.ceil(length / 4) * 4)
  padded.set(bytes)
  const words = Int32Array.from({ length: padded.length / 4 }, (_, index) => padded.readInt32LE(index * 4))
  return { length, words, tail: Buffer.from(bytes).readInt32LE(length - 4) }
}

/** Whether exactly these bytes stand there; the caller knows that there are so many. */
export function standAt(view: DataView, at: number, { length, words, tail }: ByteWords): boolean {
  if (view.getInt32(at + length - 4, true) !== tail) return false
  for (let index = 0; index < length >> 2; index++) if (view.getInt32(at + index * 4, true) !== words[index]) return false
  return true
}

/** Writes them, and up to three zeros behind them that what follows overwrites; gives the place behind them. */
export function writeWords(view: DataView, to: number, { length, words }: ByteWords): number {
  for (let index = 0; index < words.length; index++) view.setInt32(to + index * 4, words[index]!, true)
  return to + length
}
