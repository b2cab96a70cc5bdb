import { expect, test } from 'vitest'
import { TopicPacking } from '../src/read/fetch-turns.ts'

const mebibyte = 1 << 20

test('a topic that comes packed is known to become larger after a fetch, and one that does not stays as it is', () => {
  const packing = new TopicPacking()
  for (let fetch = 0; fetch < 2; fetch++) {
    packing.note({ topic: 'packed', bytes: 8 * mebibyte, packedBytes: mebibyte })
    packing.note({ topic: 'plain', bytes: mebibyte, packedBytes: mebibyte + 61 })
    packing.note({ topic: 'packed', bytes: 0, packedBytes: 0 })
  }
  expect(packing.factorOf('packed')).toBeCloseTo(8, 0)
  expect(packing.factorOf('plain')).toBe(1)
  expect(packing.factorOf('unread')).toBe(1)
})

test('however repetitive records are, no less than a sixty-fourth is asked for', () => {
  const packing = new TopicPacking()
  for (let fetch = 0; fetch < 50; fetch++) packing.note({ topic: 'a', bytes: 100 * mebibyte, packedBytes: 1 })
  expect(packing.factorOf('a')).toBeCloseTo(64, 1)
})
