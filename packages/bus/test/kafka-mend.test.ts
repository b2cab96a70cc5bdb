import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { delay } from '@tickhouse/runtime'
import { afterEach, expect, test, vi } from 'vitest'
import { mendKafkajs } from '../src/kafkajs/kafka-mend.ts'

interface Queue {
  pending: unknown[]
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

interface Connection {
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  send(exchange: object): Promise<unknown>
  processData(bytes: Buffer): void
  bytesBuffered: number
}

const require = createRequire(import.meta.url)
const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue
const Connection = require('kafkajs/src/network/connection') as new (options: object) => Connection
const Encoder = require('kafkajs/src/protocol/encoder') as new () => object

function connectionOver(socketFactory: (options: { onConnect: () => void }) => Socket): Connection {
  const log = { debug: () => {}, error: () => {} }
  const times = { requestTimeout: 100, connectionTimeout: 1000 }
  return new Connection({ host: 'nowhere', port: 1, ...times, logger: { namespace: () => log }, socketFactory })
}

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
  const connection = connectionOver(() => {
    throw new Error('no socket')
  })
  connection.processData(Buffer.from([0, 0, 1, 0, 7, 7]))
  expect(connection.bytesBuffered).toBe(6)
  await expect(connection.connect()).rejects.toThrow('no socket')
  expect(connection.bytesBuffered).toBe(0)
})

test('whatever the moment in which a connection is closed, a request over it is not waited for without end', async () => {
  mendKafkajs()
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const request = { apiKey: 18, apiName: 'ApiVersions', apiVersion: 0, encode: async () => new Encoder() }
  const ends = Array.from({ length: 30 }, async (_, turns) => {
    const connection = connectionOver(({ onConnect }) => connect(port, '127.0.0.1', onConnect))
    await connection.connect()
    const sent = connection.send({ request, response: {} }).catch((error: Error) => error.name)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    void connection.disconnect()
    return await Promise.race([sent, delay(5_000).then(() => `still waiting, closed after ${turns} turns`)])
  })
  expect((await Promise.all(ends)).filter(end => !String(end).startsWith('KafkaJS'))).toEqual([])
  silent.close()
})
