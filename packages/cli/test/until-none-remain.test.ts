import { expect, test } from 'vitest'
import { untilNoneRemain } from '../src/start/until-none-remain.ts'

const patience = { signal: new AbortController().signal, idleMs: 200, pollMs: 20 }

/** Gives one value after another, the last one again and again. */
function answers(...values: (number | undefined)[]): () => Promise<number | undefined> {
  return async () => (values.length > 1 ? values.shift() : values[0])
}

test('waits much longer than its patience as long as less and less remains', async () => {
  const backlog = Array.from({ length: 40 }, (_, step) => 40 - step)
  const startedAt = performance.now()
  expect(await untilNoneRemain(answers(...backlog, 0), patience)).toBe(true)
  expect(performance.now() - startedAt).toBeGreaterThan(2 * patience.idleMs)
})

test('ends when what remains becomes no less', async () => {
  expect(await untilNoneRemain(answers(5, 4, 6, 5, 4), patience)).toBe(false)
})

test('ends when nobody answers', async () => {
  expect(await untilNoneRemain(answers(undefined), patience)).toBe(false)
})

test('goes on when the answer comes late', async () => {
  expect(await untilNoneRemain(answers(undefined, undefined, 3, 0), patience)).toBe(true)
})

test('an abort ends it at once', async () => {
  const signal = AbortSignal.abort()
  await expect(untilNoneRemain(answers(1), { ...patience, signal })).rejects.toThrow()
})
