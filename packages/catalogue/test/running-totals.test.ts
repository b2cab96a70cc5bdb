import { describe, expect, it } from 'vitest'
import { type NormalizerEntry, type Produced, SessionNormalizer } from '../src/index.ts'

const identity = { session: '01test', openedAtUs: 0, environment: 'simulator', collector: 'c1' }
const noonUs = Date.UTC(2026, 8, 11, 3) * 1000
const hourUs = 3_600_000_000

type Values = Readonly<Record<string, unknown>>
const frame = (values: Values | readonly Values[], item: unknown = '005930', timeUs = noonUs): NormalizerEntry => {
  const data = [values].flat().map(each => ({ values: each, type: '0B', name: '주식체결', item }))
  return { kind: 'frame', timeUs, text: JSON.stringify({ data, trnm: 'REAL' }) }
}
const trade = (total: unknown, volume: unknown, more: Values = {}) => ({ 13: total, 15: volume, ...more })

function gapsOf(entries: readonly NormalizerEntry[], normalizer = new SessionNormalizer(identity)) {
  const produced = entries.flatMap(entry => normalizer.entry(entry))
  return {
    produced,
    gaps: produced.filter(p => p.found).map(p => JSON.parse(p.json)),
    resets: normalizer.counts.volumeResets,
    changes: normalizer.counts.exchangeChanges,
  }
}
const missing = (...entries: NormalizerEntry[]) => gapsOf(entries).gaps.map(gap => gap.missing)

describe('the cumulative volume of trades', () => {
  it('shows what the venue left out, right after the trade that shows it', () => {
    const { produced, gaps } = gapsOf([
      frame(trade('1000', '+10')),
      frame([trade('1005', '-5'), trade('1042', '-7')], '005930', noonUs + 50),
    ])
    expect(produced.map(p => `${p.dataset} ${p.seq}`)).toEqual(['feed_session 1', 'trade 1', 'trade 2', 'trade 3', 'feed_gap 1'])
    expect(gaps).toEqual([
      {
        timestamp: noonUs + 52,
        symbol: '*',
        venue: '*',
        session: '01test',
        seq: 1,
        from_time: noonUs + 50,
        to_time: noonUs + 51,
        reason: 'volume_missing',
        types: '0B',
        symbols: '005930',
        missing: 30,
        evidence: 'cumulative volume (13) went from 1005 to 1042 with a trade (15) of 7: 30 shares in between were not received',
        type_list: ['0B'],
        symbol_list: ['005930'],
      },
    ])
    expect(produced.at(-1)!.found).toMatchObject({ reason: 'volume_missing', missing: 30 })
  })

  it('is followed per item as registered: the same code at another venue is another series', () => {
    const { gaps } = gapsOf([
      frame(trade('1000', '1')),
      frame(trade('50', '1'), '005930_NX'),
      frame(trade('1001', '1')),
      frame(trade('60', '4'), '005930_NX'),
    ])
    expect(gaps.map(gap => [gap.symbols, gap.missing])).toEqual([['005930_NX', 6]])
  })

  it('says nothing of the first trade of an item', () => {
    expect(missing(frame(trade('1000', '1')), frame(trade('7000', '1'), '000660'))).toEqual([])
  })

  it('starts over, counted, where it grew by too little or fell', () => {
    const { gaps, resets } = gapsOf(
      [trade('1000', '1'), trade('1001', '5'), trade('900', '1'), trade('902', '1')].map(values => frame(values)),
    )
    expect({ missing: gaps.map(gap => gap.missing), resets }).toEqual({ missing: [1], resets: 2 })
  })

  it('starts over on a new Korean day, whatever it says, and that is no reset', () => {
    const evening = Date.UTC(2026, 8, 11, 10, 59) * 1000
    const { gaps, resets } = gapsOf([
      frame(trade('1000', '1'), '005930', evening),
      frame(trade('40', '40'), '005930', evening + 12 * hourUs),
      frame(trade('9000', '1'), '005930', evening + 36 * hourUs),
      frame(trade('9003', '2'), '005930', evening + 36 * hourUs),
    ])
    expect({ missing: gaps.map(gap => gap.missing), resets }).toEqual({ missing: [1], resets: 0 })
  })

  it('goes on past midnight UTC, which is no new day in Korea', () => {
    const morning = Date.UTC(2026, 8, 11, 23, 59) * 1000
    expect(missing(frame(trade('1000', '1'), '005930', morning), frame(trade('1003', '2'), '005930', morning + hourUs))).toEqual([1])
  })

  for (const [what, values] of [
    ['a total that cannot be read', trade('1,001', '1')],
    ['a volume that cannot be read', trade('1001', 'x')],
    ['no total', { 15: '1' }],
    ['no volume', { 13: '1001' }],
    ['no values', {}],
  ] as const)
    it(`begins anew after a trade with ${what}`, () => {
      expect(missing(frame(trade('1000', '1')), frame(values), frame(trade('2000', '1')), frame(trade('2003', '1')))).toEqual([2])
    })

  it('takes the sign of the volume for the side, and none for none', () => {
    expect(missing(...['+3', '-3', '3', ' 3'].map((volume, index) => frame(trade(String(1000 + 3 * index), volume))))).toEqual([])
  })

  describe('of a combined item', () => {
    const at = (exchange: string, total: string, volume: string) => frame(trade(total, volume, { 9081: exchange }), '005930_AL')

    it('grows by the fills of either exchange: what is left out where the exchange changes is a gap', () => {
      const { gaps, changes } = gapsOf([
        at('KRX', '100', '+10'),
        at('KRX', '110', '+10'),
        at('NXT', '140', '-10'),
        at('NXT', '150', '+10'),
        at('KRX', '180', '+10'),
        at('NXT', '190', '-10'),
      ])
      expect(gaps.map(gap => [gap.symbols, gap.missing])).toEqual([
        ['005930_AL', 20],
        ['005930_AL', 20],
      ])
      expect(gaps[0].evidence).toBe(
        'cumulative volume (13) went from 110 to 140 with a trade (15) of 10: 20 shares in between were not received, at a change of exchange (9081) from KRX to NXT',
      )
      expect(changes).toEqual({ fitting: 1, greater: 2, smaller: 0 })
    })

    it('would show by the counted changes that it is the total of one exchange, should it ever be', () => {
      const { changes } = gapsOf([at('KRX', '9000', '1'), at('NXT', '50', '1'), at('KRX', '9001', '1'), at('NXT', '51', '1')])
      expect(changes).toEqual({ fitting: 0, greater: 1, smaller: 2 })
    })

    it('is no change of exchange where one of the two is not said, nor on another day', () => {
      const nextDay = { ...at('NXT', '5', '5'), timeUs: noonUs + 24 * hourUs }
      expect(gapsOf([at('KRX', '100', '1'), at('', '101', '1'), at('NXT', '102', '1'), nextDay]).changes).toEqual({
        fitting: 0,
        greater: 0,
        smaller: 0,
      })
    })
  })

  it('is remembered for ten thousand items, and no more', () => {
    const item = (index: number) => String(index).padStart(6, '0')
    const all = Array.from({ length: 10_001 }, (_, index) => index)
    const normalizer = new SessionNormalizer(identity)
    for (const index of all) normalizer.entry(frame(trade('10', '1'), item(index)))
    const { gaps } = gapsOf([frame(trade('20', '1'), item(9_999)), frame(trade('20', '1'), item(10_000))], normalizer)
    expect(gaps.map(gap => gap.symbols)).toEqual([item(9_999)])
    expect(normalizer.state().running!.items).toHaveLength(10_000)
  })
})

