import { expect, test } from 'vitest'
import { eventually } from '../src/index.ts'

test('gives what the function returned once it neither throws nor returns false', async () => {
  const answers = [() => false, () => Promise.reject(new Error('not yet')), () => 'there']
  expect(await eventually(() => answers.shift()!(), { intervalMs: 1 })).toBe('there')
})

test('throws what it threw last when the time is over', async () => {
  let attempt = 0
  const failing = () => {
    throw new Error(`attempt ${++attempt}`)
  }
  await expect(eventually(failing, { timeoutMs: 300, intervalMs: 1 })).rejects.toThrow(/attempt \d+/)
  expect(attempt).toBeGreaterThan(1)
  await expect(eventually(() => false, { timeoutMs: 5, intervalMs: 1 })).rejects.toThrow('was false to the end')
})
