import { expect, test } from 'vitest'
import { questionOf, wantedIn } from '../../public/market/ask.js'
import { intervals, venues } from '../../public/market/controls.js'
import {
  changeWords,
  chartTime,
  marksAmong,
  mergedBars,
  momentAt,
  momentsOf,
  moveOf,
  numeral,
  placeIn,
  stepped,
} from '../../public/market/prices.js'
import { chartVenues } from '../../src/market/answers.ts'
import { barIntervals } from '../../src/market/questions.ts'

/** Bars whose figures are all their time. */
const barsAt = (...at: number[]) => ({ at, open: at, high: at, low: at, close: at, volume: at })

test('the page offers the intervals and the venues that the server knows', () => {
  expect(Object.entries(intervals)).toEqual(barIntervals.map(({ name, seconds }) => [name, seconds]))
  expect(Object.keys(venues)).toEqual(chartVenues)
})

test('prices, changes and volumes read as people write them', () => {
  expect([numeral(71_500), numeral(1043.25)]).toEqual(['71,500', '1,043.25'])
  expect([changeWords(70_000, 71_190), changeWords(100, 99), changeWords(100, 100), changeWords(0, 5)]).toEqual([
    '+1,190 (+1.70 %)',
    '−1 (−1.00 %)',
    '0 (0.00 %)',
    '+5',
  ])
  expect([moveOf(1, 2), moveOf(2, 1), moveOf(1, 1)]).toEqual(['up', 'down', 'even'])
})

test('a time of the chart leads back to its moment', () => {
  expect(momentAt(chartTime(1_764_201_600))).toBe(1_764_201_600)
})

test('newer bars take the place of those from the same moment on', () => {
  expect(mergedBars(barsAt(1, 2, 3), barsAt(3, 4)).at).toEqual([1, 2, 3, 4])
  expect(mergedBars(barsAt(1, 2), barsAt()).at).toEqual([1, 2])
  expect(mergedBars(barsAt(), barsAt(5)).at).toEqual([5])
})

test('auctions, interruptions and gaps are as long as they were, though nothing traded; other quiet times are not', () => {
  const mark = (kind: 'gap' | 'phase', from: number, to: number) =>
    ({ kind, fromMs: from * 1000, toMs: to * 1000, venue: null, title: '', detail: '' }) as const
  expect(momentsOf(barsAt(60, 120, 600), [mark('gap', 130, 300)], 60)).toEqual([60, 120, 180, 240, 600])
  expect(momentsOf(barsAt(60, 600), [mark('phase', 60, 600)], 60)).toEqual([60, 600])
  expect(momentsOf(barsAt(60, 180), [mark('gap', 0, 9_999)], 60)).toEqual([60, 120, 180])
  expect(momentsOf(barsAt(), [mark('gap', 0, 9_999)], 60)).toEqual([])
  expect(momentsOf(barsAt(0, 86_400), [mark('gap', 0, 86_400)], 1)).toHaveLength(121)
})

test('only marks in whose time there are bars are drawn', () => {
  const mark = (from: number, to: number) =>
    ({ kind: 'gap', fromMs: from * 1000, toMs: to * 1000, venue: null, title: '', detail: '' }) as const
  const among = [mark(0, 61), mark(130, 140), mark(100, 110)]
  expect(marksAmong([mark(0, 60), ...among, mark(180, 200)], barsAt(60, 120), 60)).toEqual(among)
  expect(marksAmong(among, barsAt(), 60)).toEqual([])
})

test('a moment stands within its bar, and at the edges when it is beside all of them', () => {
  const moments = [60, 120, 600]
  const places = [0, 60, 75, 120, 400, 630, 9_999].map(moment => placeIn(moments, moment, 60))
  expect(places).toEqual([-0.5, -0.5, -0.25, 0.5, 1.5, 2, 2.5])
  expect(placeIn([], 60, 60)).toBeUndefined()
})

test('a list ends at its ends', () => {
  expect(['1s', '1d'].map(name => stepped(Object.keys(intervals), name, -1))).toEqual(['1s', '1h'])
  expect(stepped(Object.keys(intervals), '1d', 1)).toBe('1d')
})

test('an address says what is shown, and nothing of what the server chooses', () => {
  const wanted = wantedIn('?symbol=005930&venue=NXT')
  expect(wanted).toEqual({ symbol: '005930', venue: 'NXT', interval: '5m', date: undefined })
  expect(questionOf(wanted)).toBe('symbol=005930&venue=NXT&interval=5m')
})
