import { columnsOf, described, type Expression, made, ofExchanges, select, type ViewDefinition } from './view.ts'

const krw = { unit: 'KRW' }
const share = { unit: 'share' }
const states = { normal: 'bid below ask', locked: 'bid equals ask', crossed: 'bid above ask' }
const places = { KRX: 'KRX alone', NXT: 'NXT alone', both: 'both at the same price' }
const venues = ['KRX', 'NXT'] as const
const sides = ['bid', 'ask'] as const

type Venue = (typeof venues)[number]
type Side = (typeof sides)[number]

/** Rows that stand under the name of the other venue, which finds them by its own. */
const crossedOver = "CASE venue WHEN 'KRX' THEN 'NXT' ELSE 'KRX' END AS venue"
const figures = 'best_bid, best_bid_size, best_ask, best_ask_size'
const books = `FROM order_book WHERE ${ofExchanges} AND timestamp IN @time`

/** The Korean date of a row. */
const dateOf = (alias: string) => `date_trunc('day', dateadd('h', 9, ${alias}.timestamp))`

/** A figure of the book of one venue: of `b`, the book that has changed, or of `o`, the last one of the other venue. An auction gathers orders that cross, so its books do not count, nor does one from before the phase that lasts, or of another date: `@time` may begin at any midnight. */
function figureOf(venue: Venue, figure: string): string {
  return `    CASE
      WHEN b.venue = '${venue}' AND coalesce(p.kind, 'none') != 'auction' THEN b.${figure}
      WHEN b.venue != '${venue}' AND coalesce(q.kind, 'none') != 'auction' AND o.timestamp >= q.timestamp AND ${dateOf('o')} = ${dateOf('b')} THEN o.${figure}
    END AS ${venue.toLowerCase()}_${figure.replace('best_', '')}`
}

/**
 * One row per change of a book, with both books beside each other. The right sides are computed columns on purpose: QuestDB then reads them once, in their
 * order. Else it would search back from every single row, which takes for ever where a stock trades on one venue only.
 */
const besideEachOther = `SELECT b.timestamp, b.symbol, b.venue,
${venues.flatMap(venue => figures.split(', ').map(figure => figureOf(venue, figure))).join(',\n')}
  FROM (SELECT timestamp, symbol, venue, ${figures} ${books}) b
  ASOF JOIN (SELECT timestamp, symbol, ${crossedOver}, ${figures} ${books}) o ON (symbol, venue)
  ASOF JOIN market_phase p ON (b.venue = p.venue)
  ASOF JOIN (SELECT timestamp, ${crossedOver}, kind FROM market_phase WHERE ${ofExchanges}) q ON (b.venue = q.venue)`

const best: Readonly<Record<Side, string>> = { bid: 'greatest(krx_bid, nxt_bid)', ask: 'least(krx_ask, nxt_ask)' }
const words: Readonly<Record<Side, string>> = { bid: 'Highest price bid', ask: 'Lowest price asked' }

const together = `SELECT *, ${sides.map(side => `${best[side]} AS ${side}`).join(', ')} FROM (${besideEachOther})`

function bestOf(side: Side): Expression[] {
  const at = (venue: Venue) => `${venue.toLowerCase()}_${side}`
  const sizeAt = (venue: Venue) => `CASE WHEN ${at(venue)} = ${side} THEN coalesce(${at(venue)}_size, 0) ELSE 0 END`
  const both = `WHEN krx_${side} = nxt_${side} THEN 'both'`
  return [
    made(side, 'DOUBLE', side, `${words[side]} on both venues; null where none counts`, krw),
    made(
      `${side}_size`,
      'LONG',
      `CASE WHEN ${side} IS NOT NULL THEN ${venues.map(sizeAt).join(' + ')} END`,
      `Shares waiting at \`${side}\`, of both venues together`,
      share,
    ),
    made(
      `${side}_venue`,
      'STRING',
      `CASE WHEN ${side} IS NULL THEN NULL ${both} WHEN krx_${side} = ${side} THEN 'KRX' ELSE 'NXT' END`,
      `Where \`${side}\` stands`,
      { legend: places },
    ),
  ]
}

const of = columnsOf('order_book')
const expressions = [
  of('timestamp'),
  of('symbol'),
  made('venue', 'SYMBOL', 'venue', 'The venue whose book has changed'),
  ...sides.flatMap(bestOf),
  made('spread', 'DOUBLE', 'ask - bid', 'Ask minus bid; below zero where the venues are crossed', krw),
  made('mid', 'DOUBLE', '(bid + ask) / 2', 'The middle of bid and ask; null where one of them is missing', krw),
  made(
    'state',
    'STRING',
    // QuestDB finds a number less than one that is missing.
    "CASE WHEN bid IS NULL OR ask IS NULL THEN NULL WHEN bid > ask THEN 'crossed' WHEN bid < ask THEN 'normal' ELSE 'locked' END",
    'How bid and ask stand to each other; null where one of them is missing',
    { legend: states },
  ),
  ...venues.flatMap(venue =>
    sides.map(side => {
      const name = `${venue.toLowerCase()}_${side}`
      return made(name, 'DOUBLE', name, `${words[side]} on ${venue}; null where its book does not count`, krw)
    }),
  ),
]

export const nbbo: ViewDefinition = {
  name: 'nbbo',
  level: 'basic',
  description:
    'The best bid and the best ask of KRX and NXT together: one row per change of either book. A book counts until the phase of its venue or the Korean day ends, and not in an auction. `@time` bounds what is read.',
  columns: described(expressions),
  select: `DECLARE OVERRIDABLE @time := '1970-01-01;200y'\n${select(expressions, `FROM (${together})`)}`,
  example: `DECLARE @time := today('Asia/Seoul')
SELECT timestamp, bid, bid_size, bid_venue, ask, ask_size, ask_venue, state
FROM nbbo WHERE symbol = '005930' LIMIT -5;`,
}
