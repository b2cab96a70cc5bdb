import { dataset } from '../dataset.ts'
import { code, like, price, quantity, ratio, text, time } from '../fields.ts'
import { common } from '../vocabulary.ts'

/** Start and end of volatility interruptions, for the whole market; one event comes under several items. */
export const volatilityInterruption = dataset({
  type: '1h',
  name: 'volatility_interruption',
  title: 'VI발동/해제',
  description: 'Start and end of volatility interruptions, for the whole market; one event comes under several items',
  items: 'market',
  volume: 'low',
  symbol: like(common.symbol, {
    title: '종목코드',
    description: 'Code of the stock whose interruption starts or ends',
    note: 'Header column; item carries the suffix (`_AL` = SOR), FID 9001 is bare in captures and was seen with the suffix by others: it is taken off. One event comes twice, bare and `_AL`, told apart by `venue`.',
  }),
  columns: {
    name: common.name,
    cumulative_volume: common.cumulative_volume,
    cumulative_turnover_krw_million: like(common.cumulative_turnover_krw_million, {
      note: 'Million won; 14 / 13 of the examples agrees with the price.',
    }),
    vi_type: code(9068, 'VI발동구분', 'Kind of volatility interruption triggered', {
      legend: { 1: 'static', 2: 'dynamic', 3: 'dynamic and static', 4: 'extended (seen by others)' },
      note: 'Not started or ended, as some clients read it: the end is shown by FID 1224. `4` stands in a synthetic row of a public client and was not captured here.',
    }),
    market_code: code(9008, 'KOSPI,KOSDAQ,전체구분', 'Market the stock is listed on', {
      note: "Looks like the sector code of the market. Only `101` seen, in the venue's document even for a KOSPI stock.",
    }),
    vi_trading_phase: code(9075, '장전구분', 'Part of the trading day in which the interruption was triggered', {
      legend: { 1: 'regular session' },
      note: 'Only `1` seen; title says pre-market class.',
    }),
    vi_trigger_price: price(1221, 'VI발동가격', 'Price of the trade that triggered the interruption', {
      note: 'The triggering trade price, not the threshold.',
    }),
    vi_trigger_time: time(1223, '매매체결처리시각', 'Time at which the triggering trade was handled', {
      note: 'Not exchange_time, which is null here: the frame sent at the end repeats the trigger time.',
    }),
    vi_release_time: time(1224, 'VI해제시각', 'Time at which the interruption ended', {
      nullIf: ['000000'],
      note: 'Null if `000000` (still running): the same event comes again with the time filled.',
    }),
    vi_applied_type: code(1225, 'VI적용구분', 'Kind of volatility interruption as Korean text', {
      legend: { 정적: 'static', 동적: 'dynamic', '동적+정적': 'dynamic and static' },
      note: 'Same statement as 9068, in words; kept in Korean.',
    }),
    vi_static_reference_price: price(1236, '기준가격 정적', 'Reference price of the static interruption', {
      nullIf: ['0'],
      note: "Null if `0` (not a static interruption). The venue's document gives units of contracts and shares here; the values are prices.",
    }),
    vi_dynamic_reference_price: price(1237, '기준가격 동적', 'Reference price of the dynamic interruption', {
      nullIf: ['0'],
      note: 'Null if `0` (not a dynamic interruption).',
    }),
    vi_static_deviation_rate: ratio(1238, '괴리율 정적', 'Trigger price against the static reference price', {
      note: '= (1221 - 1236) / 1236 * 100, checked. `0.00` kept where 1236 is null.',
    }),
    vi_dynamic_deviation_rate: ratio(1239, '괴리율 동적', 'Trigger price against the dynamic reference price', {
      note: '= (1221 - 1237) / 1237 * 100, checked. `0.00` kept where 1237 is null.',
    }),
    vi_trigger_price_change_rate: ratio(1489, 'VI발동가 등락율', 'Trigger price change as a percentage, as the venue states it', {
      note: 'Base not documented (previous close by its title; equals 1238 in every example).',
    }),
    vi_trigger_count: quantity(1490, 'VI발동횟수', 'How often the stock has been interrupted today, this time included', {
      unit: 'count',
      questType: 'INT',
    }),
    vi_direction: code(9069, '발동방향구분', 'Direction of the price move that triggered the interruption', {
      legend: { 1: 'up', 2: 'down' },
    }),
    extra_1279: text(1279, 'Extra Item', 'Unnamed extra field of the venue; carries direction sign and kind as Korean text', {
      note: 'Repeats 9069 and 1225 as one text (`+` up, `-` down); kept verbatim, sign included.',
    }),
  },
})
