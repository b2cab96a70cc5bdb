import { type Pass, unusual } from './pass.ts'

/** All of 2^53-1 and of 2^31-1, for most of which one digit less is enough. */
export const longDigits = 16
export const intDigits = 9
/** Ten to more than this is no exact double. */
const maxDecimals = 22

const [zero, point, minus] = [0x30, 0x2e, 0x2d]
const [comma, opening, closing] = [0x2c, 0x5b, 0x5d]
const letterN = 0x6e
/** `ull`, behind its first letter. */
const restOfNull = [0x75, 0x6c, 0x6c]
const powers = Float64Array.from({ length: maxDecimals + 1 }, (_, exponent) => Number(`1e${exponent}`))

/**
 * The number that stands here; NaN for one with an exponent, for more digits than a double has exactly, and for whatever is no number of JSON. Digits and the power
 * of ten are exact doubles, so their quotient is the nearest double to the text, which JSON.parse gives too.
 */
export function readDouble(pass: Pass): number {
  const { bytes } = pass
  const isNegative = bytes[pass.at] === minus
  const start = isNegative ? pass.at + 1 : pass.at
  let at = start
  let number = 0
  for (let digit = bytes[at]! - zero; digit >= 0 && digit <= 9; digit = bytes[++at]! - zero) number = number * 10 + digit
  if (at === start || (bytes[start] === zero && at - start > 1)) return Number.NaN
  if (bytes[at] === point) {
    const decimals = ++at
    for (let digit = bytes[at]! - zero; digit >= 0 && digit <= 9; digit = bytes[++at]! - zero) number = number * 10 + digit
    const count = at - decimals
    if (count === 0 || count > maxDecimals || number > Number.MAX_SAFE_INTEGER) return Number.NaN
    number /= powers[count]!
  } else if (number > Number.MAX_SAFE_INTEGER) return Number.NaN
  pass.at = at
  return isNegative ? -number : number
}

/** Writes the eight bytes of the number that stands here. */
export function copyDouble(pass: Pass, to: number): number {
  const number = readDouble(pass)
  if (Number.isNaN(number)) return unusual
  pass.outView.setFloat64(to, number, true)
  return to + 8
}

/** Copies the digits of an integer; unusual where there are more than so many, and where it has decimals. */
export function copyInteger(pass: Pass, to: number, maxDigits: number): number {
  const { bytes, out } = pass
  const isNegative = bytes[pass.at] === minus
  const start = isNegative ? pass.at + 1 : pass.at
  let at = start
  let put = to
  let number = 0
  if (isNegative) out[put++] = minus
  for (let digit = bytes[at]! - zero; digit >= 0 && digit <= 9; digit = bytes[++at]! - zero) {
    if (at - start === maxDigits) return unusual
    number = number * 10 + digit
    out[put++] = zero + digit
  }
  if (at === start || number > Number.MAX_SAFE_INTEGER) return unusual
  if (bytes[start] === zero && (isNegative || at - start > 1)) return unusual
  pass.at = at
  return put
}

/** Writes the number of elements and each as eight bytes, null as NaN. */
export function copyArray(pass: Pass, to: number): number {
  const end = copyElements(pass, to + 4)
  if (end !== unusual) pass.outView.setInt32(to, (end - to - 4) >> 3, true)
  return end
}

/** Writes the numbers of rows and of their elements, and the elements row by row. Unusual: no row, and rows of unlike lengths. */
export function copyMatrix(pass: Pass, to: number): number {
  const { bytes } = pass
  if (bytes[pass.at] !== opening) return unusual
  let put = to + 8
  let rows = 0
  let size = unusual
  do {
    pass.at++
    const end = copyElements(pass, put)
    if (end === unusual || (rows > 0 && end - put !== size)) return unusual
    size = end - put
    put = end
    rows++
  } while (bytes[pass.at] === comma)
  if (bytes[pass.at] !== closing) return unusual
  pass.at++
  pass.outView.setInt32(to, rows, true)
  pass.outView.setInt32(to + 4, size >> 3, true)
  return put
}

function copyElements(pass: Pass, to: number): number {
  const { bytes } = pass
  if (bytes[pass.at] !== opening) return unusual
  let put = to
  if (bytes[pass.at + 1] === closing) {
    pass.at += 2
    return put
  }
  do {
    pass.at++
    put = bytes[pass.at] === letterN ? copyNull(pass, put) : copyDouble(pass, put)
    if (put === unusual) return unusual
  } while (bytes[pass.at] === comma)
  if (bytes[pass.at] !== closing) return unusual
  pass.at++
  return put
}

function copyNull(pass: Pass, to: number): number {
  for (const letter of restOfNull) if (pass.bytes[++pass.at] !== letter) return unusual
  pass.at++
  pass.outView.setFloat64(to, Number.NaN, true)
  return to + 8
}
