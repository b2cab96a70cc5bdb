import { dataset } from '../dataset.ts'
import { like } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Price set by a quote where no trade took place (base-price quotation); rare. */
export const indicativePrice = dataset({
  type: '0A',
  name: 'indicative_price',
  title: '주식기세',
  description: 'Price set by a quote where no trade took place (base-price quotation); rare',
  items: 'stock',
  volume: 'low',
  columns: {
    price: like(common.price, {
      description: 'Current price, set by a quote where no trade took place (base-price quotation)',
      note: 'Frames of this type are rare.',
    }),
    price_change: common.price_change,
    price_change_rate: common.price_change_rate,
    best_ask: common.best_ask,
    best_bid: common.best_bid,
    cumulative_volume: common.cumulative_volume,
    cumulative_turnover_krw_million: common.cumulative_turnover_krw_million,
    open: common.open,
    high: common.high,
    low: common.low,
    price_change_sign: common.price_change_sign,
    volume_change_from_previous_day: common.volume_change_from_previous_day,
    turnover_change_from_previous_day: common.turnover_change_from_previous_day,
    volume_ratio_to_previous_day: common.volume_ratio_to_previous_day,
    share_turnover_rate: common.share_turnover_rate,
    trading_cost: common.trading_cost,
    market_cap_krw_100m: common.market_cap_krw_100m,
    upper_limit_time: common.upper_limit_time,
    lower_limit_time: common.lower_limit_time,
  },
})
