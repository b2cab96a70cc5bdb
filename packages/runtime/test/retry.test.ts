import { expect, test, vi } from 'vitest'
import { backoffMs, delay, isAbort, retry, TickhouseError } from '../src/index.ts'

const never = new AbortController().signal

test('tries again until it succeeds, telling each wait', async () => {
  const onRetry = vi.fn()
  const result = await retry(attempt => (attempt < 3 ? Promise.reject(new Error('away')) : Promise.resolve(attempt)), {
    signal: never,
    baseMs: 1,
    onRetry,
    random: () => 1,
  })
  expect(result).toBe(3)
  expect(onRetry.mock.calls.map(([, attempt, delayMs]) => [attempt, delayMs])).toEqual([
    [1, 1],
    [2, 2],
  ])
})

test('gives up at once on an error that trying again cannot mend', async () => {
  const fn = vi.fn(() => Promise.reject(new TickhouseError('REFUSED', 'No')))
  await expect(retry(fn, { signal: never })).rejects.toThrow('No')
  expect(fn).toHaveBeenCalledTimes(1)
})

test('stops waiting as soon as it is aborted', async () => {
  const abort = new AbortController()
  const retrying = retry(() => Promise.reject(new Error('away')), {
    signal: abort.signal,
    baseMs: 60_000,
    maxMs: 60_000,
    random: () => 1,
    onRetry: () => setImmediate(() => abort.abort()),
  })
  await expect(retrying).rejects.toSatisfy(isAbort)
})

test('waits with full jitter below a cap that doubles up to its maximum', () => {
  const caps = [1, 2, 3, 4, 50].map(attempt => backoffMs(attempt, { baseMs: 100, maxMs: 500, random: () => 1 }))
  expect(caps).toEqual([100, 200, 400, 500, 500])
  expect(backoffMs(4, { random: () => 0 })).toBe(0)
})

test('a delay that is aborted rejects with an AbortError', async () => {
  await expect(delay(60_000, AbortSignal.abort())).rejects.toSatisfy(isAbort)
})
