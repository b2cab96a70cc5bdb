CREATE OR REPLACE VIEW trades AS (/* tickhouse */
SELECT
  t.timestamp,
  t.exchange_time,
  t.symbol,
  t.venue,
  p.phase,
  t.trading_phase,
  t.price,
  t.volume,
  t.side,
  t.best_bid AS bid,
  t.best_ask AS ask,
  t.cumulative_volume,
  t.session,
  t.seq
FROM (trade WHERE venue IN ('KRX', 'NXT')) t ASOF JOIN market_phase p ON (venue)
);

CREATE OR REPLACE VIEW trades_all AS (/* tickhouse */
SELECT
  t.timestamp,
  t.exchange_time,
  t.symbol,
  t.venue,
  p.phase,
  t.trading_phase,
  t.price,
  t.volume,
  t.side,
  t.best_bid AS bid,
  t.best_ask AS ask,
  t.cumulative_volume,
  t.session,
  t.seq
FROM trade t ASOF JOIN market_phase p ON (venue)
);

CREATE OR REPLACE VIEW quotes AS (/* tickhouse */
SELECT
  b.timestamp,
  b.exchange_time,
  b.symbol,
  b.venue,
  p.phase,
  b.best_bid AS bid,
  b.best_bid_size AS bid_size,
  b.best_ask AS ask,
  b.best_ask_size AS ask_size,
  b.best_ask - b.best_bid AS spread,
  (b.best_bid + b.best_ask) / 2 AS mid
FROM (order_book WHERE venue IN ('KRX', 'NXT')) b ASOF JOIN market_phase p ON (venue)
);

CREATE OR REPLACE VIEW quotes_5 AS (/* tickhouse */
SELECT
  timestamp,
  exchange_time,
  symbol,
  venue,
  bids[1][1] AS bid_1,
  bids[2][1]::long AS bid_size_1,
  bids[1][2] AS bid_2,
  bids[2][2]::long AS bid_size_2,
  bids[1][3] AS bid_3,
  bids[2][3]::long AS bid_size_3,
  bids[1][4] AS bid_4,
  bids[2][4]::long AS bid_size_4,
  bids[1][5] AS bid_5,
  bids[2][5]::long AS bid_size_5,
  asks[1][1] AS ask_1,
  asks[2][1]::long AS ask_size_1,
  asks[1][2] AS ask_2,
  asks[2][2]::long AS ask_size_2,
  asks[1][3] AS ask_3,
  asks[2][3]::long AS ask_size_3,
  asks[1][4] AS ask_4,
  asks[2][4]::long AS ask_size_4,
  asks[1][5] AS ask_5,
  asks[2][5]::long AS ask_size_5
FROM order_book WHERE venue IN ('KRX', 'NXT')
);

