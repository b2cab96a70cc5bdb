import { expect, test } from 'vitest'
import { age, clock, grouped, moment, rate, size } from '../public/format.js'
import { nextOrder, sorted } from '../public/sorting.js'
import { windowOf } from '../public/window.js'
import { pointOf, withPoint } from '../src/serve/watcher.ts'
import { stateOf } from './states.ts'

test.each([
  [-5, '0 ms'],
  [40, '40 ms'],
  [420, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [119_000, '119 s'],
  [180_000, '3 min'],
  [9_000_000, '2.5 h'],
  [259_200_000, '3 days'],
])('an age of %i ms reads %s', (ms, text) => {
  expect(age(ms)).toBe(text)
})

test('a rate keeps a decimal while it is small, and one that nobody knows is no 0', () => {
  expect([rate(0), rate(0.42), rate(9.96), rate(1203.6), rate(null)]).toEqual(['0', '0.4', '10', '1,204', '?'])
  expect(grouped(1234567.2)).toBe('1,234,567')
  expect([0, 999, 1500, 2.5e9].map(size)).toEqual(['0 B', '999 B', '1.5 kB', '2.5 GB'])
})

test('a head sorts from its useful end, pressed again from the other, and then as the catalogue has it', () => {
  const { datasets } = stateOf()
  const names = (order: Parameters<typeof sorted>[1]) => sorted([...datasets].reverse(), order).map(({ dataset }) => dataset)
  const once = nextOrder(undefined, 'lag')
  const twice = nextOrder(once, 'lag')
  expect([names(once), names(twice), names(nextOrder(twice, 'lag'))]).toEqual([
    ['trade', 'feed_gap', 'order_book'],
    ['feed_gap', 'order_book', 'trade'],
    ['feed_gap', 'order_book', 'trade'],
  ])
  expect(names(nextOrder(once, 'dataset'))).toEqual(['feed_gap', 'order_book', 'trade'])
})

test('the time line shows ten minutes to six hours, as much as there is', () => {
  const [nowMs, hour] = [100 * 3_600_000, 3_600_000]
  const hours = (...fromMs: number[]) =>
    (nowMs -
      windowOf(
        fromMs.map(from => ({ fromMs: from, toMs: null })),
        [],
        nowMs,
      ).fromMs) /
    hour
  expect(hours()).toBeCloseTo(1 / 6)
  expect(hours(nowMs - 2 * hour)).toBeCloseTo(2.08)
  expect(hours(nowMs - 50 * hour)).toBe(6)
  expect(nowMs - windowOf([{ fromMs: 0, toMs: 1 }], [], nowMs).fromMs).toBe(600_000)
})

test('the plots keep ten minutes', () => {
  const point = (atMs: number) => pointOf(stateOf({ atMs }))
  expect(withPoint([point(1), point(500_000)], point(600_001)).map(({ atMs }) => atMs)).toEqual([500_000, 600_001])
  expect(point(5)).toEqual({ atMs: 5, captured: 53, stored: 53, freshMs: 300, latencyMs: 120 })
})

test('times are those of Korea, wherever the page is looked at, with the date when that is another one', () => {
  const midnight = Date.UTC(2026, 10, 24, 15)
  expect(clock(midnight + 5_000)).toBe('00:00:05')
  expect([moment(midnight, midnight + 1), moment(midnight - 1_000, midnight + 1)]).toEqual(['00:00:00', '2026-11-24 23:59:59'])
})
