import { dataset } from '../dataset.ts'
import { like, price, ratio } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Theoretical price and sensitivities of an equity-linked warrant. */
export const elwTheory = dataset({
  type: '0m',
  name: 'elw_theory',
  title: 'ELW 이론가',
  description: 'Theoretical price and sensitivities of an equity-linked warrant',
  items: 'elw',
  volume: 'low',
  exchangeTime: common.event_time,
  columns: {
    price: like(common.price, {
      description: 'Last traded price of the warrant',
      note: 'A space stands in the sign slot in the document example.',
    }),
    elw_theoretical_price: price(670, 'ELW이론가', 'Theoretical price of the warrant', { note: 'Only 0 seen, kept.' }),
    elw_implied_volatility: ratio(671, 'ELW내재변동성', 'Implied volatility of the warrant', {
      note: 'Only 0.00 seen; unit assumed percent.',
    }),
    elw_delta: ratio(672, 'ELW델타', 'Change of the warrant price per unit change of the underlying', {
      unit: 'factor',
      note: 'Only zero seen; scale not documented.',
    }),
    elw_gamma: ratio(673, 'ELW감마', 'Change of delta per unit change of the underlying', {
      unit: 'unknown',
      note: 'Only zero seen; scale not documented.',
    }),
    elw_theta: ratio(674, 'ELW쎄타', 'Change of the warrant price as time passes', {
      unit: 'unknown',
      note: 'Only zero seen; scale not documented.',
    }),
    elw_vega: ratio(675, 'ELW베가', 'Change of the warrant price as volatility changes', {
      unit: 'unknown',
      note: 'Only zero seen; scale not documented.',
    }),
    elw_rho: ratio(676, 'ELW로', 'Change of the warrant price as the interest rate changes', {
      unit: 'unknown',
      note: 'Only zero seen; scale not documented.',
    }),
    lp_quote_implied_volatility: ratio(706, 'LP호가내재변동성', "Implied volatility of the liquidity provider's quote", {
      note: 'Sign slot holds a space in the example; unit assumed percent.',
    }),
  },
})
