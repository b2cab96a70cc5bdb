import { dataset } from '../dataset.ts'
import { amount, like, quantity, signedAmount, signedQuantity } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Program trading in a stock, totals of the day and the step of each event. */
export const programTrading = dataset({
  type: '0w',
  name: 'program_trading',
  title: '종목프로그램매매',
  description: 'Program trading in a stock, totals of the day and the step of each event',
  items: 'stock',
  volume: 'low',
  exchangeTime: common.event_time,
  columns: {
    price: common.price,
    price_change_sign: common.price_change_sign,
    price_change: common.price_change,
    price_change_rate: common.price_change_rate,
    cumulative_volume: common.cumulative_volume,
    program_sell_volume: quantity(202, '매도수량', 'Volume sold today by program trading'),
    program_sell_value_krw_million: amount(204, '매도금액', 'Value sold today by program trading, in million won', {
      unit: 'KRW_million',
      note: 'Million won, checked against volume * price. The portal says won, which is wrong.',
    }),
    program_buy_volume: quantity(206, '매수수량', 'Volume bought today by program trading'),
    program_buy_value_krw_million: amount(208, '매수금액', 'Value bought today by program trading, in million won', {
      unit: 'KRW_million',
      note: 'Million won, checked against volume * price.',
    }),
    program_net_buy_volume: signedQuantity(210, '순매수수량', 'Volume bought minus volume sold today by program trading', {
      note: '= 206 - 202, checked. Sign is arithmetic; a positive value has no plus.',
    }),
    program_net_buy_volume_change: signedQuantity(211, '순매수수량증감', 'Change of the program net buying volume with this event', {
      note: 'Step of one event, not against the frame received before. Sign is arithmetic; no plus.',
    }),
    program_net_buy_value_krw_million: signedAmount(
      212,
      '순매수금액',
      'Value bought minus value sold today by program trading, in million won',
      {
        unit: 'KRW_million',
        note: '= 208 - 204 within 1 million, checked. Million won, checked against volume * price. Sign is arithmetic; no plus.',
      },
    ),
    program_net_buy_value_change_krw_million: signedAmount(
      213,
      '순매수금액증감',
      'Change of the program net buying value with this event, in million won',
      { unit: 'KRW_million', note: 'Million won: near 211 * price, not exactly. Step of one event. Sign is arithmetic; no plus.' },
    ),
    seconds_to_market_open: like(common.seconds_to_market_open, {
      note: 'HHMMSS as a length of time. In the table of the document only, in no example or capture.',
    }),
    market_operation_code: like(common.market_operation_code, {
      note: 'In the table of the document only, in no example or capture. Legend as 0s.',
    }),
    investor_ticker: like(common.investor_ticker, {
      note: 'In the table of the document only, in no example or capture. Not read further.',
    }),
  },
})
