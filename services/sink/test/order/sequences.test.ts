import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Numbered, type NumberedPart, Sequences } from '../../src/order/sequences.ts'

const numbered = (...seqs: number[]): Numbered[] => seqs.map(seq => ({ session: 's', seq, timestamp: seq * 10 }))
const of = (partition: number, ...seqs: number[]): NumberedPart => ({ partition, records: numbered(...seqs) })
const orderWaitMs = 1_000
const never = Number.POSITIVE_INFINITY

test('a record is ahead of its time as long as a smaller number is missing', () => {
  const sequences = new Sequences()
  expect(sequences.read([of(0, 5, 7), of(1, 6)], 0)).toBe(false)
  expect(sequences.read([of(0, 9, 11)], 1)).toBe(true)
  expect(sequences.aheadUs(2, orderWaitMs)).toBe(90)
  sequences.read([of(1, 8)], 3)
  expect(sequences.aheadUs(4, orderWaitMs)).toBe(110)
  sequences.read([of(2, 10)], 5)
  expect(sequences.aheadUs(6, orderWaitMs)).toBe(never)
})

test('a session with a hole that is not filled is not gone by for a second, and then begins anew', () => {
  const sequences = new Sequences()
  sequences.read([of(0, 1)], 0)
  sequences.read([of(0, 3)], 10)
  expect(sequences.aheadUs(1_009, orderWaitMs)).toBe(30)
  expect(sequences.aheadUs(1_010, orderWaitMs)).toBe(never)
  expect(sequences.read([of(0, 5)], 1_020)).toBe(false)
  expect(sequences.aheadUs(1_020, orderWaitMs)).toBe(never)
  expect(sequences.read([of(0, 50)], 2_010)).toBe(false)
  expect(sequences.read([of(0, 52)], 2_020)).toBe(true)
  expect(sequences.aheadUs(2_030, orderWaitMs)).toBe(520)
})

test('where holes come again and again the session is not gone by for longer each time, up to a minute', () => {
  const sequences = new Sequences()
  const distrusted: number[] = []
  let [nowMs, seq] = [0, 1]
  for (let holes = 0; holes < 9; holes++) {
    sequences.read([of(0, seq)], nowMs)
    sequences.read([of(0, seq + 2)], nowMs)
    nowMs += orderWaitMs
    sequences.aheadUs(nowMs, orderWaitMs)
    const fromMs = nowMs
    seq += 10
    for (; !sequences.read([of(0, seq)], nowMs); seq++) nowMs += 100
    distrusted.push(Math.floor((nowMs - fromMs) / 1_000))
    seq += 10
  }
  expect(distrusted).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('what comes again changes nothing, and sessions do not mix', () => {
  const sequences = new Sequences()
  sequences.read([of(0, 1, 2, 3)], 0)
  sequences.read([of(0, 2, 3)], 1)
  expect(sequences.read([{ partition: 1, records: [{ session: 'other', seq: 9, timestamp: 1 }] }], 2)).toBe(false)
  expect(sequences.aheadUs(3, orderWaitMs)).toBe(never)
  sequences.read([of(0, 5)], 4)
  sequences.forget()
  expect(sequences.aheadUs(5, orderWaitMs)).toBe(never)
})

test('however records are spread over partitions and reads, what is ahead is what stands behind the first missing number', () => {
  const stories = fc.array(fc.record({ partition: fc.nat(4), counts: fc.array(fc.nat(6), { minLength: 5, maxLength: 5 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  fc.assert(
    fc.property(stories, story => {
      const logs = Array.from({ length: 5 }, (): number[] => [])
      for (const [index, { partition }] of story.entries()) logs[partition]!.push(index + 2)
      const sequences = new Sequences()
      sequences.read([of(0, 1)], 0)
      const read = new Set([1])
      for (const { counts } of story) {
        const parts = logs.map((log, partition) => of(partition, ...log.splice(0, counts[partition])))
        sequences.read(parts, 1)
        for (const { records } of parts) for (const { seq } of records) read.add(seq)
        let next = 1
        while (read.has(next)) next++
        const ahead = [...read].filter(seq => seq > next)
        expect(sequences.aheadUs(1, orderWaitMs)).toBe(ahead.length === 0 ? never : Math.min(...ahead) * 10)
      }
    }),
  )
})
