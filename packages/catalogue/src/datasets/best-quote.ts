import { dataset } from '../dataset.ts'
import { common } from '../vocabulary.ts'

/** Best ask and best bid price. */
export const bestQuote = dataset({
  type: '0C',
  name: 'best_quote',
  title: '주식우선호가',
  description: 'Best ask and best bid price',
  items: 'stock',
  volume: 'high',
  columns: {
    best_ask: common.best_ask,
    best_bid: common.best_bid,
  },
})