CREATE OR REPLACE VIEW nbbo AS (/* tickhouse */
DECLARE OVERRIDABLE @time := '1970-01-01;200y'
SELECT
  timestamp,
  symbol,
  venue,
  bid,
  CASE WHEN bid IS NOT NULL THEN CASE WHEN krx_bid = bid THEN coalesce(krx_bid_size, 0) ELSE 0 END + CASE WHEN nxt_bid = bid THEN coalesce(nxt_bid_size, 0) ELSE 0 END END AS bid_size,
  CASE WHEN bid IS NULL THEN NULL WHEN krx_bid = nxt_bid THEN 'both' WHEN krx_bid = bid THEN 'KRX' ELSE 'NXT' END AS bid_venue,
  ask,
  CASE WHEN ask IS NOT NULL THEN CASE WHEN krx_ask = ask THEN coalesce(krx_ask_size, 0) ELSE 0 END + CASE WHEN nxt_ask = ask THEN coalesce(nxt_ask_size, 0) ELSE 0 END END AS ask_size,
  CASE WHEN ask IS NULL THEN NULL WHEN krx_ask = nxt_ask THEN 'both' WHEN krx_ask = ask THEN 'KRX' ELSE 'NXT' END AS ask_venue,
  ask - bid AS spread,
  (bid + ask) / 2 AS mid,
  CASE WHEN bid IS NULL OR ask IS NULL THEN NULL WHEN bid > ask THEN 'crossed' WHEN bid < ask THEN 'normal' ELSE 'locked' END AS state,
  krx_bid,
  krx_ask,
  nxt_bid,
  nxt_ask
FROM (SELECT *, greatest(krx_bid, nxt_bid) AS bid, least(krx_ask, nxt_ask) AS ask FROM (SELECT b.timestamp, b.symbol, b.venue,
    CASE
      WHEN b.venue = 'KRX' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_bid
      WHEN b.venue != 'KRX' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_bid
    END AS krx_bid,
    CASE
      WHEN b.venue = 'KRX' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_bid_size
      WHEN b.venue != 'KRX' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_bid_size
    END AS krx_bid_size,
    CASE
      WHEN b.venue = 'KRX' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_ask
      WHEN b.venue != 'KRX' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_ask
    END AS krx_ask,
    CASE
      WHEN b.venue = 'KRX' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_ask_size
      WHEN b.venue != 'KRX' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_ask_size
    END AS krx_ask_size,
    CASE
      WHEN b.venue = 'NXT' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_bid
      WHEN b.venue != 'NXT' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_bid
    END AS nxt_bid,
    CASE
      WHEN b.venue = 'NXT' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_bid_size
      WHEN b.venue != 'NXT' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_bid_size
    END AS nxt_bid_size,
    CASE
      WHEN b.venue = 'NXT' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_ask
      WHEN b.venue != 'NXT' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_ask
    END AS nxt_ask,
    CASE
      WHEN b.venue = 'NXT' AND coalesce(p.kind, 'none') != 'auction' THEN b.best_ask_size
      WHEN b.venue != 'NXT' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND date_trunc('day', dateadd('h', 9, o.timestamp)) = date_trunc('day', dateadd('h', 9, b.timestamp)) THEN o.best_ask_size
    END AS nxt_ask_size
  FROM (SELECT timestamp, symbol, venue, best_bid, best_bid_size, best_ask, best_ask_size FROM order_book WHERE venue IN ('KRX', 'NXT') AND timestamp IN @time) b
  ASOF JOIN (SELECT timestamp, symbol, CASE venue WHEN 'KRX' THEN 'NXT' ELSE 'KRX' END AS venue, best_bid, best_bid_size, best_ask, best_ask_size FROM order_book WHERE venue IN ('KRX', 'NXT') AND timestamp IN @time) o ON (symbol, venue)
  ASOF JOIN market_phase p ON (b.venue = p.venue)
  ASOF JOIN (SELECT timestamp, CASE venue WHEN 'KRX' THEN 'NXT' ELSE 'KRX' END AS venue, kind FROM market_phase WHERE venue IN ('KRX', 'NXT')) q ON (b.venue = q.venue)))
);

CREATE MATERIALIZED VIEW ohlcv_1s WITH BASE 'trade' REFRESH EVERY 1m AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  venue,
  first(price) AS open,
  max(price) AS high,
  min(price) AS low,
  last(price) AS close,
  sum(volume) AS volume,
  sum(price * volume) AS turnover,
  sum(price * volume) / sum(volume) AS vwap,
  count() AS trade_count,
  sum(CASE WHEN side = 'buy' THEN volume ELSE 0 END) AS buy_volume,
  sum(CASE WHEN side = 'sell' THEN volume ELSE 0 END) AS sell_volume,
  min(timestamp) AS first_at,
  max(timestamp) AS last_at
FROM trade WHERE venue IN ('KRX', 'NXT') AND price IS NOT NULL SAMPLE BY 1s
) PARTITION BY DAY;

CREATE MATERIALIZED VIEW ohlcv_1m WITH BASE 'ohlcv_1s' REFRESH IMMEDIATE AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  venue,
  first(open) AS open,
  max(high) AS high,
  min(low) AS low,
  last(close) AS close,
  sum(volume) AS volume,
  sum(turnover) AS turnover,
  sum(turnover) / sum(volume) AS vwap,
  sum(trade_count) AS trade_count,
  sum(buy_volume) AS buy_volume,
  sum(sell_volume) AS sell_volume,
  min(first_at) AS first_at,
  max(last_at) AS last_at
FROM ohlcv_1s SAMPLE BY 1m
) PARTITION BY MONTH;

CREATE MATERIALIZED VIEW ohlcv_1d WITH BASE 'ohlcv_1m' REFRESH IMMEDIATE AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  venue,
  first(open) AS open,
  max(high) AS high,
  min(low) AS low,
  last(close) AS close,
  sum(volume) AS volume,
  sum(turnover) AS turnover,
  sum(turnover) / sum(volume) AS vwap,
  sum(trade_count) AS trade_count,
  sum(buy_volume) AS buy_volume,
  sum(sell_volume) AS sell_volume,
  min(first_at) AS first_at,
  max(last_at) AS last_at
