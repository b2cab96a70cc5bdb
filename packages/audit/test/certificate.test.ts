import { dayOf, TradingCalendar } from '@tickhouse/calendar'
import { SequenceSet } from '@tickhouse/catalogue'
import { describe, expect, it } from 'vitest'
import { arrivalOf, type PipelineProgress } from '../src/certificate/arrival.ts'
import { conditionOf, type Facts, reasonsOf } from '../src/certificate/condition.ts'
import { gapSentences, gapsOfType, gapTotalsOf, lastingGaps, withoutSession } from '../src/certificate/day-gaps.ts'
import { certificateOf, type Evidence } from '../src/certificate/draw-up.ts'
import { holes } from '../src/certificate/missing-rows.ts'
import { orderOf } from '../src/certificate/order.ts'
import { certificateText } from '../src/certificate/text.ts'
import { reconcile, type TradedItem } from '../src/certificate/volume.ts'
import { readWindow, windowBy } from '../src/certificate/window.ts'
import type { FeedGap } from '../src/gaps.ts'
import type { SessionCounts } from '../src/verify/journal-counts.ts'
import type { Stages } from '../src/verify/judge.ts'

const date = '2026-11-25'
const day = dayOf(date)
const hourUs = 3_600_000_000
const calendar = new TradingCalendar()
const at = (hours: number) => day.fromUs + hours * hourUs

describe('the condition of a date', () => {
  const fine: Facts = { captured: true, closed: null, unfinished: [], late: [], lost: [], gaps: [], letters: [] }
  it.each<[string, Partial<Facts>, string]>([
    ['complete', {}, 'when it is over and nothing is missing'],
    ['degraded', { gaps: ['a gap'] }, 'when there are gaps'],
    ['degraded', { lost: ['rows are not in the table'] }, 'when something was lost'],
    ['degraded', { letters: ['a dead letter'] }, 'when dead letters were not made good'],
    ['pending', { late: ['rows are on their way'] }, 'while something is on its way'],
    ['pending', { late: ['rows are on their way'], lost: ['others are lost'] }, 'while something is on its way, whatever else is lost'],
    ['pending', { unfinished: ['a session is open'], gaps: ['a gap'] }, 'while a session is open, whatever is missing so far'],
    ['pending', { unfinished: ['the window is not over'], captured: false }, 'before the window is over, when nothing came yet'],
    ['missing', { captured: false }, 'when nothing was captured'],
    ['missing', { captured: false, gaps: ['a gap'] }, 'when nothing was captured, even though a gap explains it'],
    ['closed', { captured: false, closed: 'weekend' }, 'when nothing was captured and the market was closed'],
    [
      'closed',
      { captured: false, closed: 'weekend', unfinished: ['the window is not over'] },
      'on a day without market, before it is over',
    ],
    ['complete', { closed: 'weekend' }, 'when something was captured on a day without market, and nothing of it is missing'],
    [
      'missing',
      { captured: false, closed: 'weekend', lost: ['a table cannot be read'] },
      'on a day without market, when that cannot be judged',
    ],
  ])('is %s %#', (expected, facts, when) => {
    expect(conditionOf({ ...fine, ...facts }), when).toBe(expected)
  })

  it('comes with its reasons, and complete with none', () => {
    expect(reasonsOf(fine)).toEqual([])
    expect(reasonsOf({ ...fine, captured: false, gaps: ['a gap'] })).toEqual(['nothing was captured'])
    expect(reasonsOf({ ...fine, captured: false, closed: 'weekend', gaps: ['a gap'] })).toEqual(['the market was closed: weekend'])
    expect(reasonsOf({ ...fine, lost: ['lost'], gaps: ['a gap'] })).toEqual(['lost', 'a gap'])
  })
})

describe('the window', () => {
  it('is named in Korean time, to the microsecond if need be', () => {
    expect(readWindow('08:00-20:00', date)).toEqual({ name: '08:00-20:00', fromUs: at(8), toUs: at(20) })
    expect(readWindow('all', date)).toEqual({ name: 'all', ...day })
    expect(readWindow('09:00:00.000001-24:00', date)).toMatchObject({ fromUs: at(9) + 1, toUs: day.toUs })
  })

  it.each(['', '08:00', '20:00-08:00', '08:00-08:00', '8-20', '08:00-20:00-21:00', '08:00-25:00'])('is not "%s"', name =>
    expect(readWindow(name, date)).toBeUndefined(),
  )
})

