import { columnsOf, described, made, ofExchanges, select, type ViewDefinition } from './view.ts'

const of = columnsOf('trade', 't')

/** The phase of the market, as every view that has one takes it. */
export const phase = made(
  'phase',
  'SYMBOL',
  'p.phase',
  'Phase of the venue at that moment, from `market_phase`, such as `opening_auction`, `continuous`, `after_market`; `closed` between phases',
)

const expressions = [
  of('timestamp'),
  of('exchange_time'),
  of('symbol'),
  of('venue'),
  phase,
  of('trading_phase'),
  of('price'),
  of('volume'),
  of('side'),
  of('best_bid', 'bid'),
  of('best_ask', 'ask'),
  of('cumulative_volume'),
  of('session'),
  of('seq'),
]

const withPhase = (rows: string) => `FROM ${rows} t ASOF JOIN market_phase p ON (venue)`

export const trades: ViewDefinition = {
  name: 'trades',
  level: 'basic',
  description:
    'Trades of KRX and NXT, each once, with the phase of the market. Combined items, which repeat the trades of both, are left out.',
  columns: described(expressions),
  select: select(expressions, withPhase(`(trade WHERE ${ofExchanges})`)),
  example: `SELECT timestamp, symbol, venue, phase, price, volume, side
FROM trades WHERE symbol = '005930' AND timestamp IN today('Asia/Seoul') LIMIT -5;`,
}

export const tradesAll: ViewDefinition = {
  name: 'trades_all',
  level: 'basic',
  description: 'The same with combined items (`SOR`), for those who registered nothing else. Sums over all venues count trades twice here.',
  columns: described(expressions),
  select: select(expressions, withPhase('trade')),
  example: `SELECT venue, count() AS trades, sum(volume) AS shares
FROM trades_all WHERE timestamp IN today('Asia/Seoul') ORDER BY venue;`,
}
