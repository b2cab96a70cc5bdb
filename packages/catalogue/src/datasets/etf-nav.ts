import { dataset } from '../dataset.ts'
import { change, like, price, ratio } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Net asset value of an ETF with its tracking figures. */
export const etfNav = dataset({
  type: '0G',
  name: 'etf_nav',
  title: 'ETF NAV',
  description: 'Net asset value of an ETF with its tracking figures',
  items: 'etf',
  volume: 'low',
  exchangeTime: common.event_time,
  columns: {
    nav: price(36, 'NAV', 'Net asset value of one ETF unit'),
    nav_change: change(37, 'NAV전일대비', 'Net asset value minus that of the previous close'),
    nav_change_rate: ratio(38, 'NAV등락율', 'Net asset value change as a percentage of its previous close'),
    tracking_error_rate: ratio(39, '추적오차율', 'Tracking error of the ETF against its index'),
    price: like(common.price, { description: 'Last traded price of the ETF' }),
    price_change: common.price_change,
    price_change_rate: common.price_change_rate,
    cumulative_volume: common.cumulative_volume,
    price_change_sign: common.price_change_sign,
    elw_gearing_ratio: common.elw_gearing_ratio,
    elw_break_even_rate: common.elw_break_even_rate,
    elw_capital_fulcrum_point: common.elw_capital_fulcrum_point,
    nav_index_deviation_rate: ratio(265, 'NAV/지수괴리율', 'Deviation between net asset value and underlying index', {
      note: 'Which of the two is the base is not documented.',
    }),
    nav_price_deviation_rate: ratio(266, 'NAV/ETF괴리율', 'Premium (+) or discount (-) of the ETF price to its net asset value', {
      note: '= (10 - 36) / 36 * 100, checked on the example.',
    }),
  },
})
