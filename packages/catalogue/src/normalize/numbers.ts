/** What a reader answers for a text that is not of its kind. */
export const UNREADABLE: unique symbol = Symbol('unreadable')

export type ReadNumber = number | typeof UNREADABLE

/** The powers of ten that a double holds exactly; a 53-bit integer divided by one of them is correctly rounded. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
const ZERO = 48
const NINE = 57
const POINT = 46

/** Where the digits begin: one sign slot, holding `+`, `-`, one space, or nothing. */
function digitsStart(text: string): number {
  const first = text.charCodeAt(0)
  return first === 43 || first === 45 || first === 32 ? 1 : 0
}

/** True where the sign slot says minus. */
export function isNegative(text: string): boolean {
  return text.charCodeAt(0) === 45
}

/** The magnitude of `[s]D+`, at most `limit`; everything else is unreadable. */
export function readIntegerMagnitude(text: string, limit: number): ReadNumber {
  const length = text.length
  let at = digitsStart(text)
  if (at === length) return UNREADABLE
  let value = 0
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code < ZERO || code > NINE) return UNREADABLE
    value = value * 10 + (code - ZERO)
    if (value > limit) return UNREADABLE
  }
  return value
}

/** The magnitude of `[s]D+` or `[s]D+.D+`, at most 2^53-1, correctly rounded; everything else is unreadable. */
export function readDecimalMagnitude(text: string): ReadNumber {
  const length = text.length
  const start = digitsStart(text)
  let mantissa = 0
  let point = -1
  for (let at = start; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code === POINT && point < 0) point = at
    else if (code < ZERO || code > NINE) return UNREADABLE
    else mantissa = mantissa * 10 + (code - ZERO)
  }
  if (start === length || point === start || point === length - 1) return UNREADABLE
  const decimals = point < 0 ? 0 : length - 1 - point
  const exact = mantissa <= Number.MAX_SAFE_INTEGER && decimals < POWERS.length
  const value = exact ? mantissa / POWERS[decimals]! : Number(text.slice(start))
  return value <= Number.MAX_SAFE_INTEGER ? value : UNREADABLE
}
