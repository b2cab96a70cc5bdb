import { Instrument } from './instrument.ts'
import { Random } from './random.ts'
import { Tape } from './tape.ts'

/** One item of a frame: its code as sent, and its values as a JSON object (Latin-1, see `text.ts`). */
export interface Made {
  readonly item: string
  readonly values: string
}

/** Makes what one event of a registered item sends: one or more frames of one or more items each. `time` is HHMMSS. */
export type Maker = (item: string, time: string) => readonly (readonly Made[])[]

/** A maker that sends one frame with one item, which is the registered one. */
export function single(values: (item: string, time: string) => string): Maker {
  return (item, time) => [[{ item, values: values(item, time) }]]
}

/** Everything the makers share: stocks, tapes, and the one source of chance. */
export class World {
  readonly seed: number
  readonly random: Random
  /** Bare codes of the stocks that are registered, for makers whose items are not; never empty. */
  stocks: readonly string[] = ['005930']
  readonly #instruments = new Map<string, Instrument>()
  readonly #tapes = new Map<string, Tape>()

  constructor(seed: number) {
    this.seed = seed
    this.random = new Random(seed)
  }

  /** The stock of an item, with or without suffix. */
  instrument(item: string): Instrument {
    const symbol = bare(item)
    return remembered(this.#instruments, symbol, () => new Instrument(symbol, this.seed))
  }

  /** The totals of one item. */
  tape(item: string): Tape {
    return remembered(this.#tapes, item, () => new Tape(item, this.instrument(item), this.seed))
  }
}

/** The code without its exchange. */
export function bare(item: string): string {
  return item.endsWith('_NX') || item.endsWith('_AL') ? item.slice(0, -3) : item
}

/** What the map holds, made on first use. */
export function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
