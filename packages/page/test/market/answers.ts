import { momentOf } from '@tickhouse/calendar'
import type { ChartAnswer, ChartVenue, MarketMark, MomentAnswer } from '../../src/market/answers.ts'
import type { AnswerMarket } from '../../src/serve/serve-page.ts'

export const date = '2026-11-27'
const startMs = momentOf(date, '09:00') / 1000
const minuteMs = 60_000

/** An hour of bars of five minutes, in which a volatility interruption and a gap lie. */
export function chartOf(more: Partial<ChartAnswer> = {}): ChartAnswer {
  const at = [0, 1, 2, 3, 8, 9, 10, 11].map(index => startMs / 1000 + index * 300)
  const close = at.map((_, index) => 71_000 + index * 100)
  return {
    symbol: '005930',
    name: '삼성전자',
    venue: 'consolidated',
    interval: '5m',
    date,
    isToday: false,
    previous: '2026-11-26',
    next: '2026-11-30',
    bars: {
      at,
      open: close.map(price => price - 50),
      high: close.map(price => price + 100),
      low: close.map(price => price - 100),
      close,
      volume: at.map(() => 1_234),
    },
    marks: [
      mark('auction', -30, 0, 'KRX', 'opening auction'),
      mark('interruption', 15, 17, null, 'volatility interruption 1 up'),
      mark('gap', 20, 40, null, 'gap: disconnected'),
    ],
    note: null,
    ...more,
  }
}

function mark(kind: MarketMark['kind'], from: number, to: number, venue: string | null, title: string): MarketMark {
  return { kind, fromMs: startMs + from * minuteMs, toMs: startMs + to * minuteMs, venue, title, detail: 'why' }
}

/** A book of two levels, and two trades. */
export function momentOfMarket(more: Partial<MomentAnswer> = {}): MomentAnswer {
  const level = (price: number, krx: number, nxt: number) => ({ price, size: krx + nxt, krx, nxt })
  return {
    book: {
      atMs: startMs,
      asks: [level(71_100, 10, 2), level(71_200, 20, 0)],
      bids: [level(71_000, 5, 0), level(70_900, 0, 7)],
      spread: 100,
      phases: ['KRX: continuous', 'NXT: continuous'],
    },
    bookNote: null,
    sales: [
      { atMs: startMs + 2_000, venue: 'KRX', price: 71_100, volume: 3, side: 'buy', phase: 'continuous' },
      { atMs: startMs + 1_000, venue: 'NXT', price: 71_000, volume: 4, side: 'sell', phase: 'continuous' },
      { atMs: startMs, venue: 'KRX', price: 71_000, volume: 5, side: null, phase: 'opening_auction' },
    ],
    ...more,
  }
}

/** A market that answers with these, and keeps the questions that it was asked, such as `chart.json?interval=1m`. */
export function marketOf(chart: (params: URLSearchParams) => object = () => chartOf(), status = () => 200) {
  const asked: string[] = []
  const answer: AnswerMarket = async (path, params) => {
    asked.push(`${path.slice('/market/'.length)}?${params}`)
    if (status() !== 200)
      return { status: status(), body: { note: { problem: 'QuestDB at http://q cannot be reached.', remedy: 'Look.' } } }
    if (path.endsWith('chart.json')) return { status: 200, body: chart(params) }
    if (path.endsWith('moment.json')) return { status: 200, body: momentOfMarket() }
    const symbols = [
      { symbol: '005930', name: '삼성전자', market: 'KOSPI' },
      { symbol: '000660', name: hostile, market: null },
    ]
    return { status: 200, body: { symbols, note: null } }
  }
  return { asked, answer }
}

/** What the server chooses, and what was asked of it. */
export function asAsked(params: URLSearchParams): ChartAnswer {
  const { symbol, ...chosen } = Object.fromEntries(params)
  return chartOf({
    ...chosen,
    venue: (chosen['venue'] ?? 'consolidated') as ChartVenue,
    ...(symbol && { symbol, name: symbol === '005930' ? '삼성전자' : hostile }),
  })
}

/** A name that would run, turn the line round, clear a screen and fill the page. */
export const hostile = `\u202e<img src=x onerror="document.title='owned'"><b id=forged>\u001b[2J${'N'.repeat(5_000)}`
