import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SeenNumbers } from '../src/numbers/seen-numbers.ts'
import { TopicNumbers } from '../src/numbers/topic-numbers.ts'

const session = 's'
const numbered = (seq: number) => ({ session, seq, timestamp: seq })

it('numbers are seen once, and what is missing is what was not seen', () => {
  const number = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 32_760, max: 32_775 }), fc.integer({ min: 1, max: 2 ** 50 }))
  fc.assert(
    fc.property(
      fc.array(number, { maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 70_000 }),
      (all, first, more) => {
        const [numbers, seen] = [new SeenNumbers(), new Set<number>()]
        for (const one of all) {
          expect(numbers.add(one)).toBe(!seen.has(one))
          seen.add(one)
        }
        const last = first + more
        const missing = numbers.missing(first, last)
        const expected = [...seen].filter(one => one >= first && one <= last).length
        expect(missing.reduce((sum, [from, to]) => sum + to - from + 1, 0)).toBe(last - first + 1 - expected)
        expect(missing.some(([from, to]) => from > to || [...seen].some(one => one >= from && one <= to))).toBe(false)
      },
    ),
  )
})

/** A session of so many numbers over partitions, of which a reader begins in the middle and reads the rest in some order. */
const reading = fc.record({
  partitions: fc.integer({ min: 1, max: 4 }),
  where: fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }),
  begins: fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }),
  left: fc.array(fc.nat(59), { maxLength: 4 }),
  turns: fc.array(fc.nat(3), { maxLength: 80 }),
})

it('never cries wolf: every jump is of numbers that no partition has, wherever reading began and in whatever turns partitions are read', () => {
  fc.assert(
    fc.property(reading, ({ partitions, where, begins, left, turns }) => {
      const isLeft = new Set(left.map(index => index + 1))
      const logs: number[][] = Array.from({ length: partitions }, () => [])
      where.forEach((partition, index) => {
        if (!isLeft.has(index + 1)) logs[partition % partitions]!.push(index + 1)
      })
      const readAt = logs.map((log, partition) => Math.min(begins[partition]!, log.length))
      const numbers = new TopicNumbers(readAt)
      const next = [...readAt]
      const read = (partition: number) => {
        const seq = logs[partition]![next[partition]!]
        if (seq === undefined) return
        next[partition]!++
        expect(numbers.take(partition, numbered(seq))).toBe(true)
      }
      for (const turn of turns) read(turn % partitions)
      const marks = numbers.marks()
      logs.forEach((log, partition) => {
        for (const _ of log) read(partition)
      })
      const told = numbers
        .judge(marks)
        .flatMap(({ range: [from, to] }) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
      expect(told.filter(seq => !isLeft.has(seq))).toEqual([])
      // Where everything is read from the beginning, nothing that is missing below the mark escapes.
      if (readAt.every(begin => begin === 0)) {
        const mark = marks.get(session) ?? 0
        expect(told).toEqual([...isLeft].filter(seq => seq <= mark).sort((a, b) => a - b))
      }
      expect(numbers.judge(marks)).toEqual([])
    }),
  )
})

it('a record that a dead letter gave back late says nothing of what lies before it', () => {
  const numbers = new TopicNumbers([100])
  const late = { session: 'of last week', timestamp: 1 }
  numbers.take(0, { session: 'of today', seq: 900, timestamp: 7 * 24 * 3_600_000_000 })
  for (const seq of [50, 60]) expect(numbers.take(0, { ...late, seq })).toBe(true)
  expect(numbers.judge(numbers.marks())).toEqual([])
})