describe('the window that a date has by the calendar', () => {
  it.each([
    ['2026-11-25', '08:00-20:00', 'on a regular day'],
    ['2025-01-10', '08:30-18:00', 'before NXT opened'],
    ['2026-01-02', '08:00-20:00', 'on the first trading day of the year'],
    ['2026-11-29', '08:00-20:00', 'on a Sunday, should anything have come'],
  ])('of %s is %s %s', (of, name) => {
    expect(windowBy(calendar, of)).toEqual(readWindow(name, of))
  })
})

describe('what is ordered', () => {
  const options = { wait: 0, format: 'table', data: '/data' } as const
  it('goes into the data folder unless a file is named', () => {
    expect(orderOf({ ...options, date: 'yesterday' }, calendar, at(30))).toMatchObject({
      date,
      window: { name: '08:00-20:00', fromUs: at(8) },
      output: '/data/certificates/2026-11-25.json',
    })
    expect(orderOf({ ...options, date, window: 'all', output: '-' }, calendar, at(30))).toMatchObject({
      window: { name: 'all' },
      output: '-',
    })
  })

  it.each([
    [{ date: 'soon' }, 'Expected a date such as 2026-11-25, today or yesterday, was "soon"'],
    [{ date: '2026-11-27' }, 'Expected a date that has begun in Korea, was 2026-11-27'],
    [{ date, window: '9-15' }, 'Expected hours such as 08:00-20:00 or all, was "9-15"'],
  ])('is refused when it makes no sense: %o', (wrong, message) => {
    expect(() => orderOf({ ...options, ...wrong }, calendar, at(30))).toThrow(message)
  })
})

const seen = (...seqs: readonly number[]) => {
  const set = new SequenceSet()
  for (const seq of seqs) set.add(seq)
  return set
}
const stages = (change: Partial<Stages> = {}): Stages => ({
  session: 's1',
  dataset: 'trade',
  open: false,
  journal: { first: 11, last: 15, lastUs: at(10) },
  topic: seen(11, 12, 13, 14, 15),
  table: { rows: 5, distinct: 5, lowest: 11, highest: 15 },
  unread: seen(),
  letters: { written: 0, stored: 0, open: 0 },
  ...change,
})
const nothing = { rows: 0, distinct: 0, lowest: 0, highest: 0 }

describe('what is on its way is told from what is lost', () => {
  const through: PipelineProgress = { publishedToUs: at(10), behind: new Set(), suspended: new Set(), expired: new Set() }
  it.each<[string, Partial<Stages>, Partial<PipelineProgress>, string[], string[]]>([
    ['all stages agree', {}, {}, [], []],
    [
      'the collector has not published the end yet',
      { topic: seen(11, 12), table: { rows: 2, distinct: 2, lowest: 11, highest: 12 } },
      { publishedToUs: at(9) },
      ['3 records are on their way to Kafka'],
      [],
    ],
    [
      'the end is not in the topic, but later records are',
      { topic: seen(11, 12), table: { rows: 2, distinct: 2, lowest: 11, highest: 12 } },
      {},
      [],
      ['3 of 5 records are not in the topic: seq 13-15', '3 of 5 rows are not in the table'],
    ],
    [
      'a record in the middle is not in the topic',
      { topic: seen(11, 12, 14, 15) },
      { publishedToUs: at(9) },
      [],
      ['1 of 5 records are not in the topic: seq 13'],
    ],
    ['the sink has not read them yet', { table: nothing }, { behind: new Set(['trade']) }, ['5 rows are on their way to QuestDB'], []],
    ['the sink has stored them and the table is empty', { table: nothing }, {}, [], ['5 of 5 rows are not in the table']],
    [
      'QuestDB has suspended the table',
      { table: nothing },
      { suspended: new Set(['trade']) },
      ['5 rows are held back: QuestDB has suspended the table'],
      [],
    ],
    ['Kafka has forgotten them and the table holds them', { topic: seen() }, { expired: new Set(['trade']) }, [], []],
    [
      'a dead letter is not in its table',
      { letters: { written: 1, stored: 0, open: 0 } },
      {},
      [],
      ['1 of 1 dead letters are not in their table'],
    ],
    [
      'a dead letter has not been stored yet',
      { letters: { written: 1, stored: 0, open: 0 } },
      { behind: new Set(['dead_letter']) },
      ['1 of 1 dead letters are not in their table'],
      [],
    ],
  ])('%s', (_, change, progress, late, lost) => {
    expect(arrivalOf(stages(change), { ...through, ...progress })).toEqual({ late, lost })
  })
})

