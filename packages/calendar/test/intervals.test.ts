import { expect, it } from 'vitest'
import { joined, overlaps, secondsOf, uncovered, within } from '../src/interval.ts'

const stretch = (fromUs: number, toUs: number) => ({ fromUs, toUs })

it('stretches that touch or overlap become one, and their seconds count once', () => {
  const stretches = [stretch(5, 9), stretch(0, 2), stretch(2, 4), stretch(6, 7)]
  expect(joined(stretches)).toEqual([stretch(0, 4), stretch(5, 9)])
  expect(secondsOf(stretches)).toBe(8e-6)
})

it('what nobody covers is what is left of the window, at both ends too', () => {
  expect(uncovered(stretch(0, 10), [stretch(2, 4), stretch(3, 6), stretch(8, 9)])).toEqual([stretch(0, 2), stretch(6, 8), stretch(9, 10)])
  expect(uncovered(stretch(0, 10), [])).toEqual([stretch(0, 10)])
  expect(uncovered(stretch(0, 10), [stretch(-5, 20)])).toEqual([])
})

it('what reaches beyond a window is cut at it', () => {
  expect(within([stretch(-3, 2), stretch(9, 12), stretch(20, 30), stretch(5, 5)], stretch(0, 10))).toEqual([stretch(0, 2), stretch(9, 10)])
})

it('a moment lies in the window that holds it, and touching is not overlapping', () => {
  expect([
    overlaps(stretch(5, 5), stretch(0, 10)),
    overlaps(stretch(10, 10), stretch(0, 10)),
    overlaps(stretch(0, 0), stretch(0, 10)),
  ]).toEqual([true, false, true])
  expect([overlaps(stretch(0, 5), stretch(5, 10)), overlaps(stretch(0, 6), stretch(5, 10))]).toEqual([false, true])
})
