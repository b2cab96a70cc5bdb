import type { Store } from '@tickhouse/store'
import { eventually } from '@tickhouse/testkit'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Heartbeats, nextLookMs } from '../../src/status/heartbeats.ts'

const never = new AbortController().signal

/** A table of heartbeats, and a watch over it; `failing` is what the sink knows of QuestDB. */
function watched() {
  const table: number[] = []
  const state = { failing: false, queries: 0, seen: [] as number[] }
  const query = async (sql: string) => {
    state.queries++
    const limit = (sign: string) => {
      const literal = new RegExp(`${sign} '([^']+)'`).exec(sql)?.[1]
      return literal === undefined ? undefined : Date.parse(`${literal.slice(0, 23)}Z`) * 1_000 + Number(literal.slice(23, 26))
    }
    const [afterUs, beforeUs = Number.POSITIVE_INFINITY] = [limit('>'), limit('<')]
    const newest = table.toSorted((a, b) => a - b).slice(-1)
    const found = afterUs === undefined ? newest : table.filter(us => us > afterUs && us < beforeUs)
    return found.map(timestamp => ({ timestamp }))
  }
  const heartbeats = new Heartbeats({
    store: { query } as unknown as Pick<Store, 'query'>,
    onVisible: seconds => state.seen.push(seconds),
    isStoreFailing: () => state.failing,
  })
  return { table, state, heartbeats }
}

test('has no age before the first heartbeat, and then that of the newest', async () => {
  const { table, heartbeats } = watched()
  await heartbeats.look(never)
  expect(heartbeats.ageMs).toBeUndefined()
  table.push(Date.now() * 1_000 - 5_000_000, Date.now() * 1_000 - 4_000_000)
  await heartbeats.look(never)
  expect(heartbeats.newestUs).toBe(table[1])
  expect(heartbeats.ageMs).toBeGreaterThanOrEqual(4_000)
})

test('every heartbeat that comes is seen once, those that stood there before are not', async () => {
  const { table, state, heartbeats } = watched()
  table.push(Date.now() * 1_000 - 9_000_000)
  await heartbeats.look(never)
  table.push(Date.now() * 1_000 - 3_000_123, Date.now() * 1_000 - 2_000_123)
  await heartbeats.look(never)
  await heartbeats.look(never)
  expect(state.seen.map(seconds => Math.floor(seconds))).toEqual([3, 2])
})

test('a heartbeat from a clock that is far ahead does not look young', async () => {
  const { table, heartbeats } = watched()
  table.push((Date.now() + 3_600_000) * 1_000)
  await heartbeats.look(never)
  expect(heartbeats.ageMs).toBeGreaterThan(3_500_000)
})

test('the age is that of what comes again as soon as a clock that was far ahead is right', async () => {
  const { table, heartbeats } = watched()
  table.push((Date.now() + 7_200_000) * 1_000)
  await heartbeats.look(never)
  table.push(Date.now() * 1_000 - 2_000_000)
  await heartbeats.look(never)
  expect(heartbeats.ageMs).toBeGreaterThanOrEqual(2_000)
  expect(heartbeats.ageMs).toBeLessThan(60_000)
})

test('the age rises whatever is done to the wall clock', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { table, heartbeats } = watched()
  table.push(Date.now() * 1_000)
  await heartbeats.look(never)
  const before = heartbeats.ageMs!
  vi.advanceTimersByTime(90_000)
  vi.setSystemTime(table[0]! / 1_000)
  expect(heartbeats.ageMs! - before).toBeGreaterThan(80_000)
})

test('QuestDB is not asked while it takes no rows', async () => {
  const { state, heartbeats } = watched()
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  state.failing = true
  const watching = heartbeats.watch(stop.signal)
  await eventually(() => expect(state.queries).toBe(0))
  state.failing = false
  await eventually(() => expect(state.queries).toBeGreaterThan(0))
  stop.abort()
  await watching
})

test.each([
  ['nothing was seen yet', undefined, 0, 500],
  ['the next one is not due for long', 200, 200, 500],
  ['the next one is due soon', 1_000, 200, 160],
  ['the next one is due now', 1_155, 200, 50],
  ['it is overdue by a moment', 1_200, 200, 50],
  ['it is overdue by a second', 2_160, 200, 250],
  ['none has come for long', 60_000, 200, 500],
])('when %s, the next look is after a fitting time', (_, ageMs, latencyMs, expected) => {
  expect(nextLookMs(ageMs, latencyMs)).toBe(expected)
})
