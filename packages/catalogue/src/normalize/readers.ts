import type { Field, Kind } from '../fields.ts'
import { isNegative, readDecimalMagnitude, readIntegerMagnitude, UNREADABLE } from './numbers.ts'
import { readDate, readDuration, readPastTime } from './times.ts'

/** The value of a text: a number, a string, null for "absent", or `UNREADABLE`. */
export type Value = number | string | null | typeof UNREADABLE
/** Reads one text of the venue; `capturedAtUs` joins times of day to a date. */
export type Reader = (text: string, capturedAtUs: number) => Value

/** Longer texts are not codes or names of the venue, and could outgrow what Kafka takes. */
const MAX_TEXT_LENGTH = 1000
const INT_LIMIT = 2 ** 31 - 1

const signed = (text: string, magnitude: number | typeof UNREADABLE): Value =>
  magnitude === UNREADABLE ? UNREADABLE : isNegative(text) && magnitude !== 0 ? -magnitude : magnitude
const unsigned = (text: string, magnitude: number | typeof UNREADABLE): Value =>
  magnitude !== UNREADABLE && magnitude !== 0 && isNegative(text) ? UNREADABLE : magnitude

const readDecimal: Reader = text => readDecimalMagnitude(text)
const readSignedDecimal: Reader = text => signed(text, readDecimalMagnitude(text))
const readUnsignedDecimal: Reader = text => unsigned(text, readDecimalMagnitude(text))

/** The readers of one integer kind, whose limit follows the column's type. */
function integer(limit: number): { magnitude: Reader; signed: Reader; unsigned: Reader } {
  return {
    magnitude: text => readIntegerMagnitude(text, limit),
    signed: text => signed(text, readIntegerMagnitude(text, limit)),
    unsigned: text => unsigned(text, readIntegerMagnitude(text, limit)),
  }
}
const long = integer(Number.MAX_SAFE_INTEGER)
const int = integer(INT_LIMIT)

/** Any text of whole characters, none of them a control character, outer spaces taken off. */
const readText: Reader = text => {
  if (text.length > MAX_TEXT_LENGTH || !text.isWellFormed()) return UNREADABLE
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 32 || (code >= 127 && code < 160)) return UNREADABLE
  }
  return text.charCodeAt(0) === 32 || text.charCodeAt(text.length - 1) === 32 ? trimSpaces(text) : text
}

/** Takes off U+0020 only: other white space is no padding of the venue. */
function trimSpaces(text: string): string {
  let start = 0
  let end = text.length
  while (text.charCodeAt(start) === 32) start++
  while (text.charCodeAt(end - 1) === 32) end--
  return text.slice(start, end)
}

const readFlag: Reader = text => (text === 'Y' || text === 'N' ? text : UNREADABLE)
const readSide: Reader = text => (text === '1' ? 'sell' : text === '2' ? 'buy' : UNREADABLE)

type Choose = (field: Pick<Field, 'questType'>) => Reader
const always =
  (reader: Reader): Choose =>
  () =>
    reader
const whole =
  (which: 'magnitude' | 'signed' | 'unsigned'): Choose =>
  field =>
    (field.questType === 'INT' ? int : long)[which]

/** One rule per kind; the table in the README says the same in words. */
const rules: Record<Kind, Choose> = {
  price: always(readDecimal),
  change: always(readSignedDecimal),
  ratio: always(readSignedDecimal),
  unsigned_ratio: always(readDecimal),
  quantity: whole('unsigned'),
  signed_quantity: whole('signed'),
  signed_volume: whole('magnitude'),
  amount: field => (field.questType === 'DOUBLE' ? readUnsignedDecimal : long.unsigned),
  signed_amount: whole('signed'),
  time: always(readPastTime),
  date: always(readDate),
  duration: always(readDuration),
  code: always(readText),
  name: always(readText),
  text: always(readText),
  identifier: always(readText),
  flag: always(readFlag),
  account: always(readText),
  side: always(readSide),
}

/** True for an empty text and one of spaces only: both mean "absent" in every field. */
export function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== 32) return false
  return true
}

/** The reader of a field: blank and `nullIf` texts are null, then the rule of its kind. */
export function readerOf(field: Pick<Field, 'kind' | 'questType' | 'nullIf'>, rule: Reader = rules[field.kind](field)): Reader {
  const absent = field.nullIf ?? []
  if (absent.length === 0) return (text, at) => (isBlank(text) ? null : rule(text, at))
  return (text, at) => (isBlank(text) || absent.includes(text) ? null : rule(text, at))
}

/** The aggressor's side in the sign of a volume: `+` buy, `-` sell; no sign, zero or no number is null. */
export function sideIn(text: string): 'buy' | 'sell' | null {
  const magnitude = readIntegerMagnitude(text, Number.MAX_SAFE_INTEGER)
  if (magnitude === UNREADABLE || magnitude === 0) return null
  const sign = text.charCodeAt(0)
  return sign === 43 ? 'buy' : sign === 45 ? 'sell' : null
}

/** Price of a ladder level: a zero (`0`, `-0`) marks an empty level and is null. */
export const readLadderPrice: Reader = text => {
  const value = readDecimalMagnitude(text)
  return value === 0 ? null : value
}
