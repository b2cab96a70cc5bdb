import { MINUS, PLUS, POINT, SPACE, ZERO } from './characters.ts'

/** What a writer answers where nothing is to be written: the value is absent. */
export const ABSENT = -1
/** What a writer answers for a text that it leaves to the long way, be it readable or not. */
export const UNUSUAL = -2

/** How the text of a number is read. */
export interface NumberRule {
  /** Whether a minus is colour or decoration, part of the value, or allowed before a zero only. */
  readonly minus: 'ignored' | 'kept' | 'refused'
  readonly isDecimal: boolean
  /** True for prices of a ladder: a zero is an empty level. */
  readonly zeroIsAbsent: boolean
  /** So many digits can be no number over the column's limit, in characters with the point. */
  readonly maxDigits: number
}

/** No number takes more bytes than this, in the frame or in the record. */
export const MAX_NUMBER_BYTES = 24
/** Within 2^53-1, and few enough that the shortest text of the nearest double is the text itself. */
export const LONG_DIGITS = 15
/** Within 2^31-1. */
export const INT_DIGITS = 9
/** JavaScript writes what is smaller than 0.000001 with an exponent. */
const MAX_DECIMALS = 6

/** Writes the text of a number as JSON writes its value: without sign slot, leading zeros and trailing decimals of zero. The place after it, or `ABSENT` or `UNUSUAL`. */
export function writeNumber(bytes: Buffer, from: number, to: number, out: Buffer, at: number, rule: NumberRule): number {
  if (to - from > MAX_NUMBER_BYTES) return UNUSUAL
  const isNegative = bytes[from] === MINUS
  let next = firstDigit(bytes, from, to)
  if (next === to) return UNUSUAL
  const digitsAt = isNegative && rule.minus === 'kept' ? at + 1 : at
  let put = digitsAt
  let point = 0
  /** The digits' codes, or-ed: that of 0 when all are zeros. */
  let digits = 0
  for (; next < to; next++) {
    const code = bytes[next]!
    if (code >= ZERO && code < ZERO + 10) digits |= code
    else if (code === POINT && point === 0 && put > digitsAt && rule.isDecimal) point = put
    else return UNUSUAL
    out[put++] = code
  }
  if (put - digitsAt > rule.maxDigits) return UNUSUAL
  if (point > 0) {
    if (put === point + 1 || put - point - 1 > MAX_DECIMALS) return UNUSUAL
    put = withoutZeros(out, point, put)
  }
  return digits === ZERO ? writeZero(out, at, rule) : writeSign(out, at, put, isNegative, rule)
}

/** Where the digits begin, leading zeros left out but for the last digit before a point or the end. */
function firstDigit(bytes: Buffer, from: number, to: number): number {
  const first = bytes[from]
  let next = first === MINUS || first === PLUS || first === SPACE ? from + 1 : from
  while (next < to - 1 && bytes[next] === ZERO && bytes[next + 1] !== POINT) next++
  return next
}

/** The end of the number without zeros at the end of its decimals, and without a point that nothing follows. */
function withoutZeros(out: Buffer, point: number, end: number): number {
  let last = end
  while (out[last - 1] === ZERO) last--
  return last === point + 1 ? point : last
}

/** There is no negative zero. */
function writeZero(out: Buffer, at: number, { zeroIsAbsent }: NumberRule): number {
  if (zeroIsAbsent) return ABSENT
  out[at] = ZERO
  return at + 1
}

function writeSign(out: Buffer, at: number, end: number, isNegative: boolean, { minus }: NumberRule): number {
  if (!isNegative || minus === 'ignored') return end
  if (minus === 'refused') return UNUSUAL
  out[at] = MINUS
  return end
}

/** Writes an integer of 0 to 2^53-1 and returns the place after it. */
export function writeInteger(value: number, out: Buffer, at: number): number {
  if (value < 100_000_000) return writeDigits(value, digitCount(value), out, at)
  const high = Math.floor(value / 100_000_000)
  const middle = writeDigits(high, digitCount(high), out, at)
  return writeDigits(value - high * 100_000_000, 8, out, middle)
}

/** The last digits of an integer below 2^31. */
function writeDigits(value: number, count: number, out: Buffer, at: number): number {
  let rest = value
  for (let put = at + count - 1; put >= at; put--) {
    const tenth = (rest / 10) | 0
    out[put] = ZERO + rest - tenth * 10
    rest = tenth
  }
  return at + count
}

function digitCount(value: number): number {
  let count = 1
  for (let limit = 10; value >= limit; limit *= 10) count++
  return count
}

/** The integer in a text that `writeNumber` has taken by that rule. */
export function integerIn(bytes: Buffer, from: number, to: number, { minus }: NumberRule): number {
  let value = 0
  for (let at = firstDigit(bytes, from, to); at < to; at++) value = value * 10 + bytes[at]! - ZERO
  return bytes[from] === MINUS && minus === 'kept' && value !== 0 ? -value : value
}
