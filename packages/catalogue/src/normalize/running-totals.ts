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
  /** The two exchanges, `KRX to NXT`, where the record before was from another one; empty where it was not. */
  readonly change: string
}

/** What was found where the records of an item went from one exchange to another: how often the total fitted, was greater, was smaller. */
export interface ExchangeChanges {
  fitting: number
  greater: number
  smaller: number
}

/** Items beyond this are not compared. */
const MAX_ITEMS = 10_000
const NOTHING: RunningTotalsState = { items: [], totals: [], exchanges: [], timestamps: [] }

/**
 * Compares the running total of each item with the one before, which must have grown by the record's step. Nothing is compared with an item's first record
 * and over the end of a Korean day. The total of a combined item is that of all exchanges; should it turn out to be that of one, `changes` shows it.
 * Plain lists of numbers: a record that fits allocates nothing, and a snapshot is four copies of a block of memory.
 */
export class RunningTotals {
  /** Changes of exchange that could be compared. */
  readonly changes: ExchangeChanges = { fitting: 0, greater: 0, smaller: 0 }
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
    const last = this.#exchanges[slot]!
    const isChange = exchange !== last && exchange !== '' && last !== ''
    const isComparable = (surplus !== 0 || isChange) && !Number.isNaN(surplus) && this.#isSameDay(slot, timestamp)
    if (isComparable && isChange) this.#noteChange(surplus)
    const change = isChange ? `${last} to ${exchange}` : ''
    const misfit = isComparable && surplus !== 0 ? { surplus, lastTotal, since: this.#timestamps[slot]!, change } : null
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

  #isSameDay(slot: number, timestamp: number): boolean {
    return koreanDay(timestamp) === koreanDay(this.#timestamps[slot]!)
  }

  #noteChange(surplus: number): void {
    if (surplus === 0) this.changes.fitting++
    else if (surplus > 0) this.changes.greater++
    else this.changes.smaller++
  }
}
