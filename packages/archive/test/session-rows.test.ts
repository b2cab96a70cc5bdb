import { expect, test } from 'vitest'
import { rowDifferencesOf } from '../src/session-rows.ts'

const some = { session: 's1', rows: 1_000, first_seq: 1, last_seq: 1_000, first_us: 10, last_us: 20 }

test('a session with the same rows, numbers and times is the same, and others do not matter', () => {
  expect(rowDifferencesOf([some], [{ ...some }, { ...some, session: 's2' }])).toEqual([])
})

test('a session that lacks rows, or is not there, is named with what was expected and what was found', () => {
  expect(rowDifferencesOf([some], [{ ...some, rows: 999 }])).toEqual([
    'session s1: expected 1,000 rows, seq 1 to 1000, times 10 to 20 µs; found 999 rows, seq 1 to 1000, times 10 to 20 µs',
  ])
  expect(rowDifferencesOf([some], [])).toEqual([expect.stringMatching(/; found none$/)])
})
