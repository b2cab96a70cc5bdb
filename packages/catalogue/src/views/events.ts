import { columnsOf, described, legendOf, made, meaningOf, ofExchanges, select, type ViewDefinition } from './view.ts'

const krw = { unit: 'KRW' }
const share = { unit: 'share' }

const vi = 'volatility_interruption'
const ofVi = columnsOf(vi)
const kinds = legendOf(vi, 'vi_type')
const directions = legendOf(vi, 'vi_direction')
const last = (column: string) => `last_not_null(${column}) AS ${column}`

/** The records of an interruption have its beginning and its number in common. */
const oneEach = `SELECT min(timestamp) AS timestamp, symbol, vi_trigger_time, vi_trigger_count, max(vi_release_time) AS vi_release_time,
  ${['name', 'vi_type', 'vi_direction', 'vi_trigger_price', 'vi_static_reference_price', 'vi_dynamic_reference_price', 'vi_trigger_price_change_rate'].map(last).join(', ')}
FROM ${vi} GROUP BY symbol, vi_trigger_time, vi_trigger_count`

const interruption = [
  made('timestamp', 'TIMESTAMP', 'timestamp', 'Capture time of the first record of the interruption'),
  ofVi('symbol'),
  ofVi('name'),
  ofVi('vi_trigger_time', 'started_at'),
  ofVi('vi_release_time', 'ended_at'),
  made('kind', 'STRING', meaningOf(kinds, 'vi_type'), 'Kind of the interruption, in words'),
  made('direction', 'STRING', meaningOf(directions, 'vi_direction'), 'Direction of the price move that triggered it'),
  ofVi('vi_trigger_price', 'price'),
  ofVi('vi_static_reference_price', 'static_reference_price'),
  ofVi('vi_dynamic_reference_price', 'dynamic_reference_price'),
  ofVi('vi_trigger_price_change_rate', 'price_change_rate'),
  ofVi('vi_trigger_count', 'number'),
]

export const viEvents: ViewDefinition = {
  name: 'vi_events',
  level: 'basic',
  description:
    'Volatility interruptions, each once. The venue sends each of them up to four times, at its start and at its end, for the stock and for the combined item.',
  columns: described(interruption),
  select: select(interruption, `FROM (\n${oneEach}\n) ORDER BY timestamp`),
  example: `SELECT symbol, name, kind, direction, started_at, datediff('s', started_at, ended_at) AS seconds, price
FROM vi_events WHERE timestamp IN today('Asia/Seoul') LIMIT -5;`,
}

/** The auctions of the calendar, with their ends. */
const auctionTimes =
  "(SELECT timestamp, timestamp AS began, venue, phase, ends FROM (SELECT timestamp, venue, phase, kind, lead(timestamp) OVER (PARTITION BY venue ORDER BY timestamp) AS ends FROM market_phase) WHERE kind = 'auction')"
const venuesIn = `${ofExchanges} AND timestamp IN @time`

const auction = [
  made('timestamp', 'TIMESTAMP', 'e.began', 'When the auction begins'),
  made('symbol', 'SYMBOL', 'e.symbol', 'Bare code'),
  made('venue', 'SYMBOL', 'e.venue', '`KRX` or `NXT`'),
  made('auction', 'SYMBOL', 'e.phase', 'Phase of the market, such as `opening_auction`, `closing_auction`'),
  made('ends_at', 'TIMESTAMP', 'e.ends', 'When the auction ends by the calendar; the venue may match up to 30 s later'),
  made('expected_price', 'DOUBLE', 'e.expected_price', 'Last price at which it would have matched', krw),
  made('expected_volume', 'LONG', 'e.expected_volume', 'Last volume that it would have matched', share),
  made('imbalance', 'LONG', 'e.imbalance', 'Shares bid minus shares asked on all levels, at the same moment', share),
  made('expected_at', 'TIMESTAMP', 'e.expected_at', 'Capture time of these three'),
  made('price', 'DOUBLE', 'r.price', 'Price of the trade that it came to; null where nothing was matched', krw),
  made('volume', 'LONG', 'r.volume', 'Volume of that trade', share),
  made('traded_at', 'TIMESTAMP', 'r.traded_at', 'Capture time of that trade'),
]

