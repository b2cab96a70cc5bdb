const half = 9 * 3_600_000_000
const day = 86_400_000_000

/** The beginning of the time in which a moment lies; days are Korean ones. */
const begin = {
  '1s': 'timestamp // 1000000 * 1000000',
  '1m': 'timestamp // 60000000 * 60000000',
  '1d': `(timestamp + ${half}) // ${day} * ${day} - ${half}`,
} as const

const bar = `arg_min(price, timestamp) AS open, max(price) AS high, min(price) AS low, arg_max(price, timestamp) AS close, sum(volume) AS volume,
  sum(price::DECIMAL(18, 1) * volume)::DOUBLE AS turnover, sum(price::DECIMAL(18, 1) * volume)::DOUBLE / sum(volume) AS vwap, count(*) AS trade_count,
  coalesce(sum(volume) FILTER (side = 'buy'), 0) AS buy_volume, coalesce(sum(volume) FILTER (side = 'sell'), 0) AS sell_volume,
  min(timestamp) AS first_at, max(timestamp) AS last_at`

const bars = (period: keyof typeof begin, keys: string) =>
  `SELECT ${begin[period]} AS timestamp, ${keys}, ${bar} FROM trade WHERE venue != 'SOR' AND price IS NOT NULL GROUP BY ALL`
const lastQuotes = (period: keyof typeof begin) =>
  `SELECT ${begin[period]} AS timestamp, symbol, venue, last(best_bid ORDER BY timestamp) AS bid, last(best_bid_size ORDER BY timestamp) AS bid_size,
    last(best_ask ORDER BY timestamp) AS ask, last(best_ask_size ORDER BY timestamp) AS ask_size, count(*) AS quote_count
  FROM order_book WHERE venue != 'SOR' GROUP BY ALL`

/** Rows with what the market did then, from the table of the calendar. */
const withPhase = (table: string) => `${table} t ASOF LEFT JOIN market_phase p ON t.venue = p.venue AND t.timestamp >= p.timestamp`
const trades = (where: string) =>
  `SELECT t.timestamp, t.exchange_time, t.symbol, t.venue, p.phase, t.trading_phase, t.price, t.volume, t.side, t.best_bid AS bid, t.best_ask AS ask, t.cumulative_volume, t.session, t.seq
  FROM ${withPhase('trade')} ${where}`
const levels = ['bid', 'ask'].flatMap(side =>
  [1, 2, 3, 4, 5].flatMap(level => [
    `${side}s[1][${level}] AS ${side}_${level}`,
    `(${side}s[2][${level}])::BIGINT AS ${side}_size_${level}`,
  ]),
)

const brokers = ['buy', 'sell'].flatMap(side =>
  [1, 2, 3, 4, 5].map(place => {
    const column = `${side}_broker_${place}`
    return `SELECT timestamp, symbol, venue, '${side}' AS side, ${place} AS place, ${column} AS broker, ${column}_code AS code, ${column}_volume AS volume,
      ${column}_volume_change AS volume_change, CASE ${column}_marker WHEN 'DHDB' THEN 'foreign' WHEN 'DGDB' THEN 'foreign' WHEN '!!!!' THEN 'domestic' END AS origin
    FROM broker_activity WHERE venue != 'SOR' AND ${column} IS NOT NULL`
  }),
)

const auctionTimes = `(SELECT *, lead(timestamp) OVER (PARTITION BY venue ORDER BY timestamp) AS ends FROM market_phase)`

