import type { Random } from './random.ts'
import type { Pair } from './source.ts'

interface Row {
  readonly type: string
  readonly items: readonly string[]
  /** The weights of all rows up to this one. */
  readonly upTo: number
}

/** What is due next: each type once as soon as it is registered, then at random by the weights of the types; busy items come first in their list. */
export class Schedule {
  readonly #rows: Row[] = []
  readonly #total: number
  readonly #unseen: Row[]

  readonly #keys: ReadonlySet<string>

  /** `seen` holds the types that have had their turn, and grows. The order of `pairs` does not matter. */
  constructor(pairs: readonly Pair[], weightOf: (type: string) => number, seen: Set<string>) {
    this.#keys = new Set(pairs.map(({ type, item }) => type + item))
    let upTo = 0
    for (const [type, items] of [...Map.groupBy(pairs, pair => pair.type)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      upTo += weightOf(type)
      this.#rows.push({ type, items: items.map(pair => pair.item).sort(), upTo })
    }
    this.#total = upTo
    this.#unseen = this.#rows.filter(row => !seen.has(row.type))
    for (const row of this.#rows) seen.add(row.type)
  }

  /** False where nothing is registered. */
  get hasPairs(): boolean {
    return this.#rows.length > 0
  }

  /** Whether a pair is registered. */
  has(type: string, item: string): boolean {
    return this.#keys.has(type + item)
  }

  /** The next pair; only where there are pairs. */
  next(random: Random): Pair {
    const row = this.#unseen.shift() ?? this.#drawn(random)
    return { type: row.type, item: row.items[Math.floor(row.items.length * random.next() * random.next())]! }
  }

  #drawn(random: Random): Row {
    const at = random.next() * this.#total
    let row = 0
    while (row < this.#rows.length - 1 && at >= this.#rows[row]!.upTo) row++
    return this.#rows[row]!
  }
}
