import { dataset } from '../dataset.ts'
import { amount, code, like, price, quantity, ratio, sideOf, signedQuantity, signedVolume, text, time, unsignedRatio } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Every trade, with the running totals of the day. */
export const trade = dataset({
  type: '0B',
  name: 'trade',
  title: '주식체결',
  description: 'Every trade, with the running totals of the day',
  items: 'stock',
  volume: 'high',
  exchangeTime: common.event_time,
  runningTotal: { total: 13, step: 15, exchange: 9081 },
  columns: {
    price: common.price,
    price_change: common.price_change,
    price_change_rate: common.price_change_rate,
    best_ask: common.best_ask,
    best_bid: common.best_bid,
    volume: signedVolume(15, '거래량', 'Volume of this trade, always positive; the aggressor side is in `side`', {
      note: 'Sign is the side: `+` side = buy, `-` side = sell, no sign or zero (single-price auction) side = null.',
    }),
    side: sideOf(15, 'Side of the aggressor: buy or sell; null without a sign, as in single-price auctions'),
    cumulative_volume: like(common.cumulative_volume, {
      description: 'Volume traded since the start of the day, this trade included',
      note: 'Grows by `volume` from trade to trade of one symbol and venue: the loss check. Tells apart ticks that share second, price and volume.',
    }),
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
    trade_strength: ratio(228, '체결강도', 'Buyer-initiated volume as a percentage of seller-initiated volume today', {
      note: '= 1031 / 1030 * 100, checked; above 100 buyers lead.',
    }),
    market_cap_krw_100m: common.market_cap_krw_100m,
    trading_phase: code(290, '장구분', 'Part of the trading day in which the trade took place', {
      legend: {
        1: 'pre-market off-hours',
        2: 'regular session',
        3: 'after-market off-hours',
        P: 'NXT pre-market (seen by others)',
        U: 'NXT after-market (seen by others)',
      },
      note: 'The document names 1, 2 and 3. `P` and `U` stand in public clients of the venue and were not captured here.',
    }),
    knock_out_proximity: ratio(691, 'K.O 접근도', 'How near the underlying of a knock-out warrant is to its barrier', {
      note: 'Only `0` seen; unit assumed percent, not documented.',
    }),
    upper_limit_time: common.upper_limit_time,
    lower_limit_time: common.lower_limit_time,
    same_time_volume_ratio_basis_points: ratio(
      851,
      '전일 동시간 거래량비율',
      "Cumulative volume against the previous day's at the same time of day, 10000 = equal",
      {
        unit: 'basis_point',
        note: 'Integer without decimal point; hundredths of a percent inferred: captured values cluster around 10000. Not documented, not scaled.',
      },
    ),
    open_time: time(1890, '시가시간', 'Time of the first trade of the day'),
    high_time_raw: text(1891, '고가시간', 'Text sent as time of the day high; not a usable time', {
      note: 'Captured values lie hours before the market opens: never read as a time. The name `high_time` stays free should the venue mend it.',
    }),
    low_time: time(1892, '저가시간', 'Time of the lowest price of the day so far'),
    cumulative_sell_volume: quantity(1030, '매도체결량', 'Seller-initiated volume since the start of the day', {
      note: '1030 + 1031 < 13: auction volume has no side.',
    }),
    cumulative_buy_volume: quantity(1031, '매수체결량', 'Buyer-initiated volume since the start of the day', {
      note: '1030 + 1031 < 13: auction volume has no side.',
    }),
    buy_volume_ratio: unsignedRatio(1032, '매수비율', 'Buyer-initiated share of all volume that has a side', {
      note: 'Sign is decoration (`-` below 50): magnitude = 1031 / (1030 + 1031) * 100, checked.',
    }),
    cumulative_sell_trade_count: quantity(1071, '매도체결건수', 'Number of seller-initiated trades since the start of the day', {
      unit: 'count',
    }),
    cumulative_buy_trade_count: quantity(1072, '매수체결건수', 'Number of buyer-initiated trades since the start of the day', {
      unit: 'count',
    }),
    trade_turnover_krw_thousand: signedVolume(
      1313,
      '순간거래대금',
      'Value of this trade in thousand won, fraction cut off, always positive',
      {
        unit: 'KRW_thousand',
        note: 'Price * volume truncated to thousand won. Sign is the side, the same as on 15, which alone fills `side`.',
      },
    ),
    trade_sell_volume: signedVolume(1315, '매도체결량_단건', 'Volume of this trade if the seller was the aggressor, else 0', {
      note: 'Sign is the side (`-`), dropped: the name says it; only 15 fills `side`. The side that does not apply is ` 0`, a true zero.',
    }),
    trade_buy_volume: signedVolume(1316, '매수체결량_단건', 'Volume of this trade if the buyer was the aggressor, else 0', {
      note: 'Sign is the side (`+`), dropped: the name says it; only 15 fills `side`. The side that does not apply is ` 0`, a true zero.',
    }),
    trade_net_buy_volume: signedQuantity(
      1314,
      '순매수체결량',
      'Bought minus sold volume of this trade: positive buyer-initiated, negative seller-initiated',
      { note: '= 1316 magnitude - 1315 magnitude = signed 15. The sign is the side, which for a net figure is arithmetic: kept.' },
    ),
    cfd_margin: amount(1497, 'CFD증거금', 'Initial margin for one share held through a contract for difference', {
      questType: 'DOUBLE',
      note: 'Per share; 40 % of the price in the captures.',
    }),
    cfd_maintenance_margin: amount(1498, '유지증거금', 'Maintenance margin for one share held through a contract for difference', {
      questType: 'DOUBLE',
      note: 'Per share; 80 % of 1497 in the captures.',
    }),
    vwap: price(620, '당일거래평균가', 'Volume-weighted average price of the day so far', {
      note: '= 14 * 1e6 / 13 rounded to won, checked.',
    }),
    cfd_trading_cost: amount(732, 'CFD거래비용', 'Cost of trading one share through a contract for difference', {
      questType: 'DOUBLE',
      note: 'Per share; about 0.50 % of the price in the captures.',
    }),
    stock_loan_trading_cost: amount(852, '대주거래비용', 'Cost of selling one borrowed share short (retail stock loan)', {
      questType: 'DOUBLE',
      note: 'Per share; about 0.40 % of the price in the captures.',
    }),
    exchange: code(9081, '거래소구분', 'Exchange on which the trade took place', {
      legend: { KRX: 'KRX', NXT: 'NXT', 1: 'KRX (seen by others)', 2: 'NXT (seen by others)' },
      note: "Captured frames hold words, the example of the venue's document `1`, public clients `1` and `2`: kept verbatim, not translated. May differ from `venue` for SOR items, so its own column.",
    }),
  },
})
