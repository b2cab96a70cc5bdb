import { dataset } from '../dataset.ts'
import { quantity, ratio } from '../fields.ts'
import { common, sector } from '../vocabulary.ts'

/** Advancing and declining stocks of a sector. */
export const sectorBreadth = dataset({
  type: '0U',
  name: 'sector_breadth',
  title: '업종등락',
  description: 'Advancing and declining stocks of a sector',
  items: 'sector',
  volume: 'low',
  exchangeTime: common.event_time,
  columns: {
    advancing_stock_count: quantity(252, '상승종목수', 'Number of stocks above their previous close, those at the upper limit included', {
      unit: 'count',
      questType: 'INT',
      note: '252 + 253 + 255 = 256 in the example, so limit moves are included.',
    }),
    upper_limit_stock_count: quantity(251, '상한종목수', 'Number of stocks at their upper daily limit', {
      unit: 'count',
      questType: 'INT',
    }),
    unchanged_stock_count: quantity(253, '보합종목수', 'Number of stocks at their previous close', { unit: 'count', questType: 'INT' }),
    declining_stock_count: quantity(255, '하락종목수', 'Number of stocks below their previous close, those at the lower limit included', {
      unit: 'count',
      questType: 'INT',
      note: '252 + 253 + 255 = 256 in the example, so limit moves are included.',
    }),
    lower_limit_stock_count: quantity(254, '하한종목수', 'Number of stocks at their lower daily limit', {
      unit: 'count',
      questType: 'INT',
    }),
    cumulative_volume_thousand: sector.cumulative_volume_thousand,
    cumulative_turnover_krw_million: sector.cumulative_turnover_krw_million,
    price: sector.price,
    price_change: sector.price_change,
    price_change_rate: common.price_change_rate,
    traded_stock_count: quantity(256, '거래형성종목수', 'Number of stocks of the sector that have traded today', {
      unit: 'count',
      questType: 'INT',
      note: "The venue's document gives units of contracts and shares here, which a count of stocks does not have.",
    }),
    traded_stock_ratio: ratio(257, '거래형성비율', 'Stocks that have traded today as a percentage of all stocks of the sector'),
    price_change_sign: common.price_change_sign,
  },
})
