import kafkajs, { type Cluster } from 'kafkajs'
import { expect, test } from 'vitest'
import { type Claims, topicAssigner } from '../src/kafkajs/topic-assigner.ts'

const partitionsOf: Record<string, number> = { trade: 6, order_book: 6, small: 1, missing: 0 }
const cluster = {
  findTopicPartitionMetadata: (topic: string) => Array.from({ length: partitionsOf[topic]! }, (_, partitionId) => ({ partitionId })),
} as unknown as Cluster
const topics = Object.keys(partitionsOf)
const nothing: Claims = { had: [], rateOf: () => 0 }

/** What each member gets, as it reads it itself. */
async function assign(members: Readonly<Record<string, Claims>>): Promise<Record<string, Record<string, number[]>>> {
  const told = Object.entries(members).map(([memberId, claims]) => ({
    memberId,
    memberMetadata: topicAssigner(cluster, () => claims).protocol({ topics }).metadata,
  }))
  const answers = await topicAssigner(cluster, () => nothing).assign({ members: told, topics })
  return Object.fromEntries(
    answers.map(({ memberId, memberAssignment }) => [
      memberId,
      kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)!.assignment as Record<string, number[]>,
    ]),
  )
}

const all = [0, 1, 2, 3, 4, 5]
const had = (...names: string[]): Claims['had'] =>
  names.flatMap(topic => all.slice(0, partitionsOf[topic]).map(partition => ({ topic, partition })))

test('one member reads everything that there is', async () => {
  expect(await assign({ a: nothing })).toEqual({ a: { trade: all, order_book: all, small: [0] } })
})

test('what members had and how much came of it decides', async () => {
  const rateOf = (topic: string) => (topic === 'trade' ? 1_000 : 10)
  expect(await assign({ a: nothing, b: { had: had('trade', 'order_book', 'small'), rateOf } })).toEqual({
    a: { order_book: all, small: [0] },
    b: { trade: all },
  })
})

test('a member whose words cannot be read has had nothing', async () => {
  const metadata = kafkajs.AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.from('?') })
  const answers = await topicAssigner(cluster, () => nothing).assign({ members: [{ memberId: 'odd', memberMetadata: metadata }], topics })
  expect(answers.map(({ memberId }) => memberId)).toEqual(['odd'])
})
