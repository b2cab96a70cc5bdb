import { expect, test } from 'vitest'
import { type Numbered, Sequences } from '../src/sequences.ts'

const numbered = (...seqs: number[]): Numbered[] => seqs.map(seq => ({ session: 's', seq, timestamp: seq * 10 }))
const patienceMs = 1_000
const never = Number.POSITIVE_INFINITY

test('a record is ahead of its time as long as a smaller number is missing', () => {
  const sequences = new Sequences()
  expect(sequences.read(numbered(7, 5, 6), 0)).toBe(false)
  expect(sequences.read(numbered(9, 11), 1)).toBe(true)
  expect(sequences.aheadUs(2, patienceMs)).toBe(90)
  sequences.read(numbered(8), 3)
  expect(sequences.aheadUs(4, patienceMs)).toBe(110)
  sequences.read(numbered(10), 5)
  expect(sequences.aheadUs(6, patienceMs)).toBe(never)
})

test('a session with a hole that is not filled is not gone by for a minute, and then begins anew', () => {
  const sequences = new Sequences()
  sequences.read(numbered(1), 0)
  sequences.read(numbered(3), 10)
  expect(sequences.aheadUs(1_009, patienceMs)).toBe(30)
  expect(sequences.aheadUs(1_010, patienceMs)).toBe(never)
  expect(sequences.read(numbered(5), 1_020)).toBe(false)
  expect(sequences.aheadUs(1_020, patienceMs)).toBe(never)
  expect(sequences.read(numbered(50), 61_010)).toBe(false)
  expect(sequences.read(numbered(52), 61_020)).toBe(true)
  expect(sequences.aheadUs(61_030, patienceMs)).toBe(520)
})

test('what comes again changes nothing, and sessions do not mix', () => {
  const sequences = new Sequences()
  sequences.read(numbered(1, 2, 3), 0)
  sequences.read(numbered(2, 3), 1)
  expect(sequences.read([{ session: 'other', seq: 9, timestamp: 1 }], 2)).toBe(false)
  expect(sequences.aheadUs(3, patienceMs)).toBe(never)
  sequences.read(numbered(5), 4)
  sequences.forget()
  expect(sequences.aheadUs(5, patienceMs)).toBe(never)
})
