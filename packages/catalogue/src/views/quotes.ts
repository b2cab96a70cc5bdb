import { phase } from './trades.ts'
import { columnsOf, described, type Expression, made, ofExchanges, select, type ViewDefinition } from './view.ts'

const of = columnsOf('order_book', 'b')
const krw = { unit: 'KRW' }
const share = { unit: 'share' }

const expressions = [
  of('timestamp'),
  of('exchange_time'),
  of('symbol'),
  of('venue'),
  phase,
  of('best_bid', 'bid'),
  of('best_bid_size', 'bid_size'),
  of('best_ask', 'ask'),
  of('best_ask_size', 'ask_size'),
  made('spread', 'DOUBLE', 'b.best_ask - b.best_bid', 'Ask minus bid; below zero while an auction gathers orders', krw),
  made('mid', 'DOUBLE', '(b.best_bid + b.best_ask) / 2', 'The middle of bid and ask; null where one of them is missing', krw),
]

export const quotes: ViewDefinition = {
  name: 'quotes',
  level: 'basic',
  description: 'Best bid and best ask of each venue with their sizes: one row per change of an order book of KRX or NXT.',
  columns: described(expressions),
  select: select(expressions, `FROM (order_book WHERE ${ofExchanges}) b ASOF JOIN market_phase p ON (venue)`),
  example: `SELECT timestamp, symbol, venue, bid, bid_size, ask, ask_size, spread
FROM quotes WHERE symbol = '005930' AND timestamp IN today('Asia/Seoul') LIMIT -5;`,
}

const sides = { bid: 'bids', ask: 'asks' } as const

function levelsOf(side: 'bid' | 'ask'): Expression[] {
  return [1, 2, 3, 4, 5].flatMap(level => [
    made(
      `${side}_${level}`,
      'DOUBLE',
      `${sides[side]}[1][${level}]`,
      `Price of ${side} level ${level}; null where the level is empty`,
      krw,
    ),
    made(`${side}_size_${level}`, 'LONG', `${sides[side]}[2][${level}]::long`, `Shares waiting at ${side} level ${level}`, share),
  ])
}

const bare = columnsOf('order_book')
const fiveLevels = [...['timestamp', 'exchange_time', 'symbol', 'venue'].map(name => bare(name)), ...levelsOf('bid'), ...levelsOf('ask')]

export const quotes5: ViewDefinition = {
  name: 'quotes_5',
  level: 'basic',
  description: 'Five levels of each order book of KRX and NXT as plain columns, for clients that cannot read arrays.',
  columns: described(fiveLevels),
  select: select(fiveLevels, `FROM order_book WHERE ${ofExchanges}`),
  example: `SELECT timestamp, symbol, venue, bid_2, bid_1, ask_1, ask_2
FROM quotes_5 WHERE symbol = '005930' AND timestamp IN today('Asia/Seoul') LIMIT -5;`,
}
