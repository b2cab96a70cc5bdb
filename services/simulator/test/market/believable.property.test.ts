import { TradingCalendar } from '@tickhouse/calendar'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { simulatedDay } from '../../src/index.ts'
import { Market } from '../../src/market/market.ts'
import type { Pair } from '../../src/market/source.ts'
import { clockOf, type Heard, hear, listen, magnitude, tickOf } from '../believable.ts'

const stocks = ['005930', '000660', '035720', '109670', '00088K']
const suffixes = ['', '_NX', '_AL']
const types = ['0B', '0D', '0H', '0C', '0w']
const wide: Pair[] = ['0s', '1h'].map(type => ({ type, item: '' }))

/** Some stocks on some exchanges with some types; trades and the announcements of the market always. */
const registrations = fc
  .tuple(fc.subarray(stocks, { minLength: 1 }), fc.subarray(suffixes, { minLength: 1 }), fc.subarray(types))
  .map(([symbols, ofItems, ofTypes]): Pair[] => [
    ...symbols.flatMap(symbol =>
      ofItems.flatMap(suffix => [...new Set(['0B', ...ofTypes])].map(type => ({ type, item: symbol + suffix }))),
    ),
    ...wide,
  ])
const everything: Pair[] = [
  ...stocks.flatMap(symbol => suffixes.flatMap(suffix => types.map(type => ({ type, item: symbol + suffix })))),
  ...wide,
]
const seeds = fc.integer({ min: 1, max: 1_000_000 })
const calendar = new TradingCalendar()
const dates = fc.constantFrom('2026-11-27', '2026-11-19', '2026-08-20', '2026-01-02', '2025-03-04', '2025-01-09')

/** What an always open market sends, its clock running at the pace of its frames. */
function always(seed: number, pairs: readonly Pair[], frames: number): Heard[] {
  const framesPerSecond = 50
  const market = new Market(seed, { framesPerSecond })
  market.register(pairs)
  const startMs = Date.UTC(2026, 6, 19, 18, 0, 0)
  const heard: Heard[] = []
  for (let frame = 0; frame < frames || market.hasMore; frame++) {
    const atMs = startMs + (frame * 1_000) / framesPerSecond
    const made = market.next(atMs)
    if (made !== null) heard.push(...hear(made.bytes, atMs * 1_000))
  }
  return heard
}

function day(seed: number, date: string, pairs: readonly Pair[], records = 4_000): Heard[] {
  return [...simulatedDay({ date, pairs, seed, records })].flatMap(({ timeUs, bytes }) => hear(bytes, timeUs))
}

/** Checks a property over markets that are always open, and over days of every kind. */
function forMarkets(check: (heard: readonly Heard[]) => void): void {
  fc.assert(
    fc.property(seeds, registrations, (seed, pairs) => check(always(seed, pairs, 1_000))),
    { numRuns: 12 },
  )
  fc.assert(
    fc.property(seeds, dates, registrations, (seed, date, pairs) => check(day(seed, date, pairs, 1_000))),
    { numRuns: 12 },
  )
}

