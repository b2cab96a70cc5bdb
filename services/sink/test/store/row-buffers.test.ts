import { RowBuffer } from '@tickhouse/store'
import { expect, test } from 'vitest'
import { RowBuffers } from '../../src/store/memory.ts'

test('a buffer is used again, the smallest that is large enough first', () => {
  const buffers = new RowBuffers(64 << 20)
  const [small, large] = [new RowBuffer(1_000), new RowBuffer(5_000)]
  buffers.give(large)
  buffers.give(small)
  expect([buffers.take(2_000), buffers.take(100)]).toEqual([large, small])
  expect(buffers.take(100).rowCount).toBe(0)
})

test('large buffers beyond what may be kept are given back', () => {
  const buffers = new RowBuffers(5 << 20)
  const [first, second] = [new RowBuffer(4 << 20), new RowBuffer(4 << 20)]
  buffers.give(first)
  buffers.give(second)
  expect(buffers.take(1)).toBe(first)
  expect(buffers.take(1)).not.toBe(second)
})
