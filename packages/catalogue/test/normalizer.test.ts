import { describe, expect, it } from 'vitest'
import { type NormalizerEntry, SessionNormalizer } from '../src/index.ts'

const identity = { session: '01test', openedAtUs: 1_000_000, environment: 'simulator', collector: 'c1' }
const timeUs = Date.UTC(2026, 8, 11, 2, 56, 18) * 1000

function normalize(text: string, normalizer = new SessionNormalizer(identity)) {
  const produced = normalizer.entry({ kind: 'frame', timeUs, text })
  return {
    normalizer,
    records: produced.filter(p => p.dataset !== 'feed_session').map(p => ({ ...JSON.parse(p.json), into: p.dataset })),
  }
}
const real = (...items: unknown[]) => JSON.stringify({ data: items, trnm: 'REAL' })
const trade = (values: unknown, item: unknown = '005930') => ({ values, type: '0B', name: '주식체결', item })

describe('a frame becomes records', () => {
  it('every record of an item has the same instrument, so that items can be told apart without their texts', () => {
    const normalizer = new SessionNormalizer(identity)
    const text = real(trade({ 10: '1' }), trade({ 10: '2' }, '005930_NX'), trade({ 10: '3' }))
    const [krx, nxt, again] = [...normalizer.entry({ kind: 'frame', timeUs, text })].slice(1)
    expect([krx!.instrument, nxt!.instrument]).toMatchObject([
      { symbol: '005930', venue: 'KRX' },
      { symbol: '005930', venue: 'NXT' },
    ])
    expect(again!.instrument).toBe(krx!.instrument)
    expect(normalizer.entry({ kind: 'heartbeat', timeUs, text: '' })[0]).not.toHaveProperty('instrument')
  })

  it('what the venue said is a record of the session, whatever stands in the entry', () => {
    const said = (text: string) => {
      const [, record] = new SessionNormalizer(identity).entry({ kind: 'notice', timeUs, text })
      return JSON.parse(record!.json)
    }
    expect(said('{"kind":"system","code":"0","text":"점검"}')).toMatchObject({
      seq: 2,
      event: 'notice',
      collector: 'c1',
      reason: 'system 0: 점검',
    })
    for (const text of ['', 'null', '[]', '{"text":{}}']) expect(said(text)).toMatchObject({ event: 'notice', seq: 2 })
  })

  it('opens the session with a record of its own', () => {
    const [open] = new SessionNormalizer(identity).entry({ kind: 'frame', timeUs, text: real() })
    expect(JSON.parse(open!.json)).toEqual({
      timestamp: 1_000_000,
      symbol: '*',
      venue: '*',
      session: '01test',
      seq: 1,
      event: 'open',
      opened_at: 1_000_000,
      environment: 'simulator',
      collector: 'c1',
    })
  })

  it('two items that look alike become two records in order', () => {
    const { records } = normalize(real(trade({ 20: '115618', 15: '-3', 13: '100' }), trade({ 20: '115618', 15: '-3', 13: '103' })))
    expect(records.map(r => [r.seq, r.timestamp, r.cumulative_volume])).toEqual([
      [1, timeUs, 100],
      [2, timeUs + 1, 103],
    ])
  })

  it('takes the venue from the suffix and the bare code from the rest', () => {
    const items = ['039490', '039490_NX', '039490_AL', 'A039490', 'A039490_AL', '57JBHH']
    const { records } = normalize(real(...items.map(item => trade({ 10: '1' }, item))))
    expect(records.map(r => `${r.symbol} ${r.venue}`)).toEqual([
      '039490 KRX',
      '039490 NXT',
      '039490 SOR',
      '039490 KRX',
      '039490 SOR',
      '57JBHH KRX',
    ])
  })

  it('keeps a record whose number is none: the column is left out, the text is named', () => {
    const { records, normalizer } = normalize(real(trade({ 10: '+100', 851: 'abc', 15: '1,000' })))
    expect(records[0]).toMatchObject({ price: 100, unreadable: { 851: 'abc', 15: '1,000' } })
    expect(records[0]).not.toHaveProperty('volume')
    expect(records[0]).not.toHaveProperty('side')
    expect([...normalizer.counts.unreadable]).toEqual([
      ['0B/15', 1],
      ['0B/851', 1],
    ])
  })

  it('names what is no text at all', () => {
    const { records } = normalize(real(trade({ 10: 5, 11: { a: 1 }, 12: null, 13: ['x'] })))
    expect(records[0].unreadable).toEqual({ 10: '5', 11: '{"a":1}', 13: '["x"]' })
  })

  it('counts a FID that the catalogue does not know and keeps the record', () => {
    const { records, normalizer } = normalize(real(trade({ 10: '1', 99999: 'x', 77: '' })))
    expect(records[0].price).toBe(1)
    expect([...normalizer.counts.unknownFids].sort()).toEqual([
      ['0B/77', 1],
      ['0B/99999', 1],
    ])
  })

  it('counts keys that are no FID as they came, in the usual form of a frame and in any other', () => {
    const keys = { '0009': 'x', abc: 'y', 1234567: 'z', '-1': 'a', '1e2': 'b', '': 'c', '\u0001': 'd' }
    const expected = new Map(Object.keys(keys).map(key => [`0B/${key}`, 1]))
    const item = trade({ 10: '1', ...keys })
    for (const text of [real(item), JSON.stringify({ trnm: 'REAL', data: [item] }, null, 1)]) {
      const { records, normalizer } = normalize(text)
      expect([records[0].price, normalizer.counts.unknownFids]).toEqual([1, expected])
    }
    expect(normalize(real(trade({ 10: '1', 99999: 'y' }))).normalizer.counts.unknownFids).toEqual(new Map([['0B/99999', 1]]))
  })

  it('keeps the table of unknown keys small, whatever their number and length', () => {
    const { normalizer } = normalize(real(trade({ ['9'.repeat(1_000_000)]: 'x' })))
    expect([...normalizer.counts.unknownFids.keys()]).toEqual([`0B/${'9'.repeat(40)}…`])
    const keys = (round: number) => Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${round}-${index}`, '1']))
    for (let round = 0; round < 11; round++) normalize(real(trade(keys(round))), normalizer)
    expect(normalizer.counts.unknownFids.size).toBe(10_001)
    expect(normalizer.counts.unknownFids.get('(others)')).toBe(1_001)
  })

  it('refuses an item with half a surrogate pair, and names a text with one as unreadable', () => {
    const half = JSON.parse('"\\ud800lone"')
    const { records } = normalize(real(trade({ 10: '+7' }, half), trade({ 10: '+7', 9081: half })))
    expect(records[0]).toMatchObject({ into: 'dead_letter', reason: 'bad_item', dataset: 'trade', seq: 1 })
    expect(records[1]).toMatchObject({ into: 'trade', seq: 2, price: 7, unreadable: { 9081: '\ufffdlone' } })
  })

  it('cuts no character of an unreadable text in two', () => {
    const { records } = normalize(real(trade({ 10: `${'x'.repeat(255)}😀` })))
    expect(records[0].unreadable[10]).toBe(`${'x'.repeat(255)}…`)
  })

  it('names 9001 where it contradicts the item, and takes the symbol from it where the item is empty', () => {
    const order = (item: string, code: string) => ({ values: { 9001: code, 907: '2' }, type: '00', item })
    const { records } = normalize(real(order('005930', '000660'), order('', 'A005930'), order('005930_AL', '005930')))
    expect(records[0]).toMatchObject({ symbol: '005930', unreadable: { 9001: '000660' } })
    expect(records[1]).toMatchObject({ symbol: '005930' })
    expect(records[2]).not.toHaveProperty('unreadable')
  })

  it('tolerates and counts condition search (02)', () => {
    const { records, normalizer } = normalize(real({ values: { 841: '4' }, type: '02', name: '조건검색', item: '005930' }))
    expect(records).toEqual([])
    expect(normalizer.counts.tolerated).toBe(1)
  })

  it('takes values given as a list with one object', () => {
    expect(normalize(real(trade([{ 10: '+7' }]))).records[0].price).toBe(7)
  })

  it('leaves a ladder out when none of its FIDs came, and fills missing levels with null', () => {
    const { records } = normalize(real({ values: { 41: '+100', 62: '7' }, type: '0D', item: '005930' }))
    expect(records[0].asks).toEqual([[100, ...Array(9).fill(null)], [null, 7, ...Array(8).fill(null)], Array(10).fill(null)])
    expect(records[0]).not.toHaveProperty('bids')
  })
})

describe('what has no row to go to becomes a dead letter', () => {
  const cases: readonly [string, string, string][] = [
    ['not JSON', 'garbage {', 'not_json'],
    ['an empty text', '', 'not_json'],
    ['JSON of a wrong shape', '[1,2]', 'wrong_shape'],
    ['a frame without data', '{"trnm":"REAL"}', 'wrong_shape'],
    ['an item that is none', real(7), 'wrong_shape'],
    ['an item without a type', real({ values: { 10: '1' }, item: '005930' }), 'wrong_shape'],
    ['an unknown type', real({ values: { 10: '1' }, type: '9Z', item: '005930' }), 'unknown_type'],
    ['a type in the wrong case', real({ values: { 10: '1' }, type: '0b', item: '005930' }), 'unknown_type'],
    ['empty values', real(trade({})), 'no_values'],
    ['no values', real({ type: '0B', item: '005930' }), 'no_values'],
    ['an empty item of a stock', real(trade({ 10: '1' }, '')), 'bad_item'],
    ['an item that is no text', real(trade({ 10: '1' }, 5930)), 'bad_item'],
    ['an item with a line break', real(trade({ 10: '1' }, '0059\n30')), 'bad_item'],
    ['an item over 100 characters', real(trade({ 10: '1' }, '0'.repeat(101))), 'bad_item'],
  ]
  for (const [name, text, reason] of cases)
    it(`${name}: ${reason}`, () => {
      const { records, normalizer } = normalize(text)
      expect(records).toHaveLength(1)
      const dataset = reason === 'no_values' || reason === 'bad_item' ? 'trade' : '*'
      expect(records[0]).toMatchObject({ into: 'dead_letter', stage: 'collector', dataset, reason, seq: 1, symbol: '*' })
      expect(records[0].raw).toBeTypeOf('string')
      expect(normalizer.counts.deadLetters).toBe(1)
    })

  it('keeps the other items of the frame', () => {
    const { records } = normalize(real(trade({ 10: '1' }), 'nonsense', trade({ 10: '2' })))
    expect(records.map(r => [r.into, r.seq])).toEqual([
      ['trade', 1],
      ['dead_letter', 1],
      ['trade', 2],
    ])
  })

  it('takes the number of the record that it stands for, as far as the dataset is known', () => {
    const normalizer = new SessionNormalizer(identity)
    const text = real(trade({ 10: '1' }), trade({}), 'nonsense', trade({ 10: '2' }, ''), trade({ 10: '3' }))
    const produced = normalizer.entry({ kind: 'frame', timeUs, text }).slice(1)
    expect(produced.map(p => [p.dataset, p.series, p.seq])).toEqual([
      ['trade', 'trade', 1],
      ['dead_letter', 'trade', 2],
      ['dead_letter', 'dead_letter', 1],
      ['dead_letter', 'trade', 3],
      ['trade', 'trade', 4],
    ])
    const [close] = normalizer.entry({ kind: 'close', timeUs, text: '{"reason":"stopped"}' })
    expect(JSON.parse(close!.json).records).toBe('{"trade":4,"dead_letter":1}')
  })

  it('cuts a text of a megabyte so that Kafka takes it', () => {
    const { records } = normalize('x'.repeat(1_000_000))
    expect(records[0].raw.length).toBeLessThanOrEqual(64 * 1024 + 1)
    const long = normalize(real(trade({ 10: '1', 9081: 'y'.repeat(1_000_000), 11: 'z'.repeat(1_000_000) })))
    expect(JSON.stringify(long.records[0]).length).toBeLessThan(2000)
    expect(Object.keys(long.records[0].unreadable)).toEqual(['11', '9081'])
  })
})

describe('a session', () => {
  const entries: NormalizerEntry[] = [
    { kind: 'frame', timeUs, text: real(trade({ 10: '1' }), trade({ 10: '2' })) },
    {
      kind: 'gap',
      timeUs: timeUs + 5,
      text: JSON.stringify({ from: 1, to: 2, reason: 'disconnected', types: ['0B'], evidence: 'close 1006' }),
    },
    { kind: 'frame', timeUs: timeUs - 50, text: real(trade({ 10: '3' })) },
    { kind: 'close', timeUs: timeUs + 9, text: '{"reason":"stopped"}' },
  ]

  it('numbers records without holes and lets time rise strictly, whatever the clock did', () => {
    const normalizer = new SessionNormalizer(identity)
    const produced = entries.flatMap(entry => normalizer.entry(entry))
    expect(produced.map(p => `${p.dataset} ${p.seq}`)).toEqual([
      'feed_session 1',
      'trade 1',
      'trade 2',
      'feed_gap 1',
      'trade 3',
      'feed_session 2',
    ])
    expect(produced.map(p => p.timestamp)).toEqual([1_000_000, timeUs, timeUs + 1, timeUs + 5, timeUs + 6, timeUs + 9])
    expect(JSON.parse(produced[3]!.json)).toMatchObject({
      from_time: 1,
      to_time: 2,
      reason: 'disconnected',
      types: '0B',
      evidence: 'close 1006',
    })
    expect(JSON.parse(produced[5]!.json)).toMatchObject({ event: 'close', reason: 'stopped', records: '{"trade":3,"feed_gap":1}' })
  })

  it('names what a gap concerns as texts for its table and as lists for readers of its topic, whole items only', () => {
    const gapOf = (what: object) => {
      const normalizer = new SessionNormalizer(identity)
      const text = JSON.stringify({ from: 1, to: 2, reason: 'disconnected', ...what })
      return JSON.parse(normalizer.entry({ kind: 'gap', timeUs, text })[1]!.json)
    }
    expect(gapOf({ types: ['0B', '0D'], symbols: ['005930', '005930_NX'] })).toMatchObject({
      types: '0B,0D',
      symbols: '005930,005930_NX',
      type_list: ['0B', '0D'],
      symbol_list: ['005930', '005930_NX'],
    })
    for (const member of ['types', 'symbols', 'type_list', 'symbol_list']) expect(gapOf({})).not.toHaveProperty(member)
    const many = Array.from({ length: 20_000 }, (_, index) => String(100_000 + index))
    const { symbols, symbol_list: list } = gapOf({ symbols: many })
    expect(list).toEqual(many.slice(0, list.length))
    expect(symbols.startsWith(list.join(','))).toBe(true)
    expect(symbols.length - list.join(',').length).toBeLessThan(8)
  })

  it('makes a record of every heartbeat, in the order of the others', () => {
    const normalizer = new SessionNormalizer(identity)
    const beat = (offset: number): NormalizerEntry => ({ kind: 'heartbeat', timeUs: timeUs + offset, text: '' })
    const [, ...produced] = [beat(0), entries[0]!, beat(1)].flatMap(entry => normalizer.entry(entry))
    expect(produced.map(({ dataset, seq, timestamp }) => [dataset, seq, timestamp - timeUs])).toEqual([
      ['feed_heartbeat', 1, 0],
      ['trade', 1, 1],
      ['trade', 2, 2],
      ['feed_heartbeat', 2, 3],
    ])
    expect(JSON.parse(produced[0]!.json)).toEqual({ timestamp: timeUs, symbol: '*', venue: '*', session: identity.session, seq: 1 })
  })

  it('produces the same bytes when it goes on from a saved state', () => {
    const whole = new SessionNormalizer(identity)
    const expected = entries.flatMap(entry => whole.entry(entry).map(p => p.json))
    for (let cut = 0; cut <= entries.length; cut++) {
      const first = new SessionNormalizer(identity)
      const before = entries.slice(0, cut).flatMap(entry => first.entry(entry).map(p => p.json))
      const second = new SessionNormalizer(identity, JSON.parse(JSON.stringify(first.state())))
      expect([...before, ...entries.slice(cut).flatMap(entry => second.entry(entry).map(p => p.json))]).toEqual(expected)
    }
  })
})
