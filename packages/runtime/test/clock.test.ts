import { expect, test } from 'vitest'
import { CaptureClock, systemClock } from '../src/index.ts'

test('a step of the wall clock does not bend capture times', () => {
  let wallMs = 1_700_000_000_000
  let monotonicUs = 5_000
  const clock = new CaptureClock({ nowMs: () => wallMs, monotonicUs: () => monotonicUs })
  expect(clock.stamp()).toBe(1_700_000_000_000_000)
  wallMs -= 3_600_000
  monotonicUs += 250
  expect(clock.stamp()).toBe(1_700_000_000_000_250)
})

test('the clock of this machine gives whole microseconds near now', () => {
  const stamp = new CaptureClock(systemClock).stamp()
  expect(Number.isSafeInteger(stamp)).toBe(true)
  expect(Math.abs(stamp / 1000 - Date.now())).toBeLessThan(1000)
})
