import type { Growth } from '../running-totals.ts'
import { ByteTable } from './byte-table.ts'
import { SPACE } from './characters.ts'
import { integerIn, LONG_DIGITS } from './numbers.ts'
import type { ItemPlan, Step } from './plan.ts'
import { type Desk, isAbsent } from './write.ts'

/** Codes of exchanges have one to three characters; of longer ones the long way counts what fits. */
const MAX_EXCHANGE_BYTES = 12
const MAX_REMEMBERED = 100

/** What a record says of its item's running total: NaN and empty where that is absent. Only after the record was written are the numbers known to be numbers. */
export class RunningValues implements Growth {
  total = Number.NaN
  step = Number.NaN
  exchange = ''
  readonly #exchanges = new ByteTable<string>()

  /** False where an exchange has an unusual name. */
  read({ total, step, exchange }: NonNullable<ItemPlan['running']>, desk: Desk): boolean {
    this.total = numberOf(total, desk)
    this.step = numberOf(step, desk)
    const from = desk.values.from[exchange.slot]!
    const to = desk.values.to[exchange.slot]!
    this.exchange = ''
    if (from === 0 || isAbsent(desk.bytes, from, to, exchange)) return true
    if (to - from > MAX_EXCHANGE_BYTES || !isPlain(desk.bytes, from, to)) return false
    this.exchange = this.#text(desk.bytes, from, to)
    return true
  }

  #text(bytes: Buffer, from: number, to: number): string {
    const found = this.#exchanges.find(bytes, from, to)
    if (found !== undefined) return found
    const text = bytes.toString('latin1', from, to)
    if (this.#exchanges.size < MAX_REMEMBERED) this.#exchanges.add(bytes, from, to, text)
    return text
  }
}

/** The number of a field that is one, or NaN. */
function numberOf(step: Step, { bytes, values }: Desk): number {
  const from = values.from[step.slot]!
  const to = values.to[step.slot]!
  return from === 0 || to - from > LONG_DIGITS + 1 || isAbsent(bytes, from, to, step) ? Number.NaN : integerIn(bytes, from, to, step.rule)
}

/** ASCII without spaces and control characters. */
function isPlain(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! <= SPACE || bytes[at]! >= 0x7f) return false
  return true
}
