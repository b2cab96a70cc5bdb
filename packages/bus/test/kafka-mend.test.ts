import { createRequire } from 'node:module'
import { afterEach, expect, test, vi } from 'vitest'
import { mendIdlePolling } from '../src/kafka-mend.ts'

interface Queue {
  pending: unknown[]
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (options: object) => Queue

function idleQueue(): Queue {
  return new RequestQueue({ requestTimeout: 1000, logger: { debug: () => {} } })
}

afterEach(() => {
  vi.useRealTimers()
})

test('a connection with nothing to send does not wake up', () => {
  mendIdlePolling()
  vi.useFakeTimers()
  idleQueue().checkPendingRequests()
  expect(vi.getTimerCount()).toBe(0)
})

test('a request that has to wait is still looked at again', () => {
  mendIdlePolling()
  mendIdlePolling()
  vi.useFakeTimers()
  const queue = idleQueue()
  queue.pending.push({})
  queue.scheduleCheckPendingRequests()
  expect(vi.getTimerCount()).toBe(1)
})