/** Each view as another database works it out of the tables, under the names of its columns. */
export const expected: Readonly<Record<string, string>> = {
  trades: trades("WHERE t.venue != 'SOR'"),
  trades_all: trades(''),
  quotes: `SELECT t.timestamp, t.exchange_time, t.symbol, t.venue, p.phase, best_bid AS bid, best_bid_size AS bid_size, best_ask AS ask, best_ask_size AS ask_size,
    best_ask - best_bid AS spread, (best_ask + best_bid) / 2 AS mid FROM ${withPhase('order_book')} WHERE t.venue != 'SOR'`,
  quotes_5: `SELECT timestamp, exchange_time, symbol, venue, ${levels.join(', ')} FROM order_book WHERE venue != 'SOR'`,
  ohlcv_1s: bars('1s', 'symbol, venue'),
  ohlcv_1m: bars('1m', 'symbol, venue'),
  ohlcv_1d: bars('1d', 'symbol, venue'),
  ohlcv_1s_consolidated: bars('1s', 'symbol'),
  ohlcv_1m_consolidated: bars('1m', 'symbol'),
  ohlcv_1d_consolidated: bars('1d', 'symbol'),
  bbo_1s: lastQuotes('1s'),
  bbo_1m: lastQuotes('1m'),
  vi_events: `SELECT min(timestamp) AS timestamp, symbol, any_value(name) AS name, vi_trigger_time AS started_at, max(vi_release_time) AS ended_at,
    any_value(CASE vi_type WHEN '1' THEN 'static' WHEN '2' THEN 'dynamic' WHEN '3' THEN 'dynamic and static' END) AS kind,
    any_value(CASE vi_direction WHEN '1' THEN 'up' ELSE 'down' END) AS direction, any_value(vi_trigger_price) AS price,
    any_value(vi_static_reference_price) AS static_reference_price, any_value(vi_dynamic_reference_price) AS dynamic_reference_price,
    any_value(vi_trigger_price_change_rate) AS price_change_rate, vi_trigger_count AS number
  FROM volatility_interruption GROUP BY symbol, vi_trigger_time, vi_trigger_count`,
  auctions: `WITH auction AS (SELECT * FROM ${auctionTimes} WHERE kind = 'auction' AND venue != 'SOR'),
    book AS (SELECT a.timestamp, b.symbol, b.venue, a.phase AS auction, a.ends AS ends_at, arg_max(auction_expected_price, b.timestamp) AS expected_price,
      arg_max(auction_expected_volume, b.timestamp) AS expected_volume, arg_max(net_bid_size, b.timestamp) AS imbalance, max(b.timestamp) AS expected_at
      FROM order_book b JOIN auction a ON b.venue = a.venue AND b.timestamp >= a.timestamp AND b.timestamp < a.ends WHERE auction_expected_price > 0 GROUP BY ALL),
    result AS (SELECT a.timestamp, t.symbol, t.venue, list(t.price ORDER BY t.timestamp)[1] AS price, list(t.volume ORDER BY t.timestamp)[1] AS volume, min(t.timestamp) AS traded_at
      FROM trade t JOIN auction a ON t.venue = a.venue AND t.timestamp >= a.ends - 5000000 AND t.timestamp < a.ends + 300000000 WHERE side IS NULL GROUP BY ALL)
    SELECT book.*, price, volume, traded_at FROM book LEFT JOIN result USING (timestamp, symbol, venue)`,
  program_flow: `SELECT timestamp, exchange_time, symbol, venue, price, program_buy_volume AS buy_volume, program_sell_volume AS sell_volume,
    program_net_buy_volume AS net_volume, program_net_buy_volume_change AS net_volume_change, program_buy_value_krw_million AS buy_value_krw_million,
    program_sell_value_krw_million AS sell_value_krw_million, program_net_buy_value_krw_million AS net_value_krw_million,
    program_net_buy_value_change_krw_million AS net_value_change_krw_million FROM program_trading WHERE venue != 'SOR'`,
  broker_flow: brokers.join(' UNION ALL '),
  etf_premium: `SELECT timestamp, exchange_time, symbol, venue, price, nav, price - nav AS premium, (price - nav) / nav * 100 AS premium_rate,
    nav_price_deviation_rate AS stated_premium_rate, tracking_error_rate FROM etf_nav WHERE venue != 'SOR'`,
}