describe('always open and by the calendar', () => {
  test('every trade is at or within the best prices of the last book of its item', () => {
    let compared = 0
    forMarkets(heard => {
      for (const { item, price, book, isFixed, time, exchange } of listen(heard).trades) {
        if (book === undefined || (isFixed && item.endsWith('_AL'))) continue
        compared++
        if (price < book.bid || price > book.ask)
          expect.fail(`${time} ${exchange}: ${item} traded at ${price} with ${book.bid} and ${book.ask} waiting`)
      }
    })
    expect(compared).toBeGreaterThan(500)
  })

  test('27 and 28 of a trade hold its price between them', () => {
    forMarkets(heard => {
      for (const { price, values, isFixed } of listen(heard).trades) {
        if (!isFixed && (price < magnitude(values['28']) || price > magnitude(values['27'])))
          expect.fail(`${price} with ${values['28']} and ${values['27']}`)
      }
    })
  })

  test('a combined item has every trade of KRX and NXT once, and its volume is the sum of both', () => {
    const check = (heard: readonly Heard[]) => {
      for (const symbol of stocks) {
        const { trades } = listen(heard)
        const of = (item: string) => trades.filter(trade => trade.item === item)
        const word = ({ time, price, signedVolume, exchange }: (typeof trades)[number]) => `${exchange} ${time} ${price} ${signedVolume}`
        for (const [suffix, exchange] of [
          ['', 'KRX'],
          ['_NX', 'NXT'],
        ] as const)
          expect(
            of(`${symbol}_AL`)
              .filter(trade => trade.exchange === exchange)
              .map(word),
          ).toEqual(of(symbol + suffix).map(word))
        const last = (item: string) => of(item).at(-1)?.total ?? Number.NaN
        const sum = last(symbol) + last(`${symbol}_NX`)
        if (!Number.isNaN(sum)) expect(last(`${symbol}_AL`)).toBe(sum)
      }
    }
    fc.assert(
      fc.property(seeds, seed => check(always(seed, everything, 2_500))),
      { numRuns: 10 },
    )
    fc.assert(
      fc.property(seeds, dates, (seed, date) => check(day(seed, date, everything, 2_500))),
      { numRuns: 10 },
    )
  })

  test('the book of a combined item holds the sizes of both exchanges and never crosses', () => {
    forMarkets(heard => {
      for (const { values } of heard.filter(({ type }) => type === '0D')) {
        const sizes = (first: number) => Array.from({ length: 10 }, (_, level) => Number(values[first + level]))
        const [nxt, krx] = [sizes(6066), sizes(6044)]
        expect(sizes(61)).toEqual(krx.map((size, level) => size + nxt[level]!))
        expect(magnitude(values['51'])).toBeLessThan(magnitude(values['41']))
      }
    })
  })

  test('every price is on its tick and within the limits of the day', () => {
    forMarkets(heard => {
      for (const { type, item, values } of heard) {
        if (type !== '0B' && type !== '0D') continue
        const prices = type === '0B' ? ['10'] : Array.from({ length: 20 }, (_, index) => String(41 + index))
        const close = closeOf(item)
        for (const price of prices.map(fid => magnitude(values[fid])).filter(price => price > 0)) {
          if (price % tickOf(price) !== 0) expect.fail(`${item}: ${price} is on no tick`)
          if (close !== undefined && Math.abs(price / close - 1) > 0.3) expect.fail(`${item}: ${price} is beyond the limits of ${close}`)
        }
      }
    })
  })

  test('prices of a stock at KRX and NXT lie few ticks apart', () => {
    forMarkets(heard => {
      for (const { values, exchanges } of listen(heard).combinedBooks) {
        if (exchanges < 2) continue
        const firstOf = (fids: number, prices: number) => {
          const level = Array.from({ length: 10 }, (_, at) => at).find(at => Number(values[fids + at]) > 0)
          return level === undefined ? Number.NaN : magnitude(values[prices + level])
        }
        const bids = [firstOf(6054, 51), firstOf(6076, 51)]
        const apart = Math.abs(bids[0]! - bids[1]!)
        if (!Number.isNaN(apart)) expect(apart).toBeLessThanOrEqual(6 * tickOf(Math.max(...bids)))
      }
    })
  })

  test('an interrupted stock does not trade for two minutes, trades once without a side, and goes on', () => {
    let ended = 0
    const check = (heard: readonly Heard[]) => {
      const { interruptions, trades } = listen(heard)
      for (const { symbol, fromUs, toUs, startedAt, releasedAt } of interruptions) {
        const own = trades.filter(trade => trade.item === symbol && trade.atUs > fromUs && trade.atUs < toUs + 1_000_000)
        if (own.length === 0) continue
        ended++
        expect(clockOf(releasedAt) - clockOf(startedAt)).toBeGreaterThanOrEqual(119)
        expect(clockOf(releasedAt) - clockOf(startedAt)).toBeLessThanOrEqual(180)
        expect(own[0]!.side).toBe(0)
        expect(own.slice(1).every(({ side, atUs }) => side !== 0 && atUs > own[0]!.atUs)).toBe(true)
      }
    }
    fc.assert(
      fc.property(seeds, seed => check(day(seed, '2026-11-27', everything, 8_000))),
      { numRuns: 6 },
    )
    fc.assert(
      fc.property(seeds, seed => check(always(seed, everything, 30_000))),
      { numRuns: 3 },
    )
    expect(ended).toBeGreaterThan(5)
  })
})