describe('a saved state', () => {
  const bytes = (produced: readonly Produced[]) => produced.map(p => p.json)
  const entries = [trade('1000', '1'), trade('1005', '2'), { 15: '1' }, trade('2000', '1'), trade('2009', '3')].map(values => frame(values))

  it('holds the totals, so that going on gives the same gaps', () => {
    const expected = bytes(gapsOf(entries).produced)
    for (let cut = 0; cut <= entries.length; cut++) {
      const first = new SessionNormalizer(identity)
      const before = bytes(entries.slice(0, cut).flatMap(entry => first.entry(entry)))
      const second = new SessionNormalizer(identity, JSON.parse(JSON.stringify(first.state())))
      expect([...before, ...bytes(entries.slice(cut).flatMap(entry => second.entry(entry)))]).toEqual(expected)
    }
  })

  it('does not change afterwards', () => {
    const normalizer = new SessionNormalizer(identity)
    normalizer.entry(entries[0]!)
    const state = normalizer.state()
    const saved = JSON.stringify(state)
    normalizer.entry(entries[1]!)
    normalizer.entry(frame(trade('5', '1'), '000660'))
    expect(JSON.stringify(state)).toBe(saved)
  })

  it('of an older version holds none: the next trade of each item is its first', () => {
    const normalizer = new SessionNormalizer(identity)
    normalizer.entry(entries[0]!)
    const { running: _, ...older } = normalizer.state()
    expect(gapsOf(entries.slice(1, 2), new SessionNormalizer(identity, older)).gaps).toEqual([])
    expect(gapsOf(entries.slice(1, 2), new SessionNormalizer(identity, normalizer.state())).gaps).toHaveLength(1)
  })
})
