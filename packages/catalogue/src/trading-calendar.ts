import type { TableDefinition } from './definitions.ts'
import { column } from './own-column.ts'

/** One row per Korean date of the years around now. It has no topic: `tickhouse tables apply` and the sink fill it from the calendar. */
export const tradingDayTable: TableDefinition = {
  name: 'trading_day',
  columns: [
    column('timestamp', 'TIMESTAMP', '00:00 Korean time of the date', true),
    column('date', 'SYMBOL', 'The Korean date, such as `2026-11-25`', true),
    column(
      'state',
      'SYMBOL',
      '`open`: KRX and NXT trade; `closed`: they do not; `unknown`: the holidays of that year are not published yet',
      true,
    ),
    column(
      'hours',
      'SYMBOL',
      'Whose hours an open day has: `regular`; `csat` on the day of the college entrance exam; `first` on the first trading day of a year',
    ),
    column('reason', 'VARCHAR', 'Why it is closed, unknown or not as usual; public holidays by their Korean names'),
  ],
  dedupKeys: ['timestamp'],
  partitionBy: 'MONTH',
}

/** One row per venue and change of phase, so that `ASOF JOIN market_phase ON (venue)` tells the phase of every row. It has no topic either. */
export const marketPhaseTable: TableDefinition = {
  name: 'market_phase',
  columns: [
    column('timestamp', 'TIMESTAMP', 'When the phase begins; it lasts until the next row of the venue', true),
    column('venue', 'SYMBOL', '`KRX`, `NXT`, or `SOR` for combined items, which trade while one of the others does', true),
    column(
      'phase',
      'SYMBOL',
      'The phase, such as `opening_auction`, `continuous`, `after_market`; `closed` between phases; `unknown` on days of which nobody knows. Where phases overlap, the one that makes prices',
      true,
    ),
    column(
      'kind',
      'SYMBOL',
      'How prices are made: `auction` (one price at the end), `continuous` (price by price), `fixed_price` (at the closing price); null while closed or unknown',
    ),
    column(
      'hours',
      'SYMBOL',
      '`published`; `usual` where nobody has published the hours of such a day and those of a regular day are given',
    ),
  ],
  dedupKeys: ['timestamp', 'venue'],
  partitionBy: 'MONTH',
}
