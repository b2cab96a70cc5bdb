import { randomInt } from 'node:crypto'

/** Digits before letters, so that ids sort as the numbers do; without i, l, o and u, which are misread. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const timeDigits = 9
const randomDigits = 3

/**
 * A short id that sorts after `previous`: nine digits of the wall clock in ms (until the year 3084) and three random ones, base 32.
 * Where the clock went back, the time of the previous id plus one takes its place.
 */
export function sessionIdAfter(previous: string | undefined, nowMs: number, random: (limit: number) => number = randomInt): string {
  const atMs = Math.max(nowMs, previous === undefined ? 0 : decode(previous.slice(0, timeDigits)) + 1)
  return encode(atMs, timeDigits) + encode(random(alphabet.length ** randomDigits), randomDigits)
}

function encode(value: number, digits: number): string {
  let text = ''
  for (let rest = value; text.length < digits; rest = Math.floor(rest / alphabet.length)) text = alphabet[rest % alphabet.length] + text
  return text
}

/** The value of the digits; characters that are none count as 0, as in ids that someone else made. */
function decode(text: string): number {
  let value = 0
  for (const character of text) value = value * alphabet.length + Math.max(0, alphabet.indexOf(character))
  return value
}
