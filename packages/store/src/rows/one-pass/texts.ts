import { type Pass, unusual } from './pass.ts'

const plain = 0
const escaped = 1
const ends = 2
/** The first byte of a character of three, which all of Hangul are. */
const three = 3
const strange = 4

const quote = 0x22
const backslash = 0x5c

/** For each byte of a text in JSON: how it stands in the row. */
export type TextRules = Uint8Array

/** In a SYMBOL. */
export const symbolRules = textRules(' ,=')
/** In a quoted VARCHAR. */
export const quotedRules = textRules('')

/** Copies a text without its quotes. Unusual: escapes, and characters that take two or four bytes in UTF-8 or are none. */
export function copyText(pass: Pass, to: number, rules: TextRules): number {
  const { bytes, out } = pass
  let { at } = pass
  if (bytes[at] !== quote) return unusual
  for (;;) {
    const byte = bytes[++at]!
    const rule = rules[byte]
    if (rule === plain) out[to++] = byte
    else if (rule === ends) break
    else if (rule === escaped) {
      out[to++] = backslash
      out[to++] = byte
    } else if (rule === three && isOneCharacter(byte, bytes[at + 1]!, bytes[at + 2]!)) {
      out[to++] = byte
      out[to++] = bytes[++at]!
      out[to++] = bytes[++at]!
    } else return unusual
  }
  pass.at = at + 1
  return to
}

/** Whether three bytes are well-formed UTF-8; what follows 0xed from 0xa0 on would be half a surrogate pair. */
function isOneCharacter(first: number, second: number, third: number): boolean {
  return (second & 0xc0) === 0x80 && (third & 0xc0) === 0x80 && (first !== 0xed || second < 0xa0)
}

function textRules(escapedCharacters: string): TextRules {
  const rules = new Uint8Array(256).fill(strange)
  rules.fill(plain, 0x20, 0x80).fill(three, 0xe1, 0xf0)
  for (const character of escapedCharacters) rules[character.charCodeAt(0)] = escaped
  rules[quote] = ends
  rules[backslash] = strange
  return rules
}
