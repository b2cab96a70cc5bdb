import { columnsOf, described, type Expression, type Materialization, made, ofExchanges, select, type ViewDefinition } from './view.ts'

const krw = { unit: 'KRW' }
const share = { unit: 'share' }

/** How long a bar lasts, and from which bars it is made. */
interface Period {
  readonly name: '1s' | '1m' | '1d'
  readonly word: string
  readonly from?: '1s' | '1m'
  readonly sampleBy: string
  readonly partitionBy: Materialization['partitionBy']
}

const second: Period = { name: '1s', word: 'second', sampleBy: 'SAMPLE BY 1s', partitionBy: 'DAY' }
const minute: Period = { name: '1m', word: 'minute', from: '1s', sampleBy: 'SAMPLE BY 1m', partitionBy: 'MONTH' }
const day: Period = {
  name: '1d',
  word: 'Korean day',
  from: '1m',
  sampleBy: "SAMPLE BY 1d ALIGN TO CALENDAR TIME ZONE 'Asia/Seoul'",
  partitionBy: 'YEAR',
}

const ofTrade = columnsOf('trade')
const ofBook = columnsOf('order_book')
const begin = ({ word }: Period) => made('timestamp', 'TIMESTAMP', 'timestamp', `When the ${word} begins`)
/** A trade without a price would make a bar without one. */
const priced = `WHERE ${ofExchanges} AND price IS NOT NULL`

/** What a bar holds: made from trades, or from shorter bars. */
function figures(source: 'trades' | 'bars' | 'venues'): Expression[] {
  const fromTrades = source === 'trades'
  const pick = (trade: string, bar: string) => (fromTrades ? trade : bar)
  const [first, last] = source === 'venues' ? ['arg_min(open, first_at)', 'arg_max(close, last_at)'] : ['first(open)', 'last(close)']
  const turnover = pick('sum(price * volume)', 'sum(turnover)')
  return [
    made('open', 'DOUBLE', pick('first(price)', first!), 'Price of the first trade', krw),
    made('high', 'DOUBLE', pick('max(price)', 'max(high)'), 'Highest price', krw),
    made('low', 'DOUBLE', pick('min(price)', 'min(low)'), 'Lowest price', krw),
    made('close', 'DOUBLE', pick('last(price)', last!), 'Price of the last trade', krw),
    made('volume', 'LONG', 'sum(volume)', 'Shares traded', share),
    made('turnover', 'DOUBLE', turnover, 'Value traded: price times volume, added up', krw),
    made('vwap', 'DOUBLE', `${turnover} / sum(volume)`, 'Average price, weighted by volume: `turnover` / `volume`', krw),
    made('trade_count', 'LONG', pick('count()', 'sum(trade_count)'), 'Number of trades', { unit: 'count' }),
    made(
      'buy_volume',
      'LONG',
      pick("sum(CASE WHEN side = 'buy' THEN volume ELSE 0 END)", 'sum(buy_volume)'),
      'Shares of which the buyer was the aggressor',
      share,
    ),
    made(
      'sell_volume',
      'LONG',
      pick("sum(CASE WHEN side = 'sell' THEN volume ELSE 0 END)", 'sum(sell_volume)'),
      'Shares of which the seller was the aggressor; `volume` has those without a side besides, of auctions',
      share,
    ),
    made('first_at', 'TIMESTAMP', pick('min(timestamp)', 'min(first_at)'), 'Capture time of the first trade'),
    made('last_at', 'TIMESTAMP', pick('max(timestamp)', 'max(last_at)'), 'Capture time of the last trade'),
  ]
}

const exampleOf = (name: string, columns: string, when: string) => `SELECT ${columns}
FROM ${name} WHERE symbol = '005930' AND timestamp IN ${when};`

const today = "today('Asia/Seoul')"

