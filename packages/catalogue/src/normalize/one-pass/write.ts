import { CLOSE_LIST, COMMA, holdsWord, MINUS, OPEN_LIST, PLUS, ZERO } from './characters.ts'
import { writeDate, writeDuration, writeExchangeTime, writePastTime } from './moments.ts'
import { ABSENT, LONG_DIGITS, UNUSUAL, writeNumber } from './numbers.ts'
import type { ItemPlan, Step, StepRow } from './plan.ts'
import { copyWords, isBlankText, textWordsOf, writeText } from './texts.ts'
import type { ItemValues } from './values.ts'

const NULL = textWordsOf('null')
const BUY = textWordsOf('"buy"')
const SELL = textWordsOf('"sell"')
const YES = 0x59
const NO = 0x4e
const YES_TEXT = textWordsOf('"Y"')
const NO_TEXT = textWordsOf('"N"')

/** What members are written from and to: the frame, where its texts stand, when it was captured (µs), and the room for the record, twice. */
export interface Desk {
  readonly bytes: Buffer
  readonly values: ItemValues
  readonly capturedAtUs: number
  readonly out: Buffer
  readonly view: DataView
}

/** Writes the dataset's own members, each with its leading comma; the place after them, or `UNUSUAL`. There must be room for `plan.maxBytes`. */
export function writeColumns({ steps }: ItemPlan, desk: Desk, at: number): number {
  let put = at
  for (let index = 0; index < steps.length && put >= 0; index++) put = writeMember(steps[index]!, desk, put)
  return put
}

/** Writes one member, or nothing where it is absent; the place after it, or `UNUSUAL`. */
export function writeMember(step: Step, desk: Desk, at: number): number {
  if (step.take === 'ladder') return writeLadder(step, desk, at)
  const from = desk.values.from[step.slot]!
  if (from === 0) return at
  const to = desk.values.to[step.slot]!
  if (isAbsent(desk.bytes, from, to, step)) return at
  const end = writeValue(step, desk, from, to, copyWords(step.prefix, desk.view, at))
  return end === ABSENT ? at : end
}

/** True for a blank text, and for one of those that mean "absent". */
export function isAbsent(bytes: Buffer, from: number, to: number, { nullIf }: Step): boolean {
  if (isBlankText(bytes, from, to)) return true
  for (let index = 0; index < nullIf.length; index++)
    if (nullIf[index]!.length === to - from && holdsWord(bytes, from, nullIf[index]!)) return true
  return false
}

function writeValue(step: Step, { bytes, capturedAtUs, out, view }: Desk, from: number, to: number, at: number): number {
  switch (step.take) {
    case 'number':
      return writeNumber(bytes, from, to, out, at, step.rule)
    case 'text':
      return writeText(bytes, from, to, out, at)
    case 'time':
      return writePastTime(bytes, from, to, out, at, capturedAtUs)
    case 'exchange_time':
      return writeExchangeTime(bytes, from, to, out, at, capturedAtUs)
    case 'aggressor':
      return writeAggressor(bytes, from, to, view, at)
    case 'date':
      return writeDate(bytes, from, to, out, at)
    case 'duration':
      return writeDuration(bytes, from, to, out, at)
    case 'flag':
      return writeFlag(bytes, from, to, view, at)
    case 'side':
      return writeSide(bytes, from, to, view, at)
    default:
      return UNUSUAL
  }
}

/** Always `rows × levels`, missing elements null; no member at all when no FID of it came. */
function writeLadder({ prefix, rows, isNested }: Step, desk: Desk, at: number): number {
  if (!hasAny(rows, desk.values)) return at
  const { out } = desk
  let put = copyWords(prefix, desk.view, at)
  if (isNested) out[put++] = OPEN_LIST
  for (let row = 0; row < rows.length; row++) {
    if (row > 0) out[put++] = COMMA
    put = writeRow(rows[row]!, desk, put)
    if (put < 0) return UNUSUAL
  }
  if (isNested) out[put++] = CLOSE_LIST
  return put
}

function hasAny(rows: readonly StepRow[], { from }: ItemValues): boolean {
  for (let row = 0; row < rows.length; row++) {
    const { slots } = rows[row]!
    for (let level = 0; level < slots.length; level++) if (from[slots[level]!] !== 0) return true
  }
  return false
}

function writeRow({ slots, rule }: StepRow, { bytes, values, out, view }: Desk, at: number): number {
  let put = at
  out[put++] = OPEN_LIST
  for (let level = 0; level < slots.length; level++) {
    if (level > 0) out[put++] = COMMA
    const from = values.from[slots[level]!]!
    const to = values.to[slots[level]!]!
    const end = from === 0 || isBlankText(bytes, from, to) ? ABSENT : writeNumber(bytes, from, to, out, put, rule)
    if (end === UNUSUAL) return UNUSUAL
    put = end === ABSENT ? copyWords(NULL, view, put) : end
  }
  out[put++] = CLOSE_LIST
  return put
}

/** `+` and a number buy, `-` and a number sell; a zero, no sign and no number are absent. */
function writeAggressor(bytes: Buffer, from: number, to: number, view: DataView, at: number): number {
  if (to - from > LONG_DIGITS) return UNUSUAL
  const sign = bytes[from]
  if (sign !== PLUS && sign !== MINUS) return ABSENT
  let digits = 0
  for (let next = from + 1; next < to; next++) {
    const code = bytes[next]!
    if (code < ZERO || code > ZERO + 9) return ABSENT
    digits |= code
  }
  return digits > ZERO ? copyWords(sign === PLUS ? BUY : SELL, view, at) : ABSENT
}

function writeFlag(bytes: Buffer, from: number, to: number, view: DataView, at: number): number {
  if (to - from !== 1 || (bytes[from] !== YES && bytes[from] !== NO)) return UNUSUAL
  return copyWords(bytes[from] === YES ? YES_TEXT : NO_TEXT, view, at)
}

function writeSide(bytes: Buffer, from: number, to: number, view: DataView, at: number): number {
  const digit = to - from === 1 ? bytes[from]! - ZERO : 0
  return digit === 1 ? copyWords(SELL, view, at) : digit === 2 ? copyWords(BUY, view, at) : UNUSUAL
}
