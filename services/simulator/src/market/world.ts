import { type SimulatedHours, sessionCodeOf } from './hours.ts'
import type { View } from './listing.ts'
import { Random } from './random.ts'
import { Stock, type Surroundings } from './stock.ts'

/** One item of a frame: its code as sent, and its values as a JSON object (Latin-1, see `text.ts`). */
export interface Made {
  readonly item: string
  readonly values: string
}

/** A frame to be sent to those who registered its type with an item; that of a market-wide type is `""`. */
export interface Sent {
  readonly type: string
  readonly item: string
  readonly made: readonly Made[]
}

/** Makes what one event of a registered item sends: none, one or more frames. `time` is HHMMSS. */
export type Maker = (item: string, time: string) => readonly Sent[]

/** A maker that sends one frame with one item, which is the registered one; null sends nothing. */
export function single(type: string, values: (item: string, time: string) => string | null): Maker {
  return (item, time) => {
    const made = values(item, time)
    return made === null ? [] : [{ type, item, made: [{ item, values: made }] }]
  }
}

/** Everything the makers share: stocks, hours, and the one source of chance. */
export class World implements Surroundings {
  readonly seed: number
  readonly hours: SimulatedHours
  readonly random: Random
  /** See `Surroundings`; the market sets them. */
  seconds = 0
  /** The clock, and how many seconds of trading a frame is. */
  clockMs = 0
  secondsPerFrame = 0
  size = 1
  haste = 0.85
  /** Types with their items, as they are registered. */
  registered: ReadonlySet<string> = new Set()
  /** Bare codes of the stocks that are registered, for makers whose items are not; never empty. */
  stocks: readonly string[] = ['005930']
  /** Stocks whose trades are registered. */
  traded: readonly Stock[] = []
  /** When auctions end, the next one first. */
  readonly ends: { readonly stock: Stock; readonly atS: number }[] = []
  readonly #stocks = new Map<string, Stock>()
  /** The same by items. */
  readonly #stockOf = new Map<string, Stock>()

  constructor(seed: number, hours: SimulatedHours) {
    this.seed = seed
    this.hours = hours
    this.random = new Random(seed)
  }

  /** The stock of an item, with or without suffix. */
  stock(item: string): Stock {
    return this.#stockOf.get(item) ?? this.#find(item)
  }

  /** An item as it is sent. */
  view(item: string): View {
    const stock = this.stock(item)
    return item === stock.krx.item ? stock.krx : item === stock.nxt.item ? stock.nxt : stock.both
  }

  #find(item: string): Stock {
    const symbol = bare(item)
    const stock = remembered(this.#stocks, symbol, () => new Stock(symbol, this))
    this.#stockOf.set(item, stock)
    return stock
  }

  /** Whether the Korea Exchange is in its regular session, auctions included. */
  get isRegular(): boolean {
    const { kind, phase } = this.hours.states.KRX
    return kind !== 'closed' && sessionCodeOf(phase) === '2'
  }

  /** Whether anything trades. */
  get isTrading(): boolean {
    const { KRX, NXT } = this.hours.states
    return KRX.kind !== 'closed' || NXT.kind !== 'closed'
  }

  /** Every stock so far. */
  get all(): Iterable<Stock> {
    return this.#stocks.values()
  }

  /** Begins a day: nothing has traded. */
  beginDay(): void {
    this.#stocks.clear()
    this.#stockOf.clear()
    this.ends.length = 0
  }

  /** Tells what is registered of stocks: types with items, as distinct pairs. */
  register(pairs: readonly { readonly type: string; readonly item: string }[]): void {
    this.registered = new Set(pairs.map(({ type, item }) => type + item))
    const codes = [...new Set(pairs.map(({ item }) => bare(item)))].filter(code => /^[0-9A-Z]+$/.test(code)).sort()
    this.stocks = codes.length === 0 ? ['005930'] : codes
    for (const stock of this.all)
      for (const view of [stock.krx, stock.nxt, stock.both]) view.isRegistered = view.wantsTrades = view.wantsBook = false
    // In an order of their own, so that chance does not depend on that of the registrations.
    for (const symbol of new Set(pairs.map(({ item }) => bare(item)).sort())) this.stock(symbol)
    for (const { type, item } of pairs) {
      const view = this.view(item)
      view.isRegistered = true
      if (type === '0B') view.wantsTrades = true
      if (type === '0D') view.wantsBook = true
    }
    for (const stock of this.all) {
      for (const listing of [stock.krx, stock.nxt]) listing.isVisible = listing.isRegistered || stock.both.isRegistered
      stock.settle()
    }
    this.traded = this.stocks.map(symbol => this.stock(symbol)).filter(({ krx, both }) => krx.wantsTrades || both.wantsTrades)
  }

  endsAt(stock: Stock, atS: number): void {
    this.ends.push({ stock, atS })
    this.ends.sort((a, b) => a.atS - b.atS)
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
