import { datasetOfType, SessionNormalizer, venueDatasets } from '@tickhouse/catalogue'
import { describe, expect, test } from 'vitest'
import { Market } from '../../src/market/market.ts'
import { clockOf } from '../believable.ts'
import { defaultPairs, type Item, itemsOf, nextFrames, type Values } from '../frames.ts'

const texts = nextFrames(20_000)
const frames = texts.map(itemsOf)
const items = frames.flat()
/** What a market sends in an hour at five frames a second. */
const hourOfFrames = (() => {
  const market = new Market(1, { framesPerSecond: 5 })
  market.register(defaultPairs)
  const startMs = Date.UTC(2026, 6, 20, 1, 0, 0)
  return Array.from({ length: 18_000 }, (_, frame) => market.next(startMs + frame * 200)!.bytes.toString('utf8')).flatMap(itemsOf)
})()
const of = (type: string) => items.filter(item => item.type === type).map(({ values }) => values)
const magnitude = (text: string | undefined) => Math.abs(Number(text))
const percent = (part: number, base: number) => Math.round((part / base) * 10_000) / 100

/** The items of a type, in order, per item code. */
const chains = (type: string) => [
  ...Map.groupBy(
    items.filter(item => item.type === type),
    ({ item }) => item,
  ).values(),
]

function eachStep(type: string, check: (before: Values, now: Values, item: string) => void): void {
  let steps = 0
  for (const chain of chains(type)) {
    for (let index = 1; index < chain.length; index++, steps++) check(chain[index - 1]!.values, chain[index]!.values, chain[index]!.item)
  }
  expect(steps).toBeGreaterThan(100)
}

describe('the market', () => {
  test('is the same for the same seed and another for another', () => {
    expect(nextFrames(2_000)).toEqual(texts.slice(0, 2_000))
    expect(nextFrames(2_000, { seed: 2 })).not.toEqual(texts.slice(0, 2_000))
  })

  test('does not depend on the order of the registrations', () => {
    expect(nextFrames(2_000, { pairs: [...defaultPairs].reverse() })).toEqual(texts.slice(0, 2_000))
  })

  test('follows the clock in Korean time', () => {
    expect(of('0B')[0]!['20']).toBe('102755')
    expect(of('0D')[0]!['21']).toBe('102755')
  })

  test('shows every registered type at once and stays with what is registered', () => {
    const first = new Set(
      texts
        .slice(0, 20)
        .flatMap(itemsOf)
        .map(({ type }) => type),
    )
    expect(first).toEqual(new Set(venueDatasets.map(dataset => dataset.type)))
    const registered = new Set(defaultPairs.map(({ type, item }) => type + item))
    for (const { type, item } of items) {
      const kind = datasetOfType(type)!.items
      if (kind !== 'market' && kind !== 'account') expect(registered).toContain(type + item)
    }
  })

  test('is mostly trades and books', () => {
    const busy = frames.filter(([first]) => first!.type === '0B' || first!.type === '0D').length
    expect(busy / frames.length).toBeGreaterThan(0.8)
  })

  test('has nothing for what nobody registered', () => {
    const market = new Market(1)
    expect(market.next(0)).toBeNull()
    market.register([{ type: '0B', item: '' }])
    expect(market.next(0)).toBeNull()
  })

  test('goes on where it was when registrations change', () => {
    const market = new Market(1)
    const pair = { type: '0B', item: '005930' }
    market.register([pair])
    const volume = () => Number(itemsOf(market.next(0)!.bytes.toString('utf8')).at(-1)!.values['13'])
    const before = volume()
    market.register([])
    market.register([pair])
    expect(volume()).toBeGreaterThan(before)
  })

  test('takes any item that can be registered', () => {
    for (const item of ['00088K', '"quoted"', '삼성', '\\', 'A005930']) {
      const [text] = nextFrames(1, { pairs: [{ type: '0B', item }] })
      expect(itemsOf(text!)[0]!.item).toBe(item)
    }
  })
})

describe('a frame', () => {
  test('has data before trnm and the members in the order of the wire', () => {
    for (const text of texts.slice(0, 200)) {
      expect(text).toMatch(/^\{"data":\[\{"values":\{.*\},"type":"..","name":"[^"]+","item":"[^"]*"\}\],"trnm":"REAL"\}$/)
    }
  })

  test('names the types as the wire does', () => {
    const names = new Map(items.map(({ type, name }) => [type, name]))
    expect([names.get('0A'), names.get('04'), names.get('0w')]).toEqual(['주식시세', '현물잔고', '종목별프로그램매매'])
  })

  test('can be read by the normalizer without anything unreadable or unknown', () => {
    const normalizer = new SessionNormalizer({ session: 's', openedAtUs: 1, environment: 'simulator', collector: 'c' })
    const timeUs = Date.UTC(2026, 6, 20, 1, 27, 55) * 1_000
    for (const text of texts) normalizer.entry({ kind: 'frame', timeUs, text })
    const { unreadable, unknownFids, deadLetters, items: count } = normalizer.counts
    expect({ unreadable: [...unreadable], unknownFids: [...unknownFids], deadLetters }).toEqual({
      unreadable: [],
      unknownFids: [],
      deadLetters: 0,
    })
    expect(count).toBe(items.length)
  })

  test('of one stock holds several ticks now and then, some alike but for the totals', () => {
    const several = frames.filter(frame => frame.length > 1 && frame[0]!.type === '0B')
    expect(several.length).toBeGreaterThan(500)
    const visible = ({ values }: Item) => ['20', '10', '15'].map(fid => values[fid]).join()
    expect(several.some(([first, second]) => visible(first!) === visible(second!))).toBe(true)
    for (const [first, ...others] of several) for (const { item } of others) expect(item).toBe(first!.item)
  })
})

