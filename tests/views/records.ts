import { dateAfter, momentOf } from '@tickhouse/calendar'
import type { DataRecord } from '@tickhouse/catalogue'
import type { Random } from '../random.ts'

const symbols = ['005930', '000660', '035720']
const venues = ['KRX', 'NXT', 'SOR']
const second = 1_000_000

/** When something happens: before, in and after every auction, at the changes of phase of both venues, and where one Korean day becomes the next. */
const busyTimes = ['08:30', '08:50', '09:00', '09:01', '12:00', '15:20', '15:30', '15:40', '16:00', '20:00']
const dates = ['2026-11-24', '2026-11-25']

/** Moments in rising order, many in one second, none twice. */
function moments(random: Random, count: number): number[] {
  const times = dates.flatMap(date => [...busyTimes.map(time => momentOf(date, time)), momentOf(dateAfter(date), '00:00')])
  const found = new Set<number>()
  while (found.size < count) found.add(random.of(times) + random.between(-30 * second, 35 * second))
  return [...found].sort((one, other) => one - other)
}

/** Some figures are missing, as those are that could not be read. */
const mostly = (random: Random, value: unknown) => (random.between(1, 40) === 1 ? undefined : value)

function header(random: Random, timestamp: number, seq: number) {
  const venue = random.of(venues)
  return {
    timestamp,
    symbol: random.of(symbols),
    venue,
    session: random.of(['s1', 's2']),
    seq,
    exchange_time: timestamp - (timestamp % second),
  }
}

/** Trades of two Korean days at prices to the half won; those without a side are of auctions. */
export function madeUpTrades(random: Random, count: number): DataRecord[] {
  return moments(random, count).map((timestamp, index) => {
    const price = random.between(100, 2_000) * 50 + (random.between(0, 9) === 0 ? 0.5 : 0)
    return {
      ...header(random, timestamp, index + 1),
      price: mostly(random, price),
      volume: random.between(1, 5_000),
      side: random.of(['buy', 'sell', undefined]),
      best_bid: price - 50,
      best_ask: price,
      cumulative_volume: index,
      trading_phase: random.of(['1', '2', '3']),
    }
  })
}

/** Order books that lock and cross each other now and then, with levels and sides that are empty. */
export function madeUpBooks(random: Random, count: number): DataRecord[] {
  return moments(random, count).map((timestamp, index) => {
    const bid = 70_000 + random.between(-2, 2) * 100
    const prices = (from: number, step: number) => Array.from({ length: 10 }, (_, level) => (level > 7 ? null : from + level * step))
    const sizes = () => Array.from({ length: 10 }, () => random.between(0, 9_000))
    const [asks, bids] = [
      [prices(bid + 100, 100), sizes(), sizes()],
      [prices(bid, -100), sizes(), sizes()],
    ]
    const isEmpty = random.between(1, 12) === 1
    return {
      ...header(random, timestamp, index + 1),
      asks: isEmpty ? undefined : asks,
      best_ask: isEmpty ? undefined : asks[0]![0]!,
      best_ask_size: asks[1]![0]!,
      bids,
      best_bid: bids[0]![0]!,
      best_bid_size: bids[1]![0]!,
      net_bid_size: random.between(-10_000, 10_000),
      auction_expected_price: random.between(0, 2) * 70_000,
      auction_expected_volume: random.between(0, 10_000),
    } as unknown as DataRecord
  })
}

/** Interruptions as the venue sends them: each up to four times, twice at its start and twice at its end, some of which never come. */
export function madeUpInterruptions(random: Random, count: number): DataRecord[] {
  const events = moments(random, count).map((at, index) => ({
    at,
    number: index + 1,
    symbol: random.of(symbols),
    kind: random.of(['1', '2', '3', '9']),
  }))
  const records = events.flatMap(({ at, number, symbol, kind }) => {
    const began = at - (at % second)
    const common = {
      symbol,
      session: 's1',
      name: `이름 ${symbol}`,
      vi_type: kind,
      vi_direction: random.of(['1', '2']),
      vi_trigger_price: 70_000,
      vi_trigger_time: began,
      vi_static_reference_price: kind === '2' ? undefined : 68_000,
      vi_dynamic_reference_price: kind === '1' ? undefined : 69_000,
      vi_trigger_price_change_rate: 2.94,
      vi_trigger_count: number,
    }
    const start = ['SOR', 'KRX'].map((venue, index) => ({ ...common, venue, timestamp: at + index }))
    const end = ['SOR', 'KRX'].map((venue, index) => ({
      ...common,
      venue,
      timestamp: at + 120 * second + index,
      vi_release_time: began + 120 * second,
    }))
    return [...start, ...(random.between(1, 5) === 1 ? [] : end)]
  })
  return records.map((record, index) => ({ ...record, seq: index + 1 }) as DataRecord)
}

/** Steps of the day with every code, notices among them, and one that nobody knows. */
export function madeUpSteps(codes: readonly string[]): DataRecord[] {
  return [...codes, 'z'].map((market_operation_code, index) => ({
    timestamp: momentOf('2026-11-25', '08:00') + index * second,
    symbol: '*',
    venue: 'KRX',
    session: 's1',
    seq: index + 1,
    market_operation_code,
    seconds_to_market_open: index * 10,
  }))
}

/** Snapshots of brokers with places that are empty. */
export function madeUpBrokers(random: Random, count: number): DataRecord[] {
  return moments(random, count).map((timestamp, index) => {
    const record: Record<string, unknown> = header(random, timestamp, index + 1)
    for (const side of ['buy', 'sell'])
      for (const place of [1, 2, 3, 4, 5]) {
        const column = `${side}_broker_${place}`
        if (random.between(1, 6) === 1) continue
        record[column] = `${side} ${random.between(1, 30)}`
        record[`${column}_code`] = String(random.between(1, 60)).padStart(3, '0')
        record[`${column}_marker`] = random.of(['!!!!', 'DHDB', 'DGDB', undefined])
        record[`${column}_volume`] = random.between(0, 100_000)
        record[`${column}_volume_change`] = random.between(-500, 500)
      }
    delete record['exchange_time']
    return record as DataRecord
  })
}

/** Program trading. */
export function madeUpPrograms(random: Random, count: number): DataRecord[] {
  return moments(random, count).map((timestamp, index) => ({
    ...header(random, timestamp, index + 1),
    price: 70_000,
    program_buy_volume: random.between(0, 9_000),
    program_sell_volume: random.between(0, 9_000),
    program_net_buy_volume: random.between(-9_000, 9_000),
    program_net_buy_volume_change: random.between(-90, 90),
    program_buy_value_krw_million: random.between(0, 9_000),
    program_sell_value_krw_million: random.between(0, 9_000),
    program_net_buy_value_krw_million: random.between(-9_000, 9_000),
    program_net_buy_value_change_krw_million: mostly(random, random.between(-9, 9)),
  }))
}

/** Net asset values. */
export function madeUpNavs(random: Random, count: number): DataRecord[] {
  return moments(random, count).map((timestamp, index) => ({
    ...header(random, timestamp, index + 1),
    price: random.between(10_000, 20_000),
    nav: mostly(random, random.between(1_000_000, 2_000_000) / 100),
    nav_price_deviation_rate: random.between(-300, 300) / 100,
    tracking_error_rate: random.between(0, 300) / 100,
  }))
}
