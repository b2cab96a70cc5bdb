import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ReadingState } from '../src/read/standstill.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a reader stands still until its first fetch is answered', () => {
  const state = new ReadingState(250)
  vi.advanceTimersByTime(2_000)
  expect(state.standstill).toEqual({ waitsFor: 'group', forMs: 2_000, reason: null })
  state.waits('start')
  vi.advanceTimersByTime(1_000)
  expect(state.standstill).toEqual({ waitsFor: 'start', forMs: 3_000, reason: null })
  state.waits('records')
  state.reads()
  expect(state.standstill).toBeNull()
})

test('a fetch counts as late only after the time that Kafka may wait for records', () => {
  const state = new ReadingState(250)
  state.reads()
  state.waits('records')
  vi.advanceTimersByTime(5_200)
  expect(state.standstill).toBeNull()
  state.failed(new Error('Not connected'))
  vi.advanceTimersByTime(100)
  expect(state.standstill).toEqual({ waitsFor: 'records', forMs: 5_300, reason: 'Not connected' })
})

test('a caller that works on a poll is no standstill; a place that is lost meanwhile is one', () => {
  const state = new ReadingState(250)
  state.reads()
  vi.advanceTimersByTime(60_000)
  expect(state.standstill).toBeNull()
  state.waits('group')
  vi.advanceTimersByTime(100)
  expect(state.standstill).toEqual({ waitsFor: 'group', forMs: 100, reason: null })
})