describe('0B', () => {
  test('adds up: totals grow by exactly this trade', () => {
    eachStep('0B', (before, now) => {
      const volume = Number(now['15'])
      const grown = (fid: string) => Number(now[fid]) - Number(before[fid])
      expect(grown('13')).toBe(Math.abs(volume))
      const hasSide = /^[+-]/.test(now['15']!)
      expect([grown('1030'), grown('1071')]).toEqual(hasSide && volume < 0 ? [-volume, 1] : [0, 0])
      expect([grown('1031'), grown('1072')]).toEqual(hasSide && volume > 0 ? [volume, 1] : [0, 0])
      expect(grown('26')).toBe(Math.abs(volume))
      expect(grown('29')).toBe(Math.abs(volume) * magnitude(now['10']))
    })
  })

  test('has the units of the venue', () => {
    for (const values of of('0B')) {
      const price = magnitude(values['10'])
      const volume = magnitude(values['15'])
      expect(Number(values['620'])).toBe(Math.round((Number(values['14']) * 1e6) / Number(values['13'])))
      expect(magnitude(values['1313'])).toBe(Math.floor((price * volume) / 1_000))
      expect(magnitude(values['30'])).toBeCloseTo(percent(Number(values['13']), Number(values['13']) - Number(values['26'])), 1)
      expect(magnitude(values['1032'])).toBeCloseTo(percent(Number(values['1031']), Number(values['1031']) + Number(values['1030'])), 1)
      expect(Number(values['228'])).toBeCloseTo(percent(Number(values['1031']), Number(values['1030'])), 1)
    }
  })

  test('signs prices by colour, volumes by side, and leaves a space for the side that does not apply', () => {
    const slots = { '1315': new Set<string>(), '10': new Set<string>(), '15': new Set<string>() }
    for (const values of of('0B')) {
      const close = magnitude(values['10']) - Number(values['11'])
      const colour = Math.sign(magnitude(values['10']) - close)
      expect(values['10']![0]).toMatch(colour > 0 ? /\+/ : colour < 0 ? /-/ : /\d/)
      const side = values['15']![0]
      expect([values['1315']![0], values['1316']![0]]).toEqual(side === '-' ? ['-', ' '] : side === '+' ? [' ', '+'] : [' ', ' '])
      expect(values['30']![0]).toBe(Number(values['26']) < 0 ? '-' : '+')
      for (const fid of ['10', '15'] as const) slots[fid].add(values[fid]!.replace(/\d+/, ''))
    }
    expect(slots['10']).toEqual(new Set(['+', '-', '']))
    expect(slots['15']).toEqual(new Set(['+', '-', '']))
  })

  test('names the exchange, which differs from tick to tick for a combined item', () => {
    const exchanges = (item: string) =>
      new Set(items.filter(made => made.type === '0B' && made.item === item).map(({ values }) => values['9081']))
    expect(exchanges('005930')).toEqual(new Set(['KRX']))
    expect(exchanges('005930_NX')).toEqual(new Set(['NXT']))
    expect(exchanges('005930_AL')).toEqual(new Set(['KRX', 'NXT']))
  })
})

