import { expect, test } from 'vitest'
import { decodeMetadata } from '../src/kafkajs/topic-ids.ts'

const id = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

/** An answer of version 10, without its correlation id: one broker, and one topic with one partition. */
function answer(topicId: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)])
  const int32 = (...values: number[]) => Buffer.concat(values.map(value => Buffer.from([value >> 24, value >> 16, value >> 8, value])))
  const broker = Buffer.concat([int32(7), text('kafka'), int32(9_092), Buffer.from([0, 0])])
  const nodes = Buffer.concat([Buffer.from([2]), int32(7)])
  const partition = Buffer.concat([Buffer.from([0, 0]), int32(3, 7, 12), nodes, nodes, Buffer.from([1, 0])])
  const topic = Buffer.concat([
    Buffer.from([0, 0]),
    text('trade'),
    topicId,
    Buffer.from([0, 2]),
    partition,
    int32(-2_147_483_648),
    Buffer.from([0]),
  ])
  return Buffer.concat([
    Buffer.from([0]),
    int32(0),
    Buffer.from([2]),
    broker,
    text('cluster'),
    int32(7),
    Buffer.from([2]),
    topic,
    int32(0),
    Buffer.from([0]),
  ])
}

test('the id of a topic stands at its partitions, as the tools of Kafka print it', () => {
  const partition = { partitionErrorCode: 0, partitionId: 3, leader: 7, replicas: [7], isr: [7], offlineReplicas: [] }
  expect(decodeMetadata(answer(id))).toEqual({
    throttleTime: 0,
    clientSideThrottleTime: 0,
    brokers: [{ nodeId: 7, host: 'kafka', port: 9_092, rack: null }],
    clusterId: 'cluster',
    controllerId: 7,
    topicMetadata: [
      {
        topicErrorCode: 0,
        topic: 'trade',
        isInternal: false,
        partitionMetadata: [{ ...partition, topicId: 'AAECAwQFBgcICQoLDA0ODw' }],
      },
    ],
  })
})

test('a Kafka that gives topics no ids tells zeros, which are none', () => {
  expect(decodeMetadata(answer(Buffer.alloc(16)))).toMatchObject({ topicMetadata: [{ partitionMetadata: [{ topicId: null }] }] })
})
