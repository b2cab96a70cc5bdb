import { createLogger, createRegistry } from '@tickhouse/runtime'
import kafkajs, { type Cluster } from 'kafkajs'
import { expect, test } from 'vitest'
import { createBusMetrics } from '../src/metrics.ts'
import { AssignmentReader } from '../src/read/assignment-reader.ts'
import { HeldTopics } from '../src/read/held-topics.ts'
import { ReadingState } from '../src/read/standstill.ts'
import { UnreadPlaces } from '../src/read/unread.ts'

test('a reader whose connections were dropped, and all it knew of topics with them, looks that up again and goes on', async () => {
  const cluster = unconnected()
  let lookedUp = 0
  cluster.refreshMetadataIfNecessary = async () => void lookedUp++
  cluster.refreshMetadata = async () => void lookedUp++
  const log = createLogger({ name: 'test', level: 'silent' })
  const unread = new UnreadPlaces(log)
  const parts = {
    groupId: 'sinks',
    startAt: async () => [],
    limits: { minBytes: 1, maxWaitMs: 1, maxBytes: 1, maxBytesPerPartition: 1 },
    wants: () => true,
    held: new HeldTopics(),
    unread,
    state: new ReadingState(1),
    metrics: createBusMetrics(createRegistry('test')),
    log,
  }
  const membership = { cluster, topicErrors: new Map() }
  const reader = new AssignmentReader(membership, [{ topic: 'trades', partition: 0 }], parts, new AbortController().signal)
  expect(await reader.next()).toEqual([])
  expect(lookedUp).toBe(1)
  reader.lookAround()
  expect(lookedUp).toBe(2)
  expect(unread.all).toEqual([])
})

/** A cluster of kafkajs as it is before it connects, and again when its connections were dropped. */
function unconnected(): Cluster {
  let cluster: Cluster | undefined
  new kafkajs.Kafka({ brokers: ['localhost:1'], logLevel: kafkajs.logLevel.NOTHING }).consumer({
    groupId: 'sinks',
    partitionAssigners: [
      given => {
        cluster = given.cluster
        return kafkajs.PartitionAssigners.roundRobin(given)
      },
    ],
  })
  return cluster!
}
