/** A text that stands in many records, as little-endian words of four bytes: copying those takes a third of the time that copying bytes does. */
export interface Words {
  /** In bytes. */
  readonly length: number
  readonly words: Int32Array
}

/** So many bytes behind a copied text may be written over. */
export const MAX_OVERRUN = 3

/** The words of a text. */
export function wordsOf(text: string): Words {
  const { length } = Buffer.from(text)
  const padded = Buffer.alloc(length + MAX_OVERRUN)
  padded.write(text)
  return { length, words: Int32Array.from({ length: Math.ceil(length / 4) }, (_, index) => padded.readInt32LE(index * 4)) }
}

/** Writes the text and returns the place after it. */
export function copyWords({ length, words }: Words, out: DataView, at: number): number {
  for (let index = 0; index < words.length; index++) out.setInt32(at + (index << 2), words[index]!, true)
  return at + length
}