export const auctions: ViewDefinition = {
  name: 'auctions',
  level: 'basic',
  description:
    'Auctions, one row per symbol, venue and auction: the last expected trade, and the result. The result is the first trade without a side within five minutes of the end. `@time` bounds what is read.',
  columns: described(auction),
  select: `DECLARE OVERRIDABLE @time := '1970-01-01;200y'
${select(
  auction,
  `FROM (
  SELECT a.began, b.symbol, b.venue, a.phase, a.ends, last(b.auction_expected_price) AS expected_price, last(b.auction_expected_volume) AS expected_volume,
    last(b.net_bid_size) AS imbalance, max(b.timestamp) AS expected_at
  FROM (SELECT * FROM order_book WHERE ${venuesIn} AND auction_expected_price > 0) b ASOF JOIN ${auctionTimes} a ON (venue)
  WHERE b.timestamp < a.ends GROUP BY a.began, b.symbol, b.venue, a.phase, a.ends
) e LEFT JOIN (
  SELECT a.began, t.symbol, t.venue, first(t.price) AS price, first(t.volume) AS volume, min(t.timestamp) AS traded_at
  FROM (SELECT * FROM trade WHERE ${venuesIn} AND side IS NULL) t ASOF JOIN ${auctionTimes} a ON (venue)
  WHERE t.timestamp >= dateadd('s', -5, a.ends) AND t.timestamp < dateadd('m', 5, a.ends) GROUP BY a.began, t.symbol, t.venue
) r ON e.began = r.began AND e.symbol = r.symbol AND e.venue = r.venue
ORDER BY timestamp`,
)}`,
  example: `DECLARE @time := today('Asia/Seoul')
SELECT symbol, auction, expected_price, price, expected_volume, volume, imbalance
FROM auctions LIMIT 5;`,
}

const ofSession = columnsOf('market_session')
const steps = legendOf('market_session', 'market_operation_code')
const codesThat = (is: (meaning: string) => boolean) =>
  Object.keys(steps)
    .filter(code => is(steps[code]!))
    .map(code => `'${code}'`)
    .join(', ')
const nxtCodes = codesThat(meaning => meaning.startsWith('NXT'))
const noticeCodes = codesThat(meaning => meaning.includes('notice'))
const stepKinds = { step: 'a step of the day', countdown: 'a notice of how long it is until the next one' }

const step = [
  ofSession('timestamp'),
  ofSession('exchange_time'),
  made(
    'venue',
    'STRING',
    `CASE WHEN market_operation_code IN (${nxtCodes}) THEN 'NXT' ELSE 'KRX' END`,
    'The venue whose step it is: `NXT` for P to W, which the venue sends as `KRX`',
  ),
  made(
    'kind',
    'STRING',
    `CASE WHEN market_operation_code IN (${noticeCodes}) THEN 'countdown' WHEN market_operation_code IS NOT NULL THEN 'step' END`,
    'Whether it is a step or only a notice before one',
    { legend: stepKinds },
  ),
  ofSession('market_operation_code', 'code'),
  made(
    'meaning',
    'STRING',
    meaningOf(steps, 'market_operation_code'),
    'What the code means, in words; null for a code that nobody has explained',
  ),
  ofSession('seconds_to_market_open', 'seconds_left'),
  ofSession('session'),
]

export const marketSteps: ViewDefinition = {
  name: 'market_steps',
  level: 'basic',
  description:
    'What the venue says of the day: its steps apart from the countdown before them, and those of NXT under NXT. When a phase begins by the calendar stands in `market_phase`.',
  columns: described(step),
  select: select(step, 'FROM market_session'),
  example: `SELECT timestamp, venue, code, meaning
FROM market_steps WHERE kind = 'step' AND timestamp IN today('Asia/Seoul') LIMIT -5;`,
}