/** The bars of each venue, each from the shorter ones. */
function bars(period: Period): ViewDefinition {
  const name = `ohlcv_${period.name}`
  const base = period.from === undefined ? 'trade' : `ohlcv_${period.from}`
  const expressions = [begin(period), ofTrade('symbol'), ofTrade('venue'), ...figures(period.from === undefined ? 'trades' : 'bars')]
  return {
    name,
    level: 'all',
    description: `Bars of each ${period.word} with a trade, per symbol and venue (KRX and NXT). They hold every trade that has a price, those before and after regular hours, too.`,
    columns: described(expressions),
    select: select(expressions, `FROM ${base} ${period.from === undefined ? `${priced} ` : ''}${period.sampleBy}`),
    materialized: {
      base,
      refresh: period.from === undefined ? 'EVERY 1m' : 'IMMEDIATE',
      partitionBy: period.partitionBy,
      oldest: oldestTrade(name),
    },
    example: exampleOf(name, 'timestamp, venue, open, high, low, close, volume, vwap', today),
  }
}

/** The bars of both venues together, from those of each: a query that names a symbol and a time reads only their bars. */
function consolidated(period: Period): ViewDefinition {
  const name = `ohlcv_${period.name}_consolidated`
  const expressions = [begin(period), ofTrade('symbol'), ...figures('venues')]
  return {
    name,
    level: 'all',
    description: `Bars of each ${period.word} with a trade, per symbol, over KRX and NXT together.`,
    columns: described(expressions),
    select: select(expressions, `FROM ohlcv_${period.name} GROUP BY timestamp, symbol ORDER BY timestamp`),
    example: exampleOf(name, 'timestamp, open, high, low, close, volume, vwap, buy_volume, sell_volume', today),
  }
}

function oldestTrade(name: string): Materialization['oldest'] {
  return { kept: `SELECT min(first_at) AS oldest FROM ${name}`, source: `SELECT timestamp AS oldest FROM trade ${priced} LIMIT 1` }
}

/** The last quote of each venue in a period. */
function lastQuotes(period: Period): ViewDefinition {
  const name = `bbo_${period.name}`
  const base = period.from === undefined ? 'order_book' : `bbo_${period.from}`
  const lastOf = (name: string, column: string) => {
    const { sql: _, ...definition } = ofBook(column, name)
    return { ...definition, sql: `last(${period.from === undefined ? column : name})` }
  }
  const expressions = [
    begin(period),
    ofBook('symbol'),
    ofBook('venue'),
    lastOf('bid', 'best_bid'),
    lastOf('bid_size', 'best_bid_size'),
    lastOf('ask', 'best_ask'),
    lastOf('ask_size', 'best_ask_size'),
    made('quote_count', 'LONG', period.from === undefined ? 'count()' : 'sum(quote_count)', 'Changes of the book in this time', {
      unit: 'count',
    }),
  ]
  return {
    name,
    level: 'all',
    description: `Best bid and best ask at the end of each ${period.word} in which the book changed, per symbol and venue (KRX and NXT).`,
    columns: described(expressions),
    select: select(expressions, `FROM ${base} ${period.from === undefined ? `WHERE ${ofExchanges} ` : ''}${period.sampleBy}`),
    materialized: {
      base,
      refresh: period.from === undefined ? 'EVERY 1m' : 'IMMEDIATE',
      partitionBy: period.partitionBy,
      oldest: {
        kept: `SELECT timestamp AS oldest FROM ${name} LIMIT 1`,
        source: `SELECT timestamp_floor('${period.name}', timestamp) AS oldest FROM order_book WHERE ${ofExchanges} LIMIT 1`,
      },
    },
    example: exampleOf(name, 'timestamp, venue, bid, bid_size, ask, ask_size', today),
  }
}

const periods = [second, minute, day]

/** In the order in which each follows from those before it. */
export const barViews: readonly ViewDefinition[] = [...periods.map(bars), ...periods.map(consolidated), ...[second, minute].map(lastQuotes)]
