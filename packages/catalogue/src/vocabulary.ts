import {
  account,
  amount,
  change,
  code,
  duration,
  type Field,
  like,
  name,
  price,
  quantity,
  ratio,
  signedAmount,
  signedQuantity,
  text,
  time,
  unsignedRatio,
} from './fields.ts'

/** Direction of a price against its base; other Korean brokers (KIS) swap 4 and 5. */
export const direction = { 1: 'upper limit', 2: 'up', 3: 'unchanged', 4: 'lower limit', 5: 'down' } as const

/** Fields that several datasets share: one FID has one name and one meaning wherever it stands. */
export const common = {
  account: account(9201, '계좌번호', 'Pseudonym of the account', {
    note: '10 digits; replaced by a keyed pseudonym before journal, topic, log or dead letter. The number itself is never stored.',
  }),
  symbol: code(9001, '종목코드,업종코드', 'Code of the stock the record is about', {
    note: 'Header column; leading A and suffix _NX/_AL taken off. Must equal the item after the same stripping (gives the symbol if item is empty); where they differ the item counts and 9001 is named in `unreadable`.',
  }),
  name: name(302, '종목명', 'Name of the stock in Korean'),
  price: price(10, '현재가', 'Last traded price'),
  best_ask: price(27, '(최우선)매도호가', 'Lowest price asked', {
    note: 'A zero (no quote on this side) is kept: no source calls it absent.',
  }),
  best_bid: price(28, '(최우선)매수호가', 'Highest price bid', {
    note: 'A zero (no quote on this side) is kept: no source calls it absent.',
  }),
  reference_price: price(307, '기준가', 'Base price from which the daily price limits are set', { note: 'Usually the previous close.' }),
  price_change: change(11, '전일대비', 'Price minus the previous close'),
  price_change_rate: ratio(12, '등락율', 'Price change as a percentage of the previous close'),
  cumulative_volume: quantity(13, '누적거래량', 'Volume traded since the start of the day'),
  cumulative_turnover_krw_million: amount(14, '누적거래대금', 'Value traded since the start of the day, in million won', {
    unit: 'KRW_million',
    note: 'Million won, checked on 0B: 620 = 14 * 1e6 / 13. Note that 29 of the same frame is in won.',
  }),
  open: price(16, '시가', 'First price of the day'),
  high: price(17, '고가', 'Highest price of the day so far'),
  low: price(18, '저가', 'Lowest price of the day so far'),
  price_change_sign: code(25, '전일대비기호', 'Direction of the price against the previous close, limit moves told apart', {
    legend: direction,
    note: 'Other Korean brokers (KIS) swap 4 and 5.',
  }),
  volume_change_from_previous_day: signedQuantity(
    26,
    '전일거래량대비(계약,주)',
    "Today's cumulative volume minus the previous day's total volume",
    { note: 'Sign is arithmetic; previous total = 13 - 26.' },
  ),
  turnover_change_from_previous_day: signedAmount(
    29,
    '거래대금증감',
    "Today's cumulative turnover minus the previous day's total turnover",
    { note: 'In won, unlike FID 14 (million won) beside it. A public client of the venue gives it the same meaning under another title.' },
  ),
  volume_ratio_to_previous_day: unsignedRatio(
    30,
    '전일거래량대비(비율)',
    "Today's cumulative volume as a percentage of the previous day's total volume",
    { note: 'Sign is decoration (that of 26): magnitude = 13 / (13 - 26) * 100, checked.' },
  ),
  share_turnover_rate: ratio(31, '거래회전율', "Today's cumulative volume as a percentage of the listed shares", {
    note: '= 13 / listed shares * 100 with listed shares = 311 * 1e8 / 10; checked on 0A and 0B.',
  }),
  trading_cost: amount(32, '거래비용', 'Cost of trading one share (fees and tax), as the venue estimates it', {
    questType: 'DOUBLE',
    note: 'Per share: 0.18 to 0.23 % of the price in all captured frames. A public client of the venue calls it turnover in 0A, which the size contradicts.',
  }),
  market_cap_krw_100m: amount(311, '시가총액(억)', 'Market capitalisation, in units of 100 million won', {
    unit: 'KRW_100million',
    note: '100 million won (eok).',
  }),
  upper_limit_time: time(567, '상한가발생시간', 'Time at which the price reached its upper daily limit', {
    nullIf: ['000000'],
    note: 'Null if `000000` (not reached).',
  }),
  lower_limit_time: time(568, '하한가발생시간', 'Time at which the price reached its lower daily limit', {
    nullIf: ['000000'],
    note: 'Null if `000000` (not reached).',
  }),
  event_time: time(20, '체결시간', 'Time of the event at the exchange, to the second'),
  exchange_time_21: time(21, '호가시간', 'Time of the quote at the exchange, to the second'),
  market_operation_code: code(215, '장운영구분', 'Step of the trading day the market has reached', {
    legend: {
      0: 'notice before the KRX open (from 08:40)',
      2: 'notice before the KRX close (from 15:20)',
      3: 'KRX regular session opens (09:00)',
      4: 'KRX close (15:30)',
      8: 'regular session over (after 15:30)',
      9: 'all sessions over (after 18:00 until 2026-09-11, when KRX began to trade until 20:00)',
      a: 'after-hours closing-price trading starts (15:40)',
      b: 'after-hours closing-price trading ends (16:00)',
      c: 'after-hours single-price trading starts (16:00; until 2026-09-11, since then KRX trades price by price at this hour)',
      d: 'after-hours single-price trading ends (18:00; until 2026-09-11)',
      e: 'derivatives pre-close call auction ends',
      f: 'derivatives hours notice (early open)',
      o: 'derivatives open',
      s: 'derivatives pre-close call auction starts',
      P: 'NXT pre-market starts',
      Q: 'NXT pre-market ends',
      R: 'NXT main market starts',
      S: 'NXT main market ends',
      T: 'NXT after-market single price starts',
      U: 'NXT after-market starts',
      V: "NXT after-market ends (portal of 2026) or NXT closing-price trading ends (the venue's document)",
      W: "NXT after-market ends (the venue's document only)",
    },
    note: 'Empty in the document example: null. Legend as 0s.',
  }),
  investor_ticker: text(216, '투자자별ticker', 'Ticker by investor group, by its title; meaning unknown', {
    note: 'Empty in the document example: null. Not read further.',
  }),
  elw_gearing_ratio: ratio(667, 'ELW기어링비율', 'Exposure to the underlying bought per unit of money put into the warrant', {
    unit: 'factor',
    note: 'In the table of the document only, in no example or capture; a warrant figure on an ETF: expect null. A factor, not percent: break-even rate, parity and 667 of the 0u example fit only so.',
  }),
  elw_break_even_rate: ratio(668, 'ELW손익분기율', 'Move of the underlying at which the warrant breaks even at expiry', {
    note: 'In the table of the document only, in no example or capture; a warrant figure on an ETF: expect null.',
  }),
  elw_capital_fulcrum_point: ratio(669, 'ELW자본지지점', 'Yearly move at which underlying and warrant earn the same', {
    note: 'In the table of the document only, in no example or capture; a warrant figure on an ETF: expect null.',
  }),
  seconds_to_market_open: duration(214, '장시작예상잔여시간', 'Time left until the market is expected to open, in seconds', {
    note: 'HHMMSS as a length of time, not a time of day; `000000` is 0. In messages before the close it may count to the close (unconfirmed).',
  }),
} as const

/** Fields that the datasets of a sector share: the same FIDs as those of a stock, and another meaning. */
export const sector = {
  price: like(common.price, {
    description: 'Level of the sector index',
    unit: 'index_point',
    note: 'Index points with 2 decimals; the portal says won, which is wrong.',
  }),
  price_change: inIndexPoints(common.price_change, 'Index level minus the previous close'),
  cumulative_volume_thousand: quantity(13, '누적거래량', 'Volume traded in the sector since the start of the day, in thousand shares', {
    unit: 'thousand_share',
    note: 'Not `cumulative_volume`: unit differs. Inferred: turnover (14) divided by 13 gives a plausible mean price only in thousand shares; the portal says shares.',
  }),
  cumulative_turnover_krw_million: like(common.cumulative_turnover_krw_million, { note: 'Million won.' }),
} as const

/** A price of a stock as a sector has it. */
export function inIndexPoints<Value>(field: Field<Value>, description: string): Field<Value> {
  return like(field, { description, unit: 'index_point', note: 'Index points; the portal says won, which is wrong.' })
}