describe('the rows that a table lacks', () => {
  const present = (...missing: readonly number[]) => {
    const lacks = new Set(missing)
    return async (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(seq => !lacks.has(seq)).length
  }

  it('are found by halving', async () => {
    expect(await holes(present(11, 12, 20, 99, 100), 11, 100)).toEqual([
      [11, 12],
      [20, 20],
      [99, 100],
    ])
    expect(await holes(present(), 1, 100)).toEqual([])
    expect(await holes(async () => 0, 1, 30_000_000)).toEqual([[1, 30_000_000]])
  })

  it('are the first ten ranges at most', async () => {
    const odd = Array.from({ length: 50 }, (_, index) => 2 * index + 1)
    expect(await holes(present(...odd), 1, 100)).toHaveLength(10)
  })
})

const gap = (fromHour: number, toHour: number, rest: Partial<FeedGap> = {}): FeedGap => {
  const [from, to] = [at(fromHour), at(toHour)]
  const all = { types: null, symbols: null, missing: null, evidence: null, session: 's1' }
  return { from, to, duration: to - from, reason: 'disconnected', ...all, ...rest }
}
const session = (openedHour: number, endedHour: number, rest: Partial<SessionCounts> = {}): SessionCounts => ({
  session: 's1',
  openedAtUs: at(openedHour),
  collector: 'test',
  environment: 'simulator',
  open: false,
  cut: false,
  endedAtUs: at(endedHour),
  heardAtUs: at(endedHour),
  goingOn: [],
  numbers: {},
  journal: { entries: 7, bytes: 700, sha256: 'ab' },
  ...rest,
})
const window = readWindow('08:00-20:00', date)!

describe('the gaps of a date', () => {
  it('the time before the first session and behind the last one is one too', () => {
    const gaps = withoutSession([session(9, 12), session(13, 19)], [gap(12, 13)], window, at(24))
    expect(gaps).toMatchObject([
      { from: at(8), to: at(9), reason: 'no_session' },
      { from: at(19), to: at(20), reason: 'no_session' },
    ])
  })

  it('a session that is open covers the time until now, and what has not come yet is no gap', () => {
    expect(withoutSession([session(7, 9, { open: true })], [], window, at(12))).toEqual([])
    expect(withoutSession([], [], window, at(7))).toEqual([])
    expect(withoutSession([], [], window, at(9))).toMatchObject([{ from: at(8), to: at(9) }])
  })

  it('a gap of some items does not cover the time between two sessions', () => {
    const gaps = withoutSession([session(8, 12), session(13, 20)], [gap(12, 13, { types: '0B' })], window, at(24))
    expect(gaps).toMatchObject([{ from: at(12), to: at(13) }])
  })

  it('are counted within the window, time that two of them share once', () => {
    const gaps = [gap(7, 9), gap(8.5, 9.5), gap(21, 22), gap(10, 10, { reason: 'volume_missing', missing: 5 })]
    expect(gapTotalsOf(gaps, window)).toEqual({ gaps: 3, gap_seconds: 5400, missing_shares: 5 })
    expect(gapSentences(gaps, window)).toEqual([
      '2 gaps (disconnected) of 5400.000 s, the first at 2026-11-25T07:00:00.000+09:00',
      '1 gap (volume_missing) of 0.000 s, 5 shares, the first at 2026-11-25T10:00:00.000+09:00',
    ])
  })

  it('concern the types that they name, or all', () => {
    const gaps = [gap(9, 10), gap(9, 10, { types: '0B,0D' }), gap(9, 10, { types: '0g' })]
    expect([gapsOfType(gaps, '0D').length, gapsOfType(gaps, '0G').length]).toEqual([2, 1])
  })
})

describe('the volume of a date', () => {
  const item = (rest: Partial<TradedItem> = {}): TradedItem => ({
    symbol: '005930',
    venue: 'NXT',
    firstTotal: 1_000,
    lastTotal: 1_090,
    firstVolume: 10,
    volume: 100,
    firstUs: at(9),
    lastUs: at(15),
    ...rest,
  })
  const missing = (shares: number, symbols: string, fromHour = 10) =>
    gap(fromHour, fromHour + 1, { reason: 'volume_missing', types: '0B', symbols, missing: shares })

  it('adds up when the total grew by the trades, the first one included', () => {
    expect(reconcile([item()], [])).toEqual({ items: 1, grown: 100, traded: 100, missing: 0, unexplained: 0, not_adding_up: [] })
  })

  it('adds up with the shares that gaps of that very item name', () => {
    const gaps = [missing(30, '005930_NX'), missing(7, '005930'), missing(5, '000660_NX'), missing(9, '005930_NX', 16)]
    expect(reconcile([item({ lastTotal: 1_120 })], gaps)).toMatchObject({ missing: 30, unexplained: 0, not_adding_up: [] })
  })

  it('names the items that do not add up', () => {
    const kept = reconcile(
      [item(), item({ venue: 'KRX', lastTotal: 1_200 }), item({ symbol: '000660', volume: null, firstVolume: null })],
      [],
    )
    expect(kept).toMatchObject({ items: 3, unexplained: 200 })
    expect(kept.not_adding_up).toEqual([
      { symbol: '005930', venue: 'KRX', grown: 210, traded: 100, missing: 0, unexplained: 110 },
      { symbol: '000660', venue: 'NXT', grown: 90, traded: 0, missing: 0, unexplained: 90 },
    ])
  })
})

describe('the certificate', () => {
  const evidence = (change: Partial<Evidence> = {}): Evidence => ({
    date,
    window,
    market: calendar.dayOf(date),
    judged: day,
    checkedAtUs: at(30),
    unreadable: new Map(),
    gapsUnknown: [],
    sessions: [session(7, 21)],
    stages: [{ ...stages(), late: [], lost: [] }],
    gaps: [],
    silentItems: [],
    volume: reconcile([], []),
    ...change,
  })

  it('is complete with all figures of the day', () => {
    const certificate = certificateOf(evidence())
    expect(certificate).toMatchObject({
      date,
      condition: 'complete',
      reasons: [],
      window: { hours: '08:00-20:00', from: '2026-11-25T08:00:00.000+09:00', to: '2026-11-25T20:00:00.000+09:00' },
      day: { dataset: '*', records: 5, topic: 5, rows: 5, dead_letters: 0, gaps: 0, gap_seconds: 0, missing_shares: 0 },
      sessions: [{ session: 's1', state: 'closed', journal: { entries: 7, sha256: 'ab' } }],
    })
    const trade = certificate.datasets.find(({ dataset }) => dataset === 'trade')!
    expect(trade).toMatchObject({ condition: 'complete', type: '0B', sessions: [{ journal: { records: 5, first_seq: 11, last_seq: 15 } }] })
    expect(certificate.datasets.find(({ dataset }) => dataset === 'gold_price')).toMatchObject({ condition: 'missing', records: 0 })
    expect(certificateText(certificate)).toMatch(/^2026-11-25: complete \(08:00-20:00 Korean time\)\n/)
  })

  it('a gap of one type degrades its dataset and the day, not the others', () => {
    const book = { ...stages({ dataset: 'order_book' }), late: [], lost: [] }
    const certificate = certificateOf(evidence({ stages: [...evidence().stages, book], gaps: [gap(9, 10, { types: '0D' }), gap(21, 22)] }))
    const words = certificate.datasets.filter(({ records }) => records > 0).map(({ dataset, condition }) => [dataset, condition])
    expect([certificate.condition, words]).toEqual([
      'degraded',
      [
        ['trade', 'complete'],
        ['order_book', 'degraded'],
      ],
    ])
    expect(certificate.gaps).toMatchObject([
      { reason: 'disconnected', seconds: 3600, seconds_in_window: 3600 },
      { seconds: 3600, seconds_in_window: 0 },
    ])
  })

  it('names items of which nothing came while others did, and is none the worse for it', () => {
    const silent = (from: number, to: number) =>
      gap(from, to, { reason: 'item_silent', types: '0B,0D', symbols: '999999', evidence: 'nothing came' })
    const certificate = certificateOf(evidence({ silentItems: [silent(7, 9), silent(9, 21), silent(21, 22)] }))
    expect(certificate).toMatchObject({
      condition: 'complete',
      reasons: [],
      day: { gaps: 0 },
      silent_items: [{ symbol: '999999', types: ['0B', '0D'], seconds_in_window: 12 * 3600, evidence: 'nothing came' }],
    })
    expect(certificateText(certificate)).toContain('no data for: 999999 for 43,200 s; it is unknown whether any is missing')
  })

  it('is pending before the window ends', () => {
    expect(certificateOf(evidence({ checkedAtUs: at(19) })).reasons).toEqual(['the window ends at 2026-11-25T20:00:00.000+09:00'])
  })

  it('is complete while a session goes on that lived beyond the window, and says what was judged', () => {
    const judged = { fromUs: day.fromUs, toUs: window.toUs }
    for (const heard of [
      { heardAtUs: window.toUs, endedAtUs: window.toUs },
      { heardAtUs: at(12), endedAtUs: window.toUs + 60_000_000 },
    ]) {
      const certificate = certificateOf(evidence({ judged, sessions: [session(7, 21, { open: true, ...heard })] }))
      expect(certificate).toMatchObject({ condition: 'complete', reasons: [], judged: { to: '2026-11-25T20:00:00.000+09:00' } })
      expect(certificateText(certificate)).toContain('a session goes on: what came until 2026-11-25T20:00:00.000+09:00 is judged')
    }
  })

  it('is pending while an open session may yet turn out to have been silent when the window ended', () => {
    const silent = session(7, 20, { open: true, heardAtUs: at(20) - 1 })
    expect(certificateOf(evidence({ sessions: [silent] }))).toMatchObject({
      condition: 'pending',
      reasons: [expect.stringMatching(/^session s1, open since 2026-11-25T07:00:00.000\+09:00, is not closed, .* its journal ends at /)],
    })
  })

  it('is degraded by what an open session misses and has not written down yet', () => {
    const refused = { fromUs: at(9), reason: 'registration_refused', types: ['0D'], symbols: ['005930'], evidence: '105115: too many' }
    const open = session(7, 21, { open: true, goingOn: [refused] })
    const [gap] = lastingGaps([open], [], at(21))
    expect(gap).toMatchObject({ from: at(9), to: at(21), types: '0D', symbols: '005930', evidence: '105115: too many; it goes on' })
    expect(certificateOf(evidence({ sessions: [open], gaps: [gap!] })).condition).toBe('degraded')
    expect(lastingGaps([open], [gap!], at(22))).toEqual([])
  })

  it('a topic or a table that cannot be read degrades its own dataset and the day, whether something was captured or not', () => {
    const reason = 'topic kiwoom.market.order-book.v1 is missing: run `tickhouse topics apply`'
    const blind = { ...stages({ dataset: 'order_book', unreadable: [reason] }) }
    const book = { ...blind, ...arrivalOf(blind, { publishedToUs: 0, behind: new Set(), suspended: new Set(), expired: new Set() }) }
    const certificate = certificateOf(
      evidence({
        stages: [...evidence().stages, book],
        unreadable: new Map([
          ['order_book', [reason]],
          ['gold_price', ['table gold_price cannot be read: no']],
        ]),
      }),
    )
    const conditions = Object.fromEntries(certificate.datasets.map(({ dataset, condition }) => [dataset, condition]))
    expect(conditions).toMatchObject({ trade: 'complete', order_book: 'degraded', gold_price: 'missing' })
    expect(certificate).toMatchObject({
      condition: 'degraded',
      reasons: [`s1 order_book: ${reason}`, 'gold_price: table gold_price cannot be read: no'],
    })
  })

  it('is not complete when nobody knows the gaps', () => {
    expect(certificateOf(evidence({ gapsUnknown: ['gaps are not known: no'] }))).toMatchObject({
      condition: 'degraded',
      reasons: ['gaps are not known: no'],
    })
  })

  it('counts dead letters of an unknown dataset as not made good', () => {
    const letters = { ...stages({ dataset: 'dead_letter', journal: { first: 1, last: 2, lastUs: 0 } }), late: [], lost: [] }
    expect(certificateOf(evidence({ stages: [...evidence().stages, letters] }))).toMatchObject({
      condition: 'degraded',
      reasons: ['s1 dead_letter: 2 dead letters were not made good'],
      day: { dead_letters: 2 },
    })
  })

  it('is closed on a day without market of which the capture only spoke of itself, for every dataset of the venue', () => {
    const own = { ...stages({ dataset: 'feed_session' }), late: [], lost: [] }
    const certificate = certificateOf(evidence({ market: calendar.dayOf('2026-11-29'), stages: [own], checkedAtUs: at(9) }))
    expect(certificate).toMatchObject({
      condition: 'closed',
      reasons: ['the market was closed: weekend'],
      market: { state: 'closed', reason: 'weekend' },
    })
    expect(certificate.datasets.find(({ dataset }) => dataset === 'trade')!.condition).toBe('closed')
    expect(certificateText(certificate)).toContain('2026-11-25: closed')
  })

  it('is missing when the capture only spoke of itself', () => {
    const own = { ...stages({ dataset: 'feed_session' }), late: [], lost: [] }
    expect(certificateOf(evidence({ stages: [own] }))).toMatchObject({ condition: 'missing', reasons: ['nothing was captured'] })
  })
})
