import { longDigits } from './numbers.ts'

const beginning = Buffer.from('{"timestamp":')
const comma = 0x2c

/** The time with which a record begins, as our collector writes it; NaN when it must be parsed to know. */
export function timestampIn(record: Uint8Array): number {
  for (let at = 0; at < beginning.length; at++) if (record[at] !== beginning[at]) return Number.NaN
  let time = 0
  let at = beginning.length
  for (let digit = record[at]! - 0x30; digit >= 0 && digit <= 9; digit = record[++at]! - 0x30) time = time * 10 + digit
  const count = at - beginning.length
  if (count === 0 || count > longDigits || record[at] !== comma) return Number.NaN
  return time <= Number.MAX_SAFE_INTEGER && (count === 1 || record[beginning.length] !== 0x30) ? time : Number.NaN
}
