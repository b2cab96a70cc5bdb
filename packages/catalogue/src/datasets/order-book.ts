import { dataset } from '../dataset.ts'
import { change, code, ladder, levelOf, levels, price, quantity, ratio, signedQuantity, unsignedRatio } from '../fields.ts'
import { common, direction } from '../vocabulary.ts'

/** Ten levels of asks and bids with sizes, their KRX, NXT and liquidity-provider parts, and the expected auction match. */
export const orderBook = dataset({
  type: '0D',
  name: 'order_book',
  title: '주식호가잔량',
  description: 'Ten levels of asks and bids with sizes, their KRX, NXT and liquidity-provider parts, and the expected auction match',
  items: 'stock',
  volume: 'high',
  exchangeTime: common.exchange_time_21,
  columns: {
    best_ask: levelOf(41, 'Lowest price asked: level 1 of `asks`', 'DOUBLE', 'KRW'),
    best_bid: levelOf(51, 'Highest price bid: level 1 of `bids`', 'DOUBLE', 'KRW'),
    best_ask_size: levelOf(61, 'Shares waiting at the lowest price asked', 'LONG', 'share'),
    best_bid_size: levelOf(71, 'Shares waiting at the highest price bid', 'LONG', 'share'),
    asks: ladder(10, [
      {
        firstFid: 41,
        kind: 'price',
        title: '매도호가{n}',
        description: 'Price of ask level {n}',
        note: 'NaN if zero (`-0`, `0`: empty level) or missing.',
      },
      {
        firstFid: 61,
        kind: 'quantity',
        title: '매도호가수량{n}',
        description: 'Shares waiting at ask level {n}',
        note: '`0` at an empty level is kept.',
      },
      {
        firstFid: 81,
        kind: 'signed_quantity',
        title: '매도호가직전대비{n}',
        description: 'Change of the shares waiting at ask level {n}',
        note: 'One exchange transition, not the difference to the frame received before: never add up.',
      },
    ]),
    bids: ladder(10, [
      {
        firstFid: 51,
        kind: 'price',
        title: '매수호가{n}',
        description: 'Price of bid level {n}',
        note: 'NaN if zero (`-0`, `0`: empty level) or missing.',
      },
      {
        firstFid: 71,
        kind: 'quantity',
        title: '매수호가수량{n}',
        description: 'Shares waiting at bid level {n}',
        note: '`0` at an empty level is kept.',
      },
      {
        firstFid: 91,
        kind: 'signed_quantity',
        title: '매수호가직전대비{n}',
        description: 'Change of the shares waiting at bid level {n}',
        note: 'One exchange transition, not the difference to the frame received before: never add up.',
      },
    ]),
    total_ask_size: quantity(121, '매도호가총잔량', 'Shares waiting on all ask levels together'),
    total_ask_size_change: signedQuantity(122, '매도호가총잔량직전대비', 'Change of the total ask size', {
      note: 'One exchange transition, not the difference to the frame received before: never add up.',
    }),
    total_bid_size: quantity(125, '매수호가총잔량', 'Shares waiting on all bid levels together'),
    total_bid_size_change: signedQuantity(126, '매수호가총잔량직전대비', 'Change of the total bid size', {
      note: 'One exchange transition, not the difference to the frame received before: never add up.',
    }),
    expected_price: price(23, '예상체결가', 'Price at which the call auction would match, or would have matched last', {
      note: "Outside of auctions 0 or missing by what others saw; the example of the venue's document keeps a value after the close while FID 291 is 0. Zero is kept.",
    }),
    expected_volume: quantity(24, '예상체결수량', 'Volume the call auction would match at the expected price', { note: 'Goes with 23.' }),
    net_bid_size: signedQuantity(128, '순매수잔량', 'Total bid size minus total ask size', { note: '= 125 - 121, checked.' }),
    bid_to_ask_size_ratio: ratio(129, '매수비율', 'Total bid size as a percentage of total ask size', {
      note: '= 125 / 121 * 100, checked on the example; shares its title with 1032 of trade but is another figure.',
    }),
    net_ask_size: signedQuantity(138, '순매도잔량', 'Total ask size minus total bid size', { note: '= 121 - 125, checked.' }),
    ask_to_bid_size_ratio: ratio(139, '매도비율', 'Total ask size as a percentage of total bid size', {
      note: '= 121 / 125 * 100, checked on the example.',
    }),
    expected_price_change: change(200, '예상체결가전일종가대비', 'Expected price (23) minus the previous close'),
    expected_price_change_rate: ratio(
      201,
      '예상체결가전일종가대비등락율',
      'Expected price change (200) as a percentage of the previous close',
    ),
    expected_price_change_sign: code(238, '예상체결가전일종가대비기호', 'Direction of the expected price (23) against the previous close', {
      legend: direction,
      note: 'Legend of 25; example `3`.',
    }),
    auction_expected_price: price(291, '예상체결가', 'Price at which the call auction would match, given only while an auction runs', {
      note: '0 outside auction hours, kept: no source calls it absent.',
    }),
    auction_expected_volume: quantity(292, '예상체결량', 'Volume the call auction would match, given only while an auction runs', {
      note: '0 outside auction hours.',
    }),
    auction_expected_price_change_sign: code(
      293,
      '예상체결가전일대비기호',
      'Direction of the auction price (291) against the previous close',
      { legend: direction, note: 'Legend of 25; example `3`.' },
    ),
    auction_expected_price_change: change(294, '예상체결가전일대비', 'Auction price (291) minus the previous close', {
      note: '0 outside auction hours.',
    }),
    auction_expected_price_change_rate: ratio(
      295,
      '예상체결가전일대비등락율',
      'Auction price change (294) as a percentage of the previous close',
      { note: '0 outside auction hours.' },
    ),
    lp_ask_sizes: levels(10, {
      firstFid: 621,
      kind: 'quantity',
      title: 'LP매도호가수량{n}',
      description: 'Shares of liquidity providers waiting at ask level {n}',
    }),
    lp_bid_sizes: levels(10, {
      firstFid: 631,
      kind: 'quantity',
      title: 'LP매수호가수량{n}',
      description: 'Shares of liquidity providers waiting at bid level {n}',
    }),
    cumulative_volume: common.cumulative_volume,
    expected_volume_ratio_to_previous_day: unsignedRatio(
      299,
      '전일거래량대비예상체결율',
      "Expected volume (24) as a percentage of the previous day's total volume",
      {
        note: 'Sign is decoration as on 30: the document example equals 24 / (previous total from the 0B example) * 100 with a minus before it. One example only.',
      },
    ),
    market_operation_code: common.market_operation_code,
    investor_ticker: common.investor_ticker,
    krx_ask_sizes: levels(10, {
      firstFid: 6044,
      kind: 'quantity',
      title: 'KRX 매도호가잔량{n}',
      description: 'Shares waiting on KRX at ask level {n}',
      note: 'Level of the same rank in `asks`. All 0 in NXT after-market.',
    }),
    krx_bid_sizes: levels(10, {
      firstFid: 6054,
      kind: 'quantity',
      title: 'KRX 매수호가잔량{n}',
      description: 'Shares waiting on KRX at bid level {n}',
      note: 'Level of the same rank in `bids`. All 0 in NXT after-market.',
    }),
    krx_total_ask_size: quantity(6064, 'KRX 매도호가총잔량', 'Shares waiting on all ask levels of KRX'),
    krx_total_bid_size: quantity(6065, 'KRX 매수호가총잔량', 'Shares waiting on all bid levels of KRX'),
    nxt_ask_sizes: levels(10, {
      firstFid: 6066,
      kind: 'quantity',
      title: 'NXT 매도호가잔량{n}',
      description: 'Shares waiting on NXT at ask level {n}',
      note: 'Level of the same rank in `asks`. All 0 in NXT after-market frames.',
    }),
    nxt_bid_sizes: levels(10, {
      firstFid: 6076,
      kind: 'quantity',
      title: 'NXT 매수호가잔량{n}',
      description: 'Shares waiting on NXT at bid level {n}',
      note: 'Level of the same rank in `bids`. All 0 in NXT after-market frames.',
    }),
    nxt_total_ask_size: quantity(6086, 'NXT 매도호가총잔량', 'Shares waiting on all ask levels of NXT'),
    nxt_total_bid_size: quantity(6087, 'NXT 매수호가총잔량', 'Shares waiting on all bid levels of NXT'),
    krx_midpoint_ask_size_change: signedQuantity(
      6100,
      'KRX 중간가 매도총잔량 증감',
      'Change of the shares offered at the midpoint on KRX',
      { note: 'Only 0 seen. Sign read as arithmetic.' },
    ),
    krx_midpoint_ask_size: quantity(6101, 'KRX 중간가 매도총잔량', 'Shares offered by midpoint orders on KRX', { note: 'Only 0 seen.' }),
    krx_midpoint_price: price(6102, 'KRX 중간가', 'Midpoint price on KRX, where midpoint orders match', {
      note: 'Only 0 seen, kept. May fall between two ticks.',
    }),
    krx_midpoint_bid_size: quantity(6103, 'KRX 중간가 매수총잔량', 'Shares wanted by midpoint orders on KRX', { note: 'Only 0 seen.' }),
    krx_midpoint_bid_size_change: signedQuantity(6104, 'KRX 중간가 매수총잔량 증감', 'Change of the shares wanted at the midpoint on KRX', {
      note: 'Only 0 seen. Sign read as arithmetic.',
    }),
    nxt_midpoint_ask_size_change: signedQuantity(6105, 'NXT중간가 매도총잔량 증감', 'Change of the shares offered at the midpoint on NXT', {
      note: 'Only 0 seen. Sign read as arithmetic.',
    }),
    nxt_midpoint_ask_size: quantity(6106, 'NXT중간가 매도총잔량', 'Shares offered by midpoint orders on NXT', { note: 'Only 0 seen.' }),
    nxt_midpoint_price: price(6107, 'NXT중간가', 'Midpoint price on NXT, where midpoint orders match', {
      note: 'Only 0 seen, kept. May fall between two ticks.',
    }),
    nxt_midpoint_bid_size: quantity(6108, 'NXT중간가 매수총잔량', 'Shares wanted by midpoint orders on NXT', { note: 'Only 0 seen.' }),
    nxt_midpoint_bid_size_change: signedQuantity(6109, 'NXT중간가 매수총잔량 증감', 'Change of the shares wanted at the midpoint on NXT', {
      note: 'Only 0 seen. Sign read as arithmetic.',
    }),
    krx_midpoint_price_change: change(6110, 'KRX중간가대비', 'Midpoint price on KRX minus the reference price', {
      note: 'Against the reference price (307), not the previous close. Only 0 seen.',
    }),
    krx_midpoint_price_change_sign: code(6111, 'KRX중간가대비 기호', 'Direction of the KRX midpoint price against the reference price', {
      note: 'Legend probably that of 25, but the only value seen is `0`, which it lacks: kept as code.',
    }),
    krx_midpoint_price_change_rate: ratio(6112, 'KRX중간가대비등락율', 'KRX midpoint price change as a percentage of the reference price', {
      note: 'Against the reference price (307). Only 0 seen.',
    }),
    nxt_midpoint_price_change: change(6113, 'NXT중간가대비', 'Midpoint price on NXT minus the reference price', {
      note: 'Against the reference price (307), not the previous close. Only 0 seen.',
    }),
    nxt_midpoint_price_change_sign: code(6114, 'NXT중간가대비 기호', 'Direction of the NXT midpoint price against the reference price', {
      note: 'Legend probably that of 25, but the only value seen is `0`, which it lacks: kept as code.',
    }),
    nxt_midpoint_price_change_rate: ratio(6115, 'NXT중간가대비등락율', 'NXT midpoint price change as a percentage of the reference price', {
      note: 'Against the reference price (307). Only 0 seen.',
    }),
  },
})
