import type { Cluster } from 'kafkajs'
import { expect, test, vi } from 'vitest'
import { isSilence } from '../src/errors.ts'
import { inTime } from '../src/in-time.ts'
import { persist } from '../src/kafkajs/persist.ts'

const never = new Promise<never>(() => {})
const log = { warn: () => {} } as unknown as Parameters<typeof persist>[2]['log']

test('an answer in time is the answer, and an error the error', async () => {
  expect(await inTime(Promise.resolve(7), 1_000)).toBe(7)
  await expect(inTime(Promise.reject(new Error('refused')), 1_000)).rejects.toThrow('refused')
})

test('what never answers counts as a request without answer, or as what the caller says', async () => {
  const error = await inTime(never, 20).catch(reason => reason)
  expect(error.message).toBe('No answer from Kafka for 0.02 s')
  expect(isSilence(error)).toBe(true)
  await expect(inTime(never, 20, silence => new Error(`Sending: ${silence.message}`))).rejects.toThrow(
    'Sending: No answer from Kafka for 0.02 s',
  )
})

test('a request that never ends is made again over new connections', async () => {
  const cluster = { disconnect: vi.fn(async () => {}), connect: vi.fn(async () => {}), refreshMetadata: vi.fn(async () => {}) }
  const request = vi.fn(async () => 'there')
  request.mockImplementationOnce(() => inTime(never, 20))
  const retried: unknown[] = []
  expect(await persist(cluster as unknown as Cluster, request, { log, onRetry: error => retried.push(error) })).toBe('there')
  expect(retried.map(isSilence)).toEqual([true])
  expect([cluster.disconnect, cluster.connect, cluster.refreshMetadata].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1])
})