FROM ohlcv_1m SAMPLE BY 1d ALIGN TO CALENDAR TIME ZONE 'Asia/Seoul'
) PARTITION BY YEAR;

CREATE OR REPLACE VIEW ohlcv_1s_consolidated AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  arg_min(open, first_at) AS open,
  max(high) AS high,
  min(low) AS low,
  arg_max(close, last_at) AS close,
  sum(volume) AS volume,
  sum(turnover) AS turnover,
  sum(turnover) / sum(volume) AS vwap,
  sum(trade_count) AS trade_count,
  sum(buy_volume) AS buy_volume,
  sum(sell_volume) AS sell_volume,
  min(first_at) AS first_at,
  max(last_at) AS last_at
FROM ohlcv_1s GROUP BY timestamp, symbol ORDER BY timestamp
);

CREATE OR REPLACE VIEW ohlcv_1m_consolidated AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  arg_min(open, first_at) AS open,
  max(high) AS high,
  min(low) AS low,
  arg_max(close, last_at) AS close,
  sum(volume) AS volume,
  sum(turnover) AS turnover,
  sum(turnover) / sum(volume) AS vwap,
  sum(trade_count) AS trade_count,
  sum(buy_volume) AS buy_volume,
  sum(sell_volume) AS sell_volume,
  min(first_at) AS first_at,
  max(last_at) AS last_at
FROM ohlcv_1m GROUP BY timestamp, symbol ORDER BY timestamp
);

CREATE OR REPLACE VIEW ohlcv_1d_consolidated AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  arg_min(open, first_at) AS open,
  max(high) AS high,
  min(low) AS low,
  arg_max(close, last_at) AS close,
  sum(volume) AS volume,
  sum(turnover) AS turnover,
  sum(turnover) / sum(volume) AS vwap,
  sum(trade_count) AS trade_count,
  sum(buy_volume) AS buy_volume,
  sum(sell_volume) AS sell_volume,
  min(first_at) AS first_at,
  max(last_at) AS last_at
FROM ohlcv_1d GROUP BY timestamp, symbol ORDER BY timestamp
);

CREATE MATERIALIZED VIEW bbo_1s WITH BASE 'order_book' REFRESH EVERY 1m AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  venue,
  last(best_bid) AS bid,
  last(best_bid_size) AS bid_size,
  last(best_ask) AS ask,
  last(best_ask_size) AS ask_size,
  count() AS quote_count
FROM order_book WHERE venue IN ('KRX', 'NXT') SAMPLE BY 1s
) PARTITION BY DAY;

CREATE MATERIALIZED VIEW bbo_1m WITH BASE 'bbo_1s' REFRESH IMMEDIATE AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  venue,
  last(bid) AS bid,
  last(bid_size) AS bid_size,
  last(ask) AS ask,
  last(ask_size) AS ask_size,
  sum(quote_count) AS quote_count
FROM bbo_1s SAMPLE BY 1m
) PARTITION BY MONTH;

CREATE OR REPLACE VIEW vi_events AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  name,
  vi_trigger_time AS started_at,
  vi_release_time AS ended_at,
  CASE vi_type WHEN '1' THEN 'static' WHEN '2' THEN 'dynamic' WHEN '3' THEN 'dynamic and static' WHEN '4' THEN 'extended (seen by others)' END AS kind,
  CASE vi_direction WHEN '1' THEN 'up' WHEN '2' THEN 'down' END AS direction,
  vi_trigger_price AS price,
  vi_static_reference_price AS static_reference_price,
  vi_dynamic_reference_price AS dynamic_reference_price,
  vi_trigger_price_change_rate AS price_change_rate,
  vi_trigger_count AS number
FROM (
SELECT min(timestamp) AS timestamp, symbol, vi_trigger_time, vi_trigger_count, max(vi_release_time) AS vi_release_time,
  last_not_null(name) AS name, last_not_null(vi_type) AS vi_type, last_not_null(vi_direction) AS vi_direction, last_not_null(vi_trigger_price) AS vi_trigger_price, last_not_null(vi_static_reference_price) AS vi_static_reference_price, last_not_null(vi_dynamic_reference_price) AS vi_dynamic_reference_price, last_not_null(vi_trigger_price_change_rate) AS vi_trigger_price_change_rate
FROM volatility_interruption GROUP BY symbol, vi_trigger_time, vi_trigger_count
) ORDER BY timestamp
);

