import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GroupWatch } from '../src/kafkajs/group-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A watch over a member whose session lasts 10 s, and why it was found stuck. */
function watched() {
  const reasons: string[] = []
  const watch = new GroupWatch({ sessionTimeoutMs: 10_000, onStuck: reason => reasons.push(reason) })
  return { watch, reasons }
}

test('a heartbeat that is accepted while no assignment comes means that the member was forgotten on the way', () => {
  const { watch, reasons } = watched()
  watch.joined()
  watch.heartbeat()
  watch.joins()
  watch.heartbeat()
  expect(reasons).toEqual(['a heartbeat was accepted, but no assignment came'])
  vi.advanceTimersByTime(60_000)
  expect(reasons).toHaveLength(1)
})

test('a rebalance that ends in an assignment is nothing to worry about', () => {
  const { watch, reasons } = watched()
  for (let rebalances = 3; rebalances > 0; rebalances--) {
    watch.joins()
    vi.advanceTimersByTime(12_000)
    watch.joined()
    vi.advanceTimersByTime(1_000)
    watch.heartbeat()
  }
  watch.stop()
  vi.advanceTimersByTime(60_000)
  expect(reasons).toEqual([])
})

test('a place that nobody gives does not wait for ever', () => {
  const { reasons } = watched()
  vi.advanceTimersByTime(15_000)
  expect(reasons).toEqual(['no place was given within 15 s'])
})

test('a coordinator that accepts no heartbeat for half a session is given up', () => {
  const { watch, reasons } = watched()
  watch.joined()
  for (let seconds = 20; seconds > 0; seconds--) {
    vi.advanceTimersByTime(1_000)
    watch.heartbeat()
  }
  expect(reasons).toEqual([])
  vi.advanceTimersByTime(9_000)
  expect(reasons).toEqual(['the coordinator has accepted no heartbeat for 5 s'])
})
