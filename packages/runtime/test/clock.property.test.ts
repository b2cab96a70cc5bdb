import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CaptureClock } from '../src/index.ts'

/** What happens between two stamps: the wall clock steps, time passes (or none that can be measured), and perhaps a new clock follows. */
const moment = fc.record({
  stepMs: fc.oneof(fc.constant(0), fc.integer({ min: -86_400_000, max: 86_400_000 })),
  passedUs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000_000 })),
  isNewClock: fc.boolean(),
})

test('capture times rise strictly, within a clock and from one to the next, however the wall clock steps', () => {
  fc.assert(
    fc.property(fc.array(moment, { minLength: 2, maxLength: 60 }), moments => {
      let wallUs = 1_780_000_000_000_000
      let monotonicUs = 5_000
      const source = { nowMs: () => Math.floor(wallUs / 1000), monotonicUs: () => monotonicUs }
      let clock = new CaptureClock(source)
      let last = clock.stamp()
      for (const { stepMs, passedUs, isNewClock } of moments) {
        wallUs += stepMs * 1000 + passedUs
        monotonicUs += passedUs
        if (isNewClock) clock = new CaptureClock(source, last)
        const stamp = clock.stamp()
        expect(stamp).toBeGreaterThan(last)
        // Within a clock, it is the time that passed, but for the microseconds that kept two stamps apart.
        if (!isNewClock) expect(stamp - last).toBeLessThanOrEqual(Math.max(passedUs, 1))
        last = stamp
      }
    }),
  )
})

test('a new clock follows the wall clock again as soon as that is ahead', () => {
  let wallMs = 1_780_000_000_000
  const source = { nowMs: () => wallMs, monotonicUs: () => 0 }
  const last = new CaptureClock(source).stamp()
  wallMs -= 5_000
  expect(new CaptureClock(source, last).stamp()).toBe(last + 1)
  wallMs += 6_000
  expect(new CaptureClock(source, last).stamp()).toBe(last + 1_000_000)
})
