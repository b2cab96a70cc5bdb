import { dataset } from '../dataset.ts'
import { like, ratio } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Gearing, parity and break-even figures of an equity-linked warrant. */
export const elwIndicator = dataset({
  type: '0u',
  name: 'elw_indicator',
  title: 'ELW 지표',
  description: 'Gearing, parity and break-even figures of an equity-linked warrant',
  items: 'elw',
  volume: 'low',
  exchangeTime: common.event_time,
  columns: {
    elw_parity: ratio(666, 'ELW패리티', 'Moneyness of the warrant, 100 = at the money', {
      note: 'Percent; fits 668 of the same example as underlying / strike.',
    }),
    elw_premium: ratio(1211, 'ELW프리미엄', 'Premium of the warrant', {
      unit: 'unknown',
      note: 'Only `0` seen; won or percent not documented. Sign read as arithmetic.',
    }),
    elw_gearing_ratio: like(common.elw_gearing_ratio, {
      note: 'A factor, not percent: break-even rate, parity and 667 of the 0u example fit only so.',
    }),
    elw_break_even_rate: like(common.elw_break_even_rate, { note: '' }),
    elw_capital_fulcrum_point: like(common.elw_capital_fulcrum_point, { note: '' }),
  },
})
