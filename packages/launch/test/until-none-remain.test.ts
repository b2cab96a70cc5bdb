import { expect, test } from 'vitest'
import { untilNoneRemain } from '../src/wind-down.ts'

const limits = { signal: new AbortController().signal, idleMs: 200, pollMs: 20 }

/** Gives one value after another, the last one again and again. */
function answers(...values: (number | undefined)[]): () => Promise<number | undefined> {
  return async () => (values.length > 1 ? values.shift() : values[0])
}

test('waits much longer than its idle limit as long as less and less remains', async () => {
  const backlog = Array.from({ length: 40 }, (_, step) => 40 - step)
  const startedAt = performance.now()
  expect(await untilNoneRemain(answers(...backlog, 0), limits)).toBe(true)
  expect(performance.now() - startedAt).toBeGreaterThan(2 * limits.idleMs)
})

test('ends when what remains becomes no less', async () => {
  expect(await untilNoneRemain(answers(5, 4, 6, 5, 4), limits)).toBe(false)
})

test('ends when nobody answers', async () => {
  expect(await untilNoneRemain(answers(undefined), limits)).toBe(false)
})

test('goes on when the answer comes late', async () => {
  expect(await untilNoneRemain(answers(undefined, undefined, 3, 0), limits)).toBe(true)
})

test('an abort ends it at once', async () => {
  const signal = AbortSignal.abort()
  await expect(untilNoneRemain(answers(1), { ...limits, signal })).rejects.toThrow()
})
