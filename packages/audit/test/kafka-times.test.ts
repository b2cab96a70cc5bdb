import { expect, test } from 'vitest'
import { kafkaSinceMs } from '../src/journal/sessions.ts'

const nowMs = Date.parse('2026-09-01T10:00:00Z')
const hourMs = 3_600_000
const session = (openedMs: number, endedMs = openedMs) => ({ openedAtUs: openedMs * 1000, endedAtUs: endedMs * 1000 })

test('topics are read from the time of the records on, a moment earlier', () => {
  const sessions = [session(nowMs - 3 * hourMs, nowMs - 2 * hourMs), session(nowMs - hourMs, nowMs)]
  expect(kafkaSinceMs((nowMs - 3 * hourMs) * 1000, sessions, nowMs)).toBe(nowMs - 3 * hourMs - 1000)
})

test('topics are read from the beginning where a clock was ahead: Kafka has other times of what was captured then', () => {
  const [ahead, right] = [session(nowMs + hourMs, nowMs + hourMs + 5), session(nowMs - hourMs)]
  expect(kafkaSinceMs((nowMs + hourMs) * 1000, [ahead], nowMs)).toBe(0)
  expect(kafkaSinceMs((nowMs - hourMs) * 1000, [ahead, right], nowMs + 5 * hourMs)).toBe(0)
})
