import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseTables, type WaitingTable, type WriteLimits, type WriteLoad } from '../../src/store/write-policy.ts'

const limits: WriteLimits = { maxAgeMs: 1_000, fullBytes: 12_000_000 }

const loads: fc.Arbitrary<WriteLoad> = fc.record({
  commitMs: fc.double({ min: 1, max: 200, noNaN: true }),
  budget: fc.double({ min: -25, max: 25, noNaN: true }),
  perSecond: fc.double({ min: 1, max: 200, noNaN: true }),
  isFull: fc.boolean(),
})
const waiting: fc.Arbitrary<WaitingTable[]> = fc
  .array(
    fc.record({
      rows: fc.nat(30_000),
      oldestMs: fc.nat(3_000),
      restedMs: fc.oneof(fc.nat(5_000), fc.constant(Number.POSITIVE_INFINITY)),
      isBehind: fc.boolean(),
    }),
    { maxLength: 23 },
  )
  .map(all => all.map((each, index) => ({ ...each, topic: `t${index}`, bytes: each.rows * 600 })))

test('a table is stored at most once, never without rows, and what is too old, full or in the way always is', () => {
  fc.assert(
    fc.property(waiting, loads, (tables, load) => {
      const { now, againMs } = chooseTables(tables, load, limits)
      const topics = now.map(({ topic }) => topic)
      expect(new Set(topics).size).toBe(topics.length)
      const must = tables.filter(
        ({ rows, bytes, oldestMs }) => rows > 0 && (load.isFull || bytes >= limits.fullBytes || oldestMs >= limits.maxAgeMs),
      )
      for (const { topic } of must) expect(topics).toContain(topic)
      for (const { topic, rows } of tables) if (topics.includes(topic)) expect(rows).toBeGreaterThan(0)
      const rest = tables.filter(({ topic, rows }) => rows > 0 && !topics.includes(topic))
      for (const { oldestMs } of rest) expect(againMs).toBeLessThanOrEqual(limits.maxAgeMs - oldestMs)
      if (rest.length === 0) expect(againMs).toBe(Number.POSITIVE_INFINITY)
    }),
  )
})

test('what need not be stored now keeps to the budget', () => {
  fc.assert(
    fc.property(waiting, loads, (tables, load) => {
      const { now } = chooseTables(tables, load, limits)
      const free = now.filter(({ trigger }) => trigger === 'rested')
      expect(free.length).toBeLessThanOrEqual(Math.max(0, load.budget))
    }),
  )
})
