/** The venues of a chart; `consolidated` is KRX and NXT together. */
export const chartVenues = ['consolidated', 'KRX', 'NXT'] as const
export type ChartVenue = (typeof chartVenues)[number]

/** Why there is nothing to show, or no answer, and what to do. */
export interface MarketNote {
  readonly problem: string
  readonly remedy: string
}

/** Bars as columns of equal length, in the order of time. */
export interface Bars {
  /** When each begins, seconds since the epoch. */
  readonly at: readonly number[]
  readonly open: readonly number[]
  readonly high: readonly number[]
  readonly low: readonly number[]
  readonly close: readonly number[]
  /** Shares. */
  readonly volume: readonly number[]
}

/** A stretch that a chart marks. */
export interface MarketMark {
  /** `phase` is one besides continuous trading that is no auction, such as the pre-market. */
  readonly kind: 'auction' | 'phase' | 'interruption' | 'gap'
  readonly fromMs: number
  /** The end of what is shown while it lasts. */
  readonly toMs: number
  /** Null for what is of both. */
  readonly venue: string | null
  readonly title: string
  readonly detail: string
}

/** `/market/chart.json`: the bars and the marks that an interval shows of a date. */
export interface ChartAnswer {
  /** Null while QuestDB holds none. */
  readonly symbol: string | null
  readonly name: string | null
  readonly venue: ChartVenue
  readonly interval: string
  /** A Korean date. */
  readonly date: string
  readonly isToday: boolean
  /** The nearest dates with trades of the symbol before and after; today follows the last one. */
  readonly previous: string | null
  readonly next: string | null
  readonly bars: Bars
  readonly marks: readonly MarketMark[]
  readonly note: MarketNote | null
}

/** One price of an order book. Sizes in shares; those of one venue are 0 where only the other has the price. */
export interface BookLevel {
  readonly price: number
  readonly size: number
  readonly krx: number
  readonly nxt: number
}

/** An order book: the best level of each side first. */
export interface BookAnswer {
  /** When it last changed, ms since the epoch. */
  readonly atMs: number
  readonly asks: readonly BookLevel[]
  readonly bids: readonly BookLevel[]
  /** Ask minus bid, below zero in an auction; null where a side is empty. */
  readonly spread: number | null
  /** What each venue does, such as `KRX: continuous`. */
  readonly phases: readonly string[]
}

/** One trade. */
export interface SaleLine {
  readonly atMs: number
  readonly venue: string
  readonly price: number | null
  readonly volume: number | null
  /** The side of the aggressor; null in auctions. */
  readonly side: 'buy' | 'sell' | null
  readonly phase: string | null
}

/** `/market/moment.json`: the book and the last trades at a moment. */
export interface MomentAnswer {
  readonly book: BookAnswer | null
  /** Why there is no book. */
  readonly bookNote: string | null
  /** The newest first. */
  readonly sales: readonly SaleLine[]
}

/** A symbol that a search has found. */
export interface FoundSymbol {
  readonly symbol: string
  readonly name: string | null
  /** Where it is listed, as far as known. */
  readonly market: string | null
}

/** `/market/symbols.json`: what a search has found, the best first. */
export interface SymbolsAnswer {
  readonly symbols: readonly FoundSymbol[]
  readonly note: MarketNote | null
}
