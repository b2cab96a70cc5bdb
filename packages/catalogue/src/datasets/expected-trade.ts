import { dataset } from '../dataset.ts'
import { change, code, price, quantity, ratio, sideOf, signedVolume } from '../fields.ts'
import { common, direction } from '../vocabulary.ts'

/** Expected match of a running call auction; nothing has traded. */
export const expectedTrade = dataset({
  type: '0H',
  name: 'expected_trade',
  title: '주식예상체결',
  description: 'Expected match of a running call auction; nothing has traded',
  items: 'stock',
  volume: 'high',
  exchangeTime: common.event_time,
  columns: {
    expected_price: price(10, '현재가', 'Price at which the running call auction would match now', {
      note: 'Not `price`: nothing has traded; same meaning as 0D 23.',
    }),
    expected_price_change: change(11, '전일대비', 'Expected auction price minus the previous close', {
      note: 'Not `price_change`: refers to the expected price; same meaning as 0D 200.',
    }),
    expected_price_change_rate: ratio(12, '등락율', 'Expected price change as a percentage of the previous close', {
      note: 'Not `price_change_rate`: refers to the expected price; same meaning as 0D 201.',
    }),
    expected_tick_volume: signedVolume(
      15,
      '거래량',
      'Volume of this expected-match update as the venue sends it, always positive; sign in `side`',
      {
        note: 'Not `volume`: nothing has traded. By the document `+` side = buy, `-` side = sell, no sign null; may really be the step of 13. Unconfirmed, no capture.',
      },
    ),
    side: sideOf(15, 'Side in the sign of the expected step, as sent'),
    expected_volume: quantity(13, '누적거래량', 'Volume the running call auction would match now', {
      note: 'Not `cumulative_volume`: nothing has traded and it may shrink. Read as FID 24 of the order book (0D), whose title it shares; no capture confirms it.',
    }),
    expected_price_change_sign: code(25, '전일대비기호', 'Direction of the expected price against the previous close', {
      legend: direction,
      note: 'Not `price_change_sign`: refers to the expected price; same meaning as 0D 238.',
    }),
  },
})