describe('0D', () => {
  const books = items.filter(item => item.type === '0D')
  const sum = (values: Values, first: number) =>
    Array.from({ length: 10 }, (_, level) => Number(values[first + level])).reduce((a, b) => a + b)

  test('has all its fields, and totals that fit the levels', () => {
    for (const { values, item } of books) {
      const [asks, bids] = [sum(values, 61), sum(values, 71)]
      expect([Number(values['121']), Number(values['125'])]).toEqual([asks, bids])
      expect([Number(values['122']), Number(values['126'])]).toEqual([sum(values, 81), sum(values, 91)])
      expect([Number(values['128']), Number(values['138'])]).toEqual([bids - asks, asks - bids])
      expect(Number(values['129'])).toBeCloseTo(percent(bids, asks), 1)
      expect(Number(values['139'])).toBeCloseTo(percent(asks, bids), 1)
      expect([Number(values['6064']), Number(values['6065'])]).toEqual([sum(values, 6044), sum(values, 6054)])
      expect([Number(values['6086']), Number(values['6087'])]).toEqual([sum(values, 6066), sum(values, 6076)])
      expect(sum(values, 6044) + sum(values, 6066)).toBe(asks)
      if (!item.includes('_')) expect(sum(values, 6066)).toBe(0)
    }
    expect(Object.keys(books[0]!.values)).toHaveLength(163)
  })

  test('orders its prices, and writes empty levels as -0', () => {
    let empty = 0
    for (const { values } of books) {
      const asks = Array.from({ length: 10 }, (_, level) => magnitude(values[41 + level])).filter(price => price > 0)
      const bids = Array.from({ length: 10 }, (_, level) => magnitude(values[51 + level])).filter(price => price > 0)
      expect(asks).toEqual([...asks].sort((a, b) => a - b))
      expect(bids).toEqual([...bids].sort((a, b) => b - a))
      expect(asks[0]!).toBeGreaterThan(bids[0]!)
      if (values['50'] === '-0') empty++
    }
    expect(empty).toBeGreaterThan(10)
    expect(books.filter(({ values, item }) => values['50'] === '-0' && !item.endsWith('_NX'))).toEqual([])
  })
})

describe('the other types', () => {
  test('1h comes twice, combined and bare, and again with the time of release two minutes later', () => {
    const events = hourOfFrames.filter(item => item.type === '1h')
    expect(events.length).toBeGreaterThan(40)
    let released = 0
    for (let at = 0; at + 2 <= events.length; at += 2) {
      const [combined, bare] = events.slice(at, at + 2) as [Item, Item]
      const symbol = combined.values['9001']!
      expect([combined.item, bare.item]).toEqual([`${symbol}_AL`, symbol])
      expect(bare.values).toEqual(combined.values)
      if (bare.values['1224'] === '000000') continue
      released++
      const lastedS = clockOf(bare.values['1224']!) - clockOf(bare.values['1223']!)
      expect([lastedS >= 119, lastedS < 300]).toEqual([true, true])
    }
    expect(released).toBeGreaterThan(10)
  })

  test('0w nets out', () => {
    for (const values of of('0w')) {
      expect(Number(values['210'])).toBe(Number(values['206']) - Number(values['202']))
      expect(Number(values['212'])).toBe(Number(values['208']) - Number(values['204']))
      expect(values['210']).not.toContain('+')
    }
  })

  test('0F nets out, and writes zero and plus in all their forms', () => {
    const steps = new Set<string>()
    for (const values of of('0F')) {
      expect(Number(values['267'])).toBe(Number(values['263']) - Number(values['261']))
      expect(Number(values['268'])).toBe(Number(values['264']) - Number(values['262']))
      for (let rank = 0; rank < 5; rank++) steps.add(values[176 + rank]!.replace(/[1-9]\d*/, 'n'))
    }
    expect(steps).toEqual(new Set(['+n', 'n', '+0', '0']))
  })

  test('0U counts every traded stock once', () => {
    for (const values of of('0U')) expect(Number(values['252']) + Number(values['253']) + Number(values['255'])).toBe(Number(values['256']))
  })

  test('0G is as far from its net asset value as it says', () => {
    for (const values of of('0G')) {
      const nav = magnitude(values['36'])
      expect(Number(values['266'])).toBeCloseTo(percent(magnitude(values['10']) - nav, nav), 1)
    }
  })

  test('00 follows an order from acceptance to its fills, and 04 holds what they brought', () => {
    const orders = Map.groupBy(of('00'), values => values['9203']!)
    let filled = 0
    for (const events of orders.values()) {
      const fills = events.filter(values => values['913'] === '체결')
      if (fills.length === 0) continue
      expect(events[0]!['913']).toBe('접수')
      expect(events[0]!['909']).toBe('')
      const last = fills.at(-1)!
      const quantity = fills.reduce((total, values) => total + Number(values['911']), 0)
      expect(quantity + Number(last['902'])).toBe(Number(last['900']))
      if (last['902'] === '0') filled++
    }
    expect(filled).toBeGreaterThan(10)
    for (const values of of('04')) {
      expect(Number(values['930'])).toBeGreaterThanOrEqual(0)
      expect(Math.abs(Number(values['932']) - Number(values['930']) * Number(values['931']))).toBeLessThanOrEqual(Number(values['930']))
    }
  })

  test('0I is in won or dollars, 0s says that both exchanges are open, 0m leaves the sign slot blank', () => {
    const gold = items.filter(item => item.type === '0I')
    for (const { item, values } of gold) expect(values['10']).toMatch(item === 'MGU' ? /^[+-]?\d+\.\d\d$/ : /^[+-]?\d+$/)
    expect(
      of('0s')
        .slice(0, 4)
        .map(values => values['215']),
    ).toEqual(['3', 'R', '3', 'R'])
    for (const values of of('0m')) expect(values['10']).toMatch(/^ \d+$/)
    expect(of('0g').every(values => values['592'] === ' ')).toBe(true)
  })
})
