import { createLogger } from '@tickhouse/runtime'
import { expect, test } from 'vitest'
import type { PartitionState } from '../src/kafkajs/index.ts'
import { AssignedPartitions } from '../src/read/assigned-partitions.ts'
import { HeldTopics } from '../src/read/held-topics.ts'
import { UnreadPlaces } from '../src/read/unread.ts'

const trades = { topic: 'trades', partition: 0 }
const state: PartitionState = { ...trades, topicId: 'a', committed: null, earliest: 0, latest: 0 }

/** The partitions of an assignment that ends as told, while where to begin is still being asked. */
function assigned() {
  const unread = new UnreadPlaces(createLogger({ name: 'test', level: 'silent' }))
  const asked = Promise.withResolvers<never>()
  const ends = new AbortController()
  const deps = { startAt: () => asked.promise, held: new HeldTopics(), unread, signal: ends.signal }
  const beginning = new AssignedPartitions([trades], deps).begin([state])
  return { unread, asked, ends, beginning }
}

test('a partition of which nobody can say where to begin is unread, with the reason', async () => {
  const { unread, asked, beginning } = assigned()
  asked.reject(new Error('out of order'))
  await beginning
  expect(unread.all).toMatchObject([{ ...trades, message: 'trades cannot be read: out of order' }])
})

test('a partition that went to another member while that was asked is not unread here', async () => {
  const { unread, asked, ends, beginning } = assigned()
  ends.abort(new Error('rebalancing'))
  asked.reject(ends.signal.reason)
  await beginning
  expect(unread.all).toEqual([])
})
