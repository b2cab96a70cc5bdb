import { dataset } from '../dataset.ts'
import { like } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Steps of the trading day, for the whole market. */
export const marketSession = dataset({
  type: '0s',
  name: 'market_session',
  title: '장시작시간',
  description: 'Steps of the trading day, for the whole market',
  items: 'market',
  volume: 'low',
  exchangeTime: like(common.event_time, {
    description: 'Time the market operation message refers to, to the second',
    note: 'Null if `888888` or `999999`: seen with 215 = 8, 9 in the older OpenAPI+, not confirmed on REST; 215 tells the same.',
    nullIf: ['888888', '999999'],
  }),
  columns: {
    market_operation_code: like(common.market_operation_code, {
      description: 'Step of the trading day that this message announces',
      note: "Codes are case-sensitive and kept verbatim. The venue's document and its portal of 2026 differ on `V` and `W`; the document lacks 2, 4, 8, 9, a to f, o and s, although its own example is `b`.",
    }),
    seconds_to_market_open: common.seconds_to_market_open,
  },
})
