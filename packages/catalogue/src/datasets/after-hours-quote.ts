import { dataset } from '../dataset.ts'
import { quantity, signedQuantity } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Waiting sizes in after-hours trading. */
export const afterHoursQuote = dataset({
  type: '0E',
  name: 'after_hours_quote',
  title: '주식시간외호가',
  description: 'Waiting sizes in after-hours trading',
  items: 'stock',
  volume: 'low',
  exchangeTime: common.exchange_time_21,
  columns: {
    after_hours_total_ask_size: quantity(131, '시간외매도호가총잔량', 'Shares waiting for sale in after-hours trading'),
    after_hours_total_ask_size_change: signedQuantity(
      132,
      '시간외매도호가총잔량직전대비',
      'Change of the after-hours ask size since the quote before',
      { note: 'Read like 122: do not add up.' },
    ),
    after_hours_total_bid_size: quantity(135, '시간외매수호가총잔량', 'Shares wanted in after-hours trading'),
    after_hours_total_bid_size_change: signedQuantity(
      136,
      '시간외매수호가총잔량직전대비',
      'Change of the after-hours bid size since the quote before',
      { note: 'Read like 126: do not add up.' },
    ),
  },
})