CREATE OR REPLACE VIEW auctions AS (/* tickhouse */
DECLARE OVERRIDABLE @time := '1970-01-01;200y'
SELECT
  e.began AS timestamp,
  e.symbol,
  e.venue,
  e.phase AS auction,
  e.ends AS ends_at,
  e.expected_price,
  e.expected_volume,
  e.imbalance,
  e.expected_at,
  r.price,
  r.volume,
  r.traded_at
FROM (
  SELECT a.began, b.symbol, b.venue, a.phase, a.ends, last(b.auction_expected_price) AS expected_price, last(b.auction_expected_volume) AS expected_volume,
    last(b.net_bid_size) AS imbalance, max(b.timestamp) AS expected_at
  FROM (SELECT * FROM order_book WHERE venue IN ('KRX', 'NXT') AND timestamp IN @time AND auction_expected_price > 0) b ASOF JOIN (SELECT timestamp, timestamp AS began, venue, phase, ends FROM (SELECT timestamp, venue, phase, kind, lead(timestamp) OVER (PARTITION BY venue ORDER BY timestamp) AS ends FROM market_phase) WHERE kind = 'auction') a ON (venue)
  WHERE b.timestamp < a.ends GROUP BY a.began, b.symbol, b.venue, a.phase, a.ends
) e LEFT JOIN (
  SELECT a.began, t.symbol, t.venue, first(t.price) AS price, first(t.volume) AS volume, min(t.timestamp) AS traded_at
  FROM (SELECT * FROM trade WHERE venue IN ('KRX', 'NXT') AND timestamp IN @time AND side IS NULL) t ASOF JOIN (SELECT timestamp, timestamp AS began, venue, phase, ends FROM (SELECT timestamp, venue, phase, kind, lead(timestamp) OVER (PARTITION BY venue ORDER BY timestamp) AS ends FROM market_phase) WHERE kind = 'auction') a ON (venue)
  WHERE t.timestamp >= dateadd('s', -5, a.ends) AND t.timestamp < dateadd('m', 5, a.ends) GROUP BY a.began, t.symbol, t.venue
) r ON e.began = r.began AND e.symbol = r.symbol AND e.venue = r.venue
ORDER BY timestamp
);

CREATE OR REPLACE VIEW market_steps AS (/* tickhouse */
SELECT
  timestamp,
  exchange_time,
  CASE WHEN market_operation_code IN ('P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W') THEN 'NXT' ELSE 'KRX' END AS venue,
  CASE WHEN market_operation_code IN ('0', '2', 'f') THEN 'countdown' WHEN market_operation_code IS NOT NULL THEN 'step' END AS kind,
  market_operation_code AS code,
  CASE market_operation_code WHEN '0' THEN 'notice before the KRX open (from 08:40)' WHEN '2' THEN 'notice before the KRX close (from 15:20)' WHEN '3' THEN 'KRX regular session opens (09:00)' WHEN '4' THEN 'KRX close (15:30)' WHEN '8' THEN 'regular session over (after 15:30)' WHEN '9' THEN 'all sessions over (after 18:00 until 2026-09-11, when KRX began to trade until 20:00)' WHEN 'a' THEN 'after-hours closing-price trading starts (15:40)' WHEN 'b' THEN 'after-hours closing-price trading ends (16:00)' WHEN 'c' THEN 'after-hours single-price trading starts (16:00; until 2026-09-11, since then KRX trades price by price at this hour)' WHEN 'd' THEN 'after-hours single-price trading ends (18:00; until 2026-09-11)' WHEN 'e' THEN 'derivatives pre-close call auction ends' WHEN 'f' THEN 'derivatives hours notice (early open)' WHEN 'o' THEN 'derivatives open' WHEN 's' THEN 'derivatives pre-close call auction starts' WHEN 'P' THEN 'NXT pre-market starts' WHEN 'Q' THEN 'NXT pre-market ends' WHEN 'R' THEN 'NXT main market starts' WHEN 'S' THEN 'NXT main market ends' WHEN 'T' THEN 'NXT after-market single price starts' WHEN 'U' THEN 'NXT after-market starts' WHEN 'V' THEN 'NXT after-market ends (portal of 2026) or NXT closing-price trading ends (the venue''s document)' WHEN 'W' THEN 'NXT after-market ends (the venue''s document only)' END AS meaning,
  seconds_to_market_open AS seconds_left,
  session
FROM market_session
);

