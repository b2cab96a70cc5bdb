import { QUOTE, SPACE } from './characters.ts'
import { UNUSUAL } from './numbers.ts'

/** Longer texts are left to the long way, in bytes. Names of the venue have some thirty. */
export const MAX_TEXT_BYTES = 120

/** True for spaces only, and for nothing at all. */
export function isBlankText(bytes: Buffer, from: number, to: number): boolean {
  let at = from
  while (at < to && bytes[at] === SPACE) at++
  return at === to
}

/**
 * Writes a text that is not blank as a JSON string, outer spaces taken off. It is copied as it stands: the scanner lets no quote and no escape pass, and neither
 * has what is copied a control character, nor is it anything but UTF-8. The place after it, or `UNUSUAL`.
 */
export function writeText(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  if (to - from > MAX_TEXT_BYTES) return UNUSUAL
  let start = from
  let end = to
  while (bytes[start] === SPACE) start++
  while (bytes[end - 1] === SPACE) end--
  let put = at
  out[put++] = QUOTE
  for (let next = start; next < end; ) {
    const length = characterLength(bytes, next, end)
    if (length === 0) return UNUSUAL
    for (let last = next + length; next < last; next++) out[put++] = bytes[next]!
  }
  out[put++] = QUOTE
  return put
}

/** How many bytes the character takes, one to three; 0 where it is a control character, half a surrogate pair, no UTF-8, or one of the rarer sorts. */
function characterLength(bytes: Buffer, at: number, end: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return lead === 0x7f ? 0 : 1
  if (lead < 0xc2 || lead > 0xef || lead === 0xe0) return 0
  const second = at + 1 < end ? bytes[at + 1]! : 0
  if ((second & 0xc0) !== 0x80) return 0
  if (lead < 0xe0) return lead === 0xc2 && second < 0xa0 ? 0 : 2
  if (lead === 0xed && second >= 0xa0) return 0
  return at + 2 < end && (bytes[at + 2]! & 0xc0) === 0x80 ? 3 : 0
}

/** A text that stands in many records, as little-endian words of four bytes: copying those takes a third of the time that copying bytes does. */
export interface TextWords {
  /** In bytes. */
  readonly length: number
  readonly words: Int32Array
}

/** So many bytes behind a copied text may be written over. */
export const MAX_OVERRUN = 3

/** The words of a text. */
export function textWordsOf(text: string): TextWords {
  const { length } = Buffer.from(text)
  const padded = Buffer.alloc(length + MAX_OVERRUN)
  padded.write(text)
  return { length, words: Int32Array.from({ length: Math.ceil(length / 4) }, (_, index) => padded.readInt32LE(index * 4)) }
}

/** Writes the text and returns the place after it. */
export function copyWords({ length, words }: TextWords, out: DataView, at: number): number {
  for (let index = 0; index < words.length; index++) out.setInt32(at + (index << 2), words[index]!, true)
  return at + length
}
