import { koreanDay } from './times.ts'

/** Where the running totals of a session's items stand, as lists whose indexes belong together; a total is null where nothing can be compared. */
export interface RunningTotalsState {
  readonly items: readonly string[]
  readonly totals: readonly (number | null)[]
  readonly exchanges: readonly string[]
  /** Of the last record of the item, µs. */
  readonly timestamps: readonly number[]
}

/** What a record says of its item's running total; NaN where it cannot be read. */
export interface Growth {
  readonly total: number
  readonly step: number
  /** Where the trade took place; empty where that is not said. */
  readonly exchange: string
}

/** A total that is not the last one plus its step. */
export interface Misfit {
  /** By how much it is greater (something was left out) or smaller (it began anew, was corrected, or is older). */
  readonly surplus: number
  readonly lastTotal: number
  /** Timestamp of the item's record before, µs. */
  readonly since: number
}

/** Items beyond this are not compared. */
const MAX_ITEMS = 10_000
const NOTHING: RunningTotalsState = { items: [], totals: [], exchanges: [], timestamps: [] }

/**
 * Compares the running total of each item with the one before, which must have grown by the record's step. Nothing is compared with an item's first record,
 * over the end of a Korean day, and (should the total turn out to be that of one exchange) from one exchange to the other where it does not fit.
 * Plain lists of numbers: a record that fits allocates nothing, and a snapshot is four copies of a block of memory.
 */
export class RunningTotals {
  readonly #slots: Map<string, number>
  readonly #items: string[]
  readonly #totals: number[]
  readonly #exchanges: string[]
  readonly #timestamps: number[]

  constructor({ items, totals, exchanges, timestamps }: RunningTotalsState = NOTHING) {
    this.#slots = new Map(items.map((item, slot) => [item, slot]))
    this.#items = [...items]
    this.#totals = totals.map(total => total ?? Number.NaN)
    this.#exchanges = [...exchanges]
    this.#timestamps = [...timestamps]
  }

  state(): RunningTotalsState {
    return {
      items: this.#items.slice(),
      totals: this.#totals.slice(),
      exchanges: this.#exchanges.slice(),
      timestamps: this.#timestamps.slice(),
    }
  }

  /** Takes the next record of an item; null when it fits, or cannot be compared. */
  next(item: string, { total, step, exchange }: Growth, timestamp: number): Misfit | null {
    const slot = this.#slots.get(item) ?? this.#add(item)
    if (slot === undefined) return null
    const lastTotal = this.#totals[slot]!
    const surplus = total - (lastTotal + step)
    const isMisfit = surplus !== 0 && !Number.isNaN(surplus) && this.#isComparable(slot, exchange, timestamp)
    const misfit = isMisfit ? { surplus, lastTotal, since: this.#timestamps[slot]! } : null
    this.#totals[slot] = Number.isNaN(step) ? Number.NaN : total
    this.#exchanges[slot] = exchange
    this.#timestamps[slot] = timestamp
    return misfit
  }

  /** The item's next record cannot be compared. */
  forget(item: string): void {
    const slot = this.#slots.get(item)
    if (slot !== undefined) this.#totals[slot] = Number.NaN
  }

  #add(item: string): number | undefined {
    const slot = this.#items.length
    if (slot === MAX_ITEMS) return undefined
    this.#slots.set(item, slot)
    this.#items.push(item)
    this.#totals.push(Number.NaN)
    this.#exchanges.push('')
    this.#timestamps.push(0)
    return slot
  }

  #isComparable(slot: number, exchange: string, timestamp: number): boolean {
    const last = this.#exchanges[slot]!
    const isElsewhere = exchange !== last && exchange !== '' && last !== ''
    return !isElsewhere && koreanDay(timestamp) === koreanDay(this.#timestamps[slot]!)
  }
}
