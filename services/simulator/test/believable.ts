import type { TradingVenue } from '@tickhouse/calendar'
import type { Values } from './frames.ts'

/** One item of a frame, and when it came. */
export interface Heard {
  readonly atUs: number
  readonly type: string
  readonly item: string
  readonly values: Values
}

/** A trade as somebody hears it who follows the market. */
export interface HeardTrade extends Heard {
  readonly time: string
  readonly price: number
  readonly volume: number
  readonly signedVolume: string
  readonly side: -1 | 0 | 1
  readonly total: number
  readonly exchange: TradingVenue
  /** At a closing price: no book belongs to it. */
  readonly isFixed: boolean
  /** The last book of the item that was sent before it. */
  readonly book: { readonly bid: number; readonly ask: number } | undefined
}

export interface HeardInterruption {
  readonly symbol: string
  readonly fromUs: number
  readonly toUs: number
  readonly startedAt: string
  readonly releasedAt: string
}

export function hear(bytes: Buffer, atUs: number): Heard[] {
  return JSON.parse(bytes.toString('utf8')).data.map((heard: Omit<Heard, 'atUs'>) => ({ ...heard, atUs }))
}

export function magnitude(text: string | undefined): number {
  return Math.abs(Number(text))
}

/** Seconds since midnight of HHMMSS. */
export function clockOf(text: string): number {
  return Number(text.slice(0, 2)) * 3_600 + Number(text.slice(2, 4)) * 60 + Number(text.slice(4))
}

/** The step between two prices of a share: KRX, since 2023-01-25. */
export function tickOf(price: number): number {
  const table = [
    [2_000, 1],
    [5_000, 5],
    [20_000, 10],
    [50_000, 50],
    [200_000, 100],
    [500_000, 500],
  ] as const
  return table.find(([below]) => price < below)?.[1] ?? 1_000
}

/** Follows the market as its frames come. */
export function listen(heard: readonly Heard[]) {
  const books = new Map<string, { bid: number; ask: number }>()
  const begun = new Map<string, Heard>()
  const trades: HeardTrade[] = []
  const interruptions: HeardInterruption[] = []
  const combinedBooks: (Heard & { readonly exchanges: number })[] = []
  for (const event of heard) {
    const { type, item, values, atUs } = event
    if (type === '0D') {
      books.set(item, { bid: magnitude(values['51']), ask: magnitude(values['41']) })
      const exchanges = [values['6064'], values['6086']].filter(total => total !== '0').length
      if (item.endsWith('_AL')) combinedBooks.push({ ...event, exchanges })
    } else if (type === '0B') trades.push(tradeOf(event, books.get(item)))
    else if (type === '1h' && !item.endsWith('_AL')) {
      const from = begun.get(item)
      if (values['1224'] === '000000') begun.set(item, event)
      else if (from !== undefined)
        interruptions.push({ symbol: item, fromUs: from.atUs, toUs: atUs, startedAt: values['1223']!, releasedAt: values['1224']! })
    }
  }
  return { trades, interruptions, combinedBooks }
}

function tradeOf(event: Heard, book: { readonly bid: number; readonly ask: number } | undefined): HeardTrade {
  const { values } = event
  const signedVolume = values['15']!
  const exchange = values['9081'] as TradingVenue
  const time = values['20']!
  return {
    ...event,
    time,
    price: magnitude(values['10']),
    volume: magnitude(signedVolume),
    signedVolume,
    side: signedVolume.startsWith('+') ? 1 : signedVolume.startsWith('-') ? -1 : 0,
    total: Number(values['13']),
    exchange,
    isFixed: exchange === 'KRX' && (values['290'] === '1' || (values['290'] === '3' && time >= '153500' && time < '160030')),
    book,
  }
}
