import { expect, test } from 'vitest'
import { TopicRates } from '../src/read/topic-rates.ts'

test('a steady flow is its rate, from the first second on', () => {
  const rates = new TopicRates(0)
  for (let ms = 0; ms <= 600_000; ms += 100) {
    rates.note('trade', 1_000, ms)
    if (ms >= 5_000) expect(rates.rateOf('trade', ms)).toBeCloseTo(10_000, -3)
  }
})

test('a topic that rests is forgotten by half each minute, and nothing came of one that was never read', () => {
  const rates = new TopicRates(0)
  for (let ms = 0; ms <= 600_000; ms += 100) rates.note('trade', 1_000, ms)
  expect(rates.rateOf('trade', 660_000)).toBeCloseTo(5_000, -3)
  expect(rates.rateOf('quotes', 660_000)).toBe(0)
})
