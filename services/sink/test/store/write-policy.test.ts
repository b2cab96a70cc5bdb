import { expect, test } from 'vitest'
import { chooseTables, type WaitingTable, WriteBudget, type WriteLimits, type WriteLoad } from '../../src/store/write-policy.ts'

const limits: WriteLimits = { maxAgeMs: 1_000, fullBytes: 12_000_000 }
const idle: WriteLoad = { commitMs: 3, budget: 25, perSecond: 100, isFull: false }
const loaded: WriteLoad = { ...idle, commitMs: 20, budget: 5, perSecond: 50 }
const forever = Number.POSITIVE_INFINITY

function table(topic: string, more: Partial<WaitingTable> = {}): WaitingTable {
  return { topic, rows: 1, bytes: 600, oldestMs: 0, restedMs: forever, isBehind: false, ...more }
}

const namesOf = (tables: readonly WaitingTable[], load: WriteLoad) => chooseTables(tables, load, limits).now.map(({ topic }) => topic)

test('a table that rested stores its first row at once', () => {
  expect(chooseTables([table('gap')], idle, limits).now).toEqual([{ topic: 'gap', trigger: 'rested' }])
  expect(chooseTables([table('gap', { restedMs: 1_000 })], loaded, limits).now).toEqual([{ topic: 'gap', trigger: 'rested' }])
})

test('a lone row that follows another one waits a little while nothing is to be done, and up to the greatest age under load', () => {
  const row = table('nav', { restedMs: 0 })
  expect(chooseTables([row], idle, limits)).toEqual({ now: [], againMs: 120 })
  expect(chooseTables([row], loaded, limits)).toEqual({ now: [], againMs: 800 })
  expect(chooseTables([{ ...row, oldestMs: 1_000 }], { ...loaded, budget: -5 }, limits).now).toEqual([{ topic: 'nav', trigger: 'age' }])
})

test('the more rows wait the sooner their table is stored', () => {
  const many = table('trade', { rows: 100, restedMs: 5 })
  expect(chooseTables([many], loaded, limits)).toEqual({ now: [], againMs: 3 })
  expect(chooseTables([{ ...many, restedMs: 8 }], loaded, limits).now).toEqual([{ topic: 'trade', trigger: 'rested' }])
  expect(chooseTables([{ ...many, rows: 10 }], loaded, limits).againMs).toBe(75)
})

test('what is most urgent goes first when the budget is not enough for all', () => {
  const tables = [
    table('slow', { restedMs: 1_100, oldestMs: 200 }),
    table('busy', { rows: 200, restedMs: 30 }),
    table('new', { restedMs: forever }),
  ]
  expect(namesOf(tables, { ...loaded, budget: 1 })).toEqual(['new'])
  expect(namesOf(tables, { ...loaded, budget: 2 })).toEqual(['new', 'busy'])
  expect(chooseTables(tables, { ...loaded, budget: 2 }, limits).againMs).toBeCloseTo(20)
})

test('a table that is behind waits for a full commit, or until no more is read', () => {
  const behind = table('trade', { rows: 5_000, bytes: 6_000_000, isBehind: true })
  expect(namesOf([behind], idle)).toEqual([])
  expect(namesOf([behind], { ...idle, isFull: true })).toEqual(['trade'])
  expect(namesOf([{ ...behind, bytes: 12_000_000 }], { ...idle, budget: -9 })).toEqual(['trade'])
  expect(namesOf([{ ...behind, oldestMs: 1_000 }], idle)).toEqual(['trade'])
})

test('there are fewer commits a second when each takes long, and more again when they do not', () => {
  const budget = new WriteBudget(100, 0)
  expect(budget.perSecond).toBe(100)
  for (let index = 0; index < 100; index++) budget.note(50, 10)
  expect(budget.perSecond).toBeCloseTo(20, 0)
  for (let index = 0; index < 100; index++) budget.note(4, 10)
  expect(budget.perSecond).toBe(100)
})

test('a large commit takes long for its rows, which does not count', () => {
  const budget = new WriteBudget(100, 0)
  for (let index = 0; index < 100; index++) budget.note(403, 20_000)
  expect(budget.commitMs).toBeCloseTo(3)
})

test('what is spent comes back with time, and never more than a part of a second', () => {
  const budget = new WriteBudget(100, 0)
  for (let index = 0; index < 25; index++) budget.spend(0)
  expect(budget.budgetAt(0)).toBe(0)
  expect(budget.budgetAt(100)).toBeCloseTo(10)
  expect(budget.budgetAt(60_000)).toBe(25)
  for (let index = 0; index < 200; index++) budget.spend(60_000)
  expect(budget.budgetAt(60_000)).toBe(-25)
})
