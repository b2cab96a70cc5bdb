import { columnsOf, described, type Expression, legendOf, made, ofExchanges, select, type ViewDefinition } from './view.ts'

const ofProgram = columnsOf('program_trading')

const program = [
  ...['timestamp', 'exchange_time', 'symbol', 'venue', 'price'].map(name => ofProgram(name)),
  ofProgram('program_buy_volume', 'buy_volume'),
  ofProgram('program_sell_volume', 'sell_volume'),
  ofProgram('program_net_buy_volume', 'net_volume'),
  ofProgram('program_net_buy_volume_change', 'net_volume_change'),
  ofProgram('program_buy_value_krw_million', 'buy_value_krw_million'),
  ofProgram('program_sell_value_krw_million', 'sell_value_krw_million'),
  ofProgram('program_net_buy_value_krw_million', 'net_value_krw_million'),
  ofProgram('program_net_buy_value_change_krw_million', 'net_value_change_krw_million'),
]

export const programFlow: ViewDefinition = {
  name: 'program_flow',
  level: 'basic',
  description: 'Program trading of each stock: the totals of the day so far, and by how much each event changed them.',
  columns: described(program),
  select: select(program, `FROM program_trading WHERE ${ofExchanges}`),
  example: `SELECT timestamp, symbol, venue, net_volume, net_value_krw_million
FROM program_flow WHERE timestamp IN today('Asia/Seoul') LATEST ON timestamp PARTITION BY symbol, venue LIMIT 5;`,
}

const ofBroker = columnsOf('broker_activity')

const sides = ['buy', 'sell'] as const
const ranks = [1, 2, 3, 4, 5] as const
const markers = legendOf('broker_activity', 'buy_broker_1_marker')
const foreign = Object.keys(markers).filter(marker => markers[marker]!.startsWith('foreign'))

/** A figure of the broker that stands at place `x` of ten, the buying ones first. */
function ofPlace(end: string): string {
  const columns = sides.flatMap(side => ranks.map(rank => `${side}_broker_${rank}${end}`))
  return `CASE x ${columns.map((column, index) => `WHEN ${index + 1} THEN ${column}`).join(' ')} END`
}

const brokers: readonly Expression[] = [
  ...['timestamp', 'symbol', 'venue'].map(name => ofBroker(name)),
  made('side', 'STRING', "CASE WHEN x <= 5 THEN 'buy' ELSE 'sell' END", '`buy` or `sell`'),
  made('place', 'LONG', 'CASE WHEN x <= 5 THEN x ELSE x - 5 END', 'Rank of the broker on its side by volume today, from 1 to 5'),
  made('broker', 'STRING', ofPlace(''), 'Name of the broker'),
  made('code', 'STRING', ofPlace('_code'), 'Code of the broker'),
  made('marker', 'STRING', ofPlace('_marker'), 'Marker of the venue for domestic and foreign brokers', { legend: markers }),
  made('volume', 'LONG', ofPlace('_volume'), 'Shares that the broker has bought or sold today', { unit: 'share' }),
  made('volume_change', 'LONG', ofPlace('_volume_change'), 'Change of that volume since the update before', { unit: 'share' }),
]

const origin = `CASE WHEN marker IN (${foreign.map(marker => `'${marker}'`).join(', ')}) THEN 'foreign' WHEN marker IS NOT NULL THEN 'domestic' END`
const withOrigin = [
  ...brokers.filter(({ name }) => name !== 'marker').map(column => ({ ...column, sql: column.name })),
  made('origin', 'STRING', origin, 'Whether the broker is `domestic` or `foreign`'),
]

export const brokerFlow: ViewDefinition = {
  name: 'broker_flow',
  level: 'basic',
  description: 'The five busiest buying and selling brokers of each stock: one row per update, side and broker, instead of fifty columns.',
  columns: described(withOrigin),
  select: `${select(withOrigin, `FROM (\n${select(brokers, `FROM (SELECT * FROM broker_activity WHERE ${ofExchanges}) CROSS JOIN long_sequence(10)`)}\n)`)}\nWHERE broker IS NOT NULL OR code IS NOT NULL`,
  example: `SELECT timestamp, symbol, side, place, broker, origin, volume
FROM broker_flow WHERE symbol = '005930' AND timestamp IN today('Asia/Seoul') LIMIT -10;`,
}

const ofEtf = columnsOf('etf_nav')

const premium = [
  ...['timestamp', 'exchange_time', 'symbol', 'venue', 'price', 'nav'].map(name => ofEtf(name)),
  made('premium', 'DOUBLE', 'price - nav', 'Price minus net asset value; below zero a discount', { unit: 'KRW' }),
  made('premium_rate', 'DOUBLE', '(price - nav) / nav * 100', 'Premium as a percentage of the net asset value', { unit: 'percent' }),
  ofEtf('nav_price_deviation_rate', 'stated_premium_rate'),
  ofEtf('tracking_error_rate'),
]

export const etfPremium: ViewDefinition = {
  name: 'etf_premium',
  level: 'basic',
  description: 'By how much each ETF trades above or below its net asset value.',
  columns: described(premium),
  select: select(premium, `FROM etf_nav WHERE ${ofExchanges}`),
  example: `SELECT timestamp, symbol, price, nav, premium_rate
FROM etf_premium WHERE timestamp IN today('Asia/Seoul') LATEST ON timestamp PARTITION BY symbol LIMIT 5;`,
}
