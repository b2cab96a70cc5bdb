import { expect, it } from 'vitest'
import { timeUs } from '../src/arguments.ts'

it('a time argument is UTC unless it says otherwise', () => {
  expect(timeUs('2026-11-22')).toBe(Date.UTC(2026, 10, 22) * 1000)
  expect(timeUs('2026-11-22T09:00')).toBe(Date.UTC(2026, 10, 22, 9) * 1000)
  expect(timeUs('2026-11-22T09:00:00+09:00')).toBe(Date.UTC(2026, 10, 22) * 1000)
  for (const text of ['yesterday', '22.11.2026', '2026-11', '2026-13-01']) expect(() => timeUs(text), text).toThrow('Expected a time')
})
