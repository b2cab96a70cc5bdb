import { expect, test } from 'vitest'
import { Backoff } from '../../src/session/backoff.ts'

const limits = { baseMs: 1_000, maxMs: 30_000, takenMs: 60_000, healthyMs: 30_000 }
const longest = () => 1

test('waits up to a cap that doubles, and starts over after a healthy session', () => {
  const backoff = new Backoff(limits, longest)
  const waits = Array.from({ length: 7 }, () => backoff.after({ reason: 'disconnected', liveMs: 0 }))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  expect(backoff.after({ reason: 'disconnected', liveMs: 60_000 })).toBe(1_000)
})

test('waits anywhere between nothing and the cap', () => {
  expect(new Backoff(limits, () => 0).after({ reason: 'disconnected', liveMs: 0 })).toBe(0)
  expect(new Backoff(limits, () => 0.5).after({ reason: 'disconnected', liveMs: 0 })).toBe(500)
})

test('leaves the field to another program with the same app key for a minute at least, then longer', () => {
  const backoff = new Backoff(limits, () => 0)
  const waits = Array.from({ length: 6 }, () => backoff.after({ reason: 'session_taken', liveMs: 40_000 }))
  expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 960_000, 960_000])
})