CREATE OR REPLACE VIEW program_flow AS (/* tickhouse */
SELECT
  timestamp,
  exchange_time,
  symbol,
  venue,
  price,
  program_buy_volume AS buy_volume,
  program_sell_volume AS sell_volume,
  program_net_buy_volume AS net_volume,
  program_net_buy_volume_change AS net_volume_change,
  program_buy_value_krw_million AS buy_value_krw_million,
  program_sell_value_krw_million AS sell_value_krw_million,
  program_net_buy_value_krw_million AS net_value_krw_million,
  program_net_buy_value_change_krw_million AS net_value_change_krw_million
FROM program_trading WHERE venue IN ('KRX', 'NXT')
);

CREATE OR REPLACE VIEW broker_flow AS (/* tickhouse */
SELECT
  timestamp,
  symbol,
  venue,
  side,
  place,
  broker,
  code,
  volume,
  volume_change,
  CASE WHEN marker IN ('DHDB', 'DGDB') THEN 'foreign' WHEN marker IS NOT NULL THEN 'domestic' END AS origin
FROM (
SELECT
  timestamp,
  symbol,
  venue,
  CASE WHEN x <= 5 THEN 'buy' ELSE 'sell' END AS side,
  CASE WHEN x <= 5 THEN x ELSE x - 5 END AS place,
  CASE x WHEN 1 THEN buy_broker_1 WHEN 2 THEN buy_broker_2 WHEN 3 THEN buy_broker_3 WHEN 4 THEN buy_broker_4 WHEN 5 THEN buy_broker_5 WHEN 6 THEN sell_broker_1 WHEN 7 THEN sell_broker_2 WHEN 8 THEN sell_broker_3 WHEN 9 THEN sell_broker_4 WHEN 10 THEN sell_broker_5 END AS broker,
  CASE x WHEN 1 THEN buy_broker_1_code WHEN 2 THEN buy_broker_2_code WHEN 3 THEN buy_broker_3_code WHEN 4 THEN buy_broker_4_code WHEN 5 THEN buy_broker_5_code WHEN 6 THEN sell_broker_1_code WHEN 7 THEN sell_broker_2_code WHEN 8 THEN sell_broker_3_code WHEN 9 THEN sell_broker_4_code WHEN 10 THEN sell_broker_5_code END AS code,
  CASE x WHEN 1 THEN buy_broker_1_marker WHEN 2 THEN buy_broker_2_marker WHEN 3 THEN buy_broker_3_marker WHEN 4 THEN buy_broker_4_marker WHEN 5 THEN buy_broker_5_marker WHEN 6 THEN sell_broker_1_marker WHEN 7 THEN sell_broker_2_marker WHEN 8 THEN sell_broker_3_marker WHEN 9 THEN sell_broker_4_marker WHEN 10 THEN sell_broker_5_marker END AS marker,
  CASE x WHEN 1 THEN buy_broker_1_volume WHEN 2 THEN buy_broker_2_volume WHEN 3 THEN buy_broker_3_volume WHEN 4 THEN buy_broker_4_volume WHEN 5 THEN buy_broker_5_volume WHEN 6 THEN sell_broker_1_volume WHEN 7 THEN sell_broker_2_volume WHEN 8 THEN sell_broker_3_volume WHEN 9 THEN sell_broker_4_volume WHEN 10 THEN sell_broker_5_volume END AS volume,
  CASE x WHEN 1 THEN buy_broker_1_volume_change WHEN 2 THEN buy_broker_2_volume_change WHEN 3 THEN buy_broker_3_volume_change WHEN 4 THEN buy_broker_4_volume_change WHEN 5 THEN buy_broker_5_volume_change WHEN 6 THEN sell_broker_1_volume_change WHEN 7 THEN sell_broker_2_volume_change WHEN 8 THEN sell_broker_3_volume_change WHEN 9 THEN sell_broker_4_volume_change WHEN 10 THEN sell_broker_5_volume_change END AS volume_change
FROM (SELECT * FROM broker_activity WHERE venue IN ('KRX', 'NXT')) CROSS JOIN long_sequence(10)
)
WHERE broker IS NOT NULL OR code IS NOT NULL
);

CREATE OR REPLACE VIEW etf_premium AS (/* tickhouse */
SELECT
  timestamp,
  exchange_time,
  symbol,
  venue,
  price,
  nav,
  price - nav AS premium,
  (price - nav) / nav * 100 AS premium_rate,
  nav_price_deviation_rate AS stated_premium_rate,
  tracking_error_rate
FROM etf_nav WHERE venue IN ('KRX', 'NXT')
);
