import { dataset } from '../dataset.ts'
import { code, price, text } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Price limits, auction extensions and other standing facts of a stock. */
export const stockInfo = dataset({
  type: '0g',
  name: 'stock_info',
  title: '주식종목정보',
  description: 'Price limits, auction extensions and other standing facts of a stock',
  items: 'stock',
  volume: 'low',
  columns: {
    auction_extension: code(297, '임의연장', 'Which rule has prolonged the call auction', {
      note: 'Korean text (example: dynamic and static VI); set of values unknown.',
    }),
    pre_market_auction_extension: code(592, '장전임의연장', 'Which rule has prolonged the call auction before the open', {
      note: 'A lone space in the example: blank is null.',
    }),
    after_market_auction_extension: code(593, '장후임의연장', 'Which rule has prolonged the call auction after the close', {
      note: 'A lone space in the example: blank is null.',
    }),
    upper_limit_price: price(305, '상한가', 'Highest price allowed today'),
    lower_limit_price: price(306, '하한가', 'Lowest price allowed today', {
      note: 'The minus of the example is colour, not a negative price; magnitude kept.',
    }),
    reference_price: common.reference_price,
    elw_early_termination: code(689, '조기종료ELW발생', 'Whether a knock-out warrant has ended early', {
      note: 'Empty in the example: null; values unknown.',
    }),
    currency: code(594, '통화단위', 'Currency in which the instrument is quoted', { note: 'Empty in the example: null; values unknown.' }),
    margin_rate_label: text(382, '증거금율표시', 'Margin rate of the instrument as shown on screen', {
      note: 'Empty in the example: null; a display text, not read as a number.',
    }),
    instrument_information: text(370, '종목정보', 'Remarks of the venue on the instrument', {
      note: 'Empty in the example: null; form unknown.',
    }),
  },
})
