import { createRequire } from 'node:module'
import { afterEach, expect, test, vi } from 'vitest'
import { mendKafkajs } from '../src/kafka-mend.ts'

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
  mendKafkajs()
  vi.useFakeTimers()
  idleQueue().checkPendingRequests()
  expect(vi.getTimerCount()).toBe(0)
})

test('a request that has to wait is still looked at again', () => {
  mendKafkajs()
  mendKafkajs()
  vi.useFakeTimers()
  const queue = idleQueue()
  queue.pending.push({})
  queue.scheduleCheckPendingRequests()
  expect(vi.getTimerCount()).toBe(1)
})

test('a connection that broke in the middle of an answer understands the answers over its next socket', async () => {
  mendKafkajs()
  const Connection = createRequire(import.meta.url)('kafkajs/src/network/connection') as new (
    options: object,
  ) => {
    connect(): Promise<unknown>
    processData(bytes: Buffer): void
    bytesBuffered: number
  }
  const log = { debug: () => {}, error: () => {} }
  const connection = new Connection({
    host: 'nowhere',
    port: 1,
    requestTimeout: 1000,
    connectionTimeout: 1000,
    logger: { namespace: () => log },
    socketFactory: () => {
      throw new Error('no socket')
    },
  })
  connection.processData(Buffer.from([0, 0, 1, 0, 7, 7]))
  expect(connection.bytesBuffered).toBe(6)
  await expect(connection.connect()).rejects.toThrow('no socket')
  expect(connection.bytesBuffered).toBe(0)
})