describe('a simulated day', () => {
  test('is the same for the same seed, rises strictly in time, and has about the records asked for', () => {
    fc.assert(
      fc.property(seeds, dates, (seed, date) => {
        const play = () => [...simulatedDay({ date, pairs: everything, seed, records: 2_000 })]
        const frames = play()
        expect(play().map(({ timeUs, bytes }) => `${timeUs} ${bytes}`)).toEqual(frames.map(({ timeUs, bytes }) => `${timeUs} ${bytes}`))
        expect(frames.every(({ timeUs }, index) => index === 0 || timeUs > frames[index - 1]!.timeUs)).toBe(true)
        expect(frames.length).toBeGreaterThan(1_500)
        expect(frames.length).toBeLessThan(2_500)
      }),
      { numRuns: 6 },
    )
  })

  test('is empty where the market is closed or nobody knows', () => {
    for (const date of ['2026-11-29', '2026-12-25', '2031-05-07']) expect(day(1, date, everything)).toEqual([])
  })

  test('trades only while the calendar says so, and says the session in 290', () => {
    fc.assert(
      fc.property(seeds, dates, (seed, date) => {
        for (const { exchange, atUs, values, side } of listen(day(seed, date, everything, 3_000)).trades) {
          // What an auction gathered trades within half a minute after its end.
          const phases = (side === 0 ? [30_000_000] : [10_000, 50_000]).flatMap(agoUs => calendar.phasesAt(atUs - agoUs, exchange))
          const isHeld = phases.some(({ kind }) => (side === 0 ? kind !== 'fixed_price' : kind !== 'auction'))
          expect({ exchange, atUs, side, isHeld }).toEqual({ exchange, atUs, side, isHeld: true })
          const session = phases.every(({ phase }) => phase.startsWith('pre_'))
            ? '1'
            : phases.every(({ phase }) => phase.startsWith('after_'))
              ? '3'
              : '2'
          expect({ phases: phases.map(({ phase }) => phase), session: values['290'] }).toEqual({
            phases: phases.map(({ phase }) => phase),
            session,
          })
        }
      }),
      { numRuns: 10 },
    )
  })

  test('announces its steps when they happen', () => {
    const steps = day(1, '2026-11-27', everything).filter(({ type }) => type === '0s')
    expect(steps.map(({ values }) => `${values['20']} ${values['215']} ${values['214']}`)).toEqual([
      ...[
        '080000 P 000000',
        '084000 0 002000',
        '085000 0 001000',
        '085000 Q 000000',
        '085500 0 000500',
        '085900 0 000100',
        '090000 3 000000',
      ],
      ...[
        '090030 R 000000',
        '152000 2 001000',
        '152000 S 000000',
        '152500 2 000500',
        '152900 2 000100',
        '153000 4 000000',
        '888888 8 000000',
      ],
      ...['153000 T 000000', '154000 a 000000', '154000 U 000000', '160000 b 000000', '200000 V 000000', '999999 9 000000'],
    ])
  })

  test('gathers expected trades before it opens and closes, and trades what was shown last', () => {
    const heard = day(1, '2026-11-27', everything, 20_000)
    for (const symbol of stocks) {
      const { trades } = listen(heard)
      const auctions = trades.filter(
        ({ item, side, values, time }) => item === symbol && side === 0 && values['290'] === '2' && (time < '090100' || time > '152900'),
      )
      expect(auctions).toHaveLength(2)
      for (const { atUs, price, volume } of auctions) {
        const shown = heard.filter(({ type, item, atUs: us }) => type === '0H' && item === symbol && us < atUs && us > atUs - 700_000_000)
        const last = heard.findLast(
          ({ type, item, atUs: us }) => (type === '0D' || type === '0H') && [symbol, `${symbol}_AL`].includes(item) && us < atUs,
        )!
        const [ofPrice, ofVolume] = last.type === '0H' ? ['10', '13'] : ['23', '24']
        expect(shown.length).toBeGreaterThan(0)
        expect([magnitude(last.values[ofPrice!]), Number(last.values[ofVolume!])]).toEqual([price, volume])
        expect(Number(shown[0]!.values['13'])).toBeLessThanOrEqual(volume * 1.1)
      }
    }
  })

  test('has the shape of a day: much at the opening and towards the close, wide spreads at the opening', () => {
    const trades = listen(day(3, '2026-11-27', everything, 30_000)).trades.filter(({ item, side }) => !item.includes('_') && side !== 0)
    const between = (from: string, to: string) => {
      const own = trades.filter(({ time }) => time >= from && time < to)
      return {
        volume: own.reduce((sum, { volume }) => sum + volume, 0),
        spread:
          own.reduce((sum, { values, price }) => sum + (magnitude(values['27']) - magnitude(values['28'])) / tickOf(price), 0) / own.length,
      }
    }
    const [morning, noon, afternoon] = [between('090000', '093000'), between('121500', '124500'), between('145000', '152000')]
    expect(morning.volume).toBeGreaterThan(2 * noon.volume)
    expect(afternoon.volume).toBeGreaterThan(1.3 * noon.volume)
    expect(morning.spread).toBeGreaterThan(noon.spread)
  })
})

/** What the names of the simulated market were worth the day before, of those that have one. */
function closeOf(item: string): number | undefined {
  return { '005930': 269_000, '000660': 1_842_000, '035720': 61_300, '109670': 3_490, '00088K': 40_350 }[item.slice(0, 6)]
}
