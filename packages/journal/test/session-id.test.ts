import { expect, test } from 'vitest'
import { sessionIdAfter } from '../src/format/session-id.ts'

const nowMs = Date.UTC(2026, 10, 22, 9)

test('is short, and sorts by time', () => {
  const ids = [nowMs, nowMs + 1, nowMs + 1_000, nowMs + 86_400_000, Date.UTC(2080, 0)].map(ms => sessionIdAfter(undefined, ms))
  expect(ids.toSorted()).toEqual(ids)
  for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
})

test('sorts after the previous session although the clock went back', () => {
  const first = sessionIdAfter(undefined, nowMs)
  const second = sessionIdAfter(first, nowMs - 3_600_000)
  const third = sessionIdAfter(second, nowMs - 3_600_000)
  expect([first, second, third].toSorted()).toEqual([first, second, third])
  expect(new Set([first, second, third]).size).toBe(3)
})
