import type { CommittedOffset, Poll } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { commitMetadata, type LastRow, lastRowOf, topicIdIn } from '../../src/read/commit-metadata.ts'
import { Commits } from '../../src/read/commits.ts'
import { inKafka, partitionOf, trade } from '../records.ts'

const trades = entityOf('trade').topic.name
const quotes = entityOf('best_quote').topic.name

/** A poll of one record per partition at the given offset, and what it was asked to commit. */
function pollAt(offset: number, datasets: readonly string[] = ['trade']): Poll & { readonly committed: CommittedOffset[] } {
  const committed: CommittedOffset[] = []
  return {
    partitions: datasets.map(dataset => partitionOf(dataset, 0, [inKafka(offset, trade(1, 1))])),
    bytes: 100,
    trigger: 'time',
    progress: [],
    committed,
    isStale: () => false,
    commit: async offsets => {
      committed.push(...offsets)
      return true
    },
  }
}

/** Notes a whole poll as stored, and commits it. */
async function commit(commits: Commits, poll: Poll, last: ReadonlyMap<string, LastRow>): Promise<void> {
  commits.read(poll)
  commits.stored(
    poll.partitions.map(place => ({ ...place, poll })),
    last,
  )
  await commits.flush()
}

test('a poll is committed behind its last record, with the last row that is stored', async () => {
  const poll = pollAt(41)
  await commit(new Commits(), poll, new Map([[`${trades}/0`, { offset: 41, timestamp: 123 }]]))
  expect(poll.committed).toEqual([{ topic: trades, partition: 0, offset: 42, metadata: '{"offset":41,"timestamp":123}' }])
})

test('records without a row leave the last row as it was', async () => {
  const commits = new Commits()
  commits.begin({ topic: trades, partition: 0, offset: 41 }, { offset: 40, timestamp: 99 })
  const poll = pollAt(41)
  await commit(commits, poll, new Map())
  expect(poll.committed[0]!.metadata).toBe('{"offset":40,"timestamp":99}')
})

test('nothing is committed of a suspended table until it is well again', async () => {
  const commits = new Commits()
  await commits.suspend(new Set(['trade']))
  const polls = [pollAt(1, ['trade', 'best_quote']), pollAt(2, ['trade'])]
  for (const poll of polls) await commit(commits, poll, new Map())
  expect(polls.flatMap(({ committed }) => committed.map(({ topic }) => topic))).toEqual([quotes])
  await commits.suspend(new Set())
  expect(polls[1]!.committed).toMatchObject([{ topic: trades, partition: 0, offset: 3 }])
})

test('only what a table took that is still the same afterwards is committed', async () => {
  let gone = false
  const poll = { ...pollAt(7), isStale: () => gone }
  const commits = new Commits(async () => {
    gone = true
  })
  await commit(commits, poll, new Map())
  expect(poll.committed).toEqual([])
})

test('while the tables cannot be looked at nothing is committed, and then all of it', async () => {
  const looks = [Promise.reject(new Error('QuestDB is away')), Promise.resolve()]
  const commits = new Commits(() => looks.shift()!)
  const poll = pollAt(7)
  await commit(commits, poll, new Map())
  expect(poll.committed).toEqual([])
  expect(await commits.flush()).toBe(true)
  expect(poll.committed).toMatchObject([{ topic: trades, offset: 8 }])
})

test('what was held back is not committed any more once reading begins anew', async () => {
  const commits = new Commits()
  await commits.suspend(new Set(['trade']))
  const poll = pollAt(9)
  await commit(commits, poll, new Map())
  commits.begin({ topic: trades, partition: 0, offset: 5 }, undefined)
  await commits.suspend(new Set())
  expect(poll.committed).toEqual([])
  expect(commits.doneIn(`${trades}/0`)).toBe(5)
})

test('what is stored in several batches is one commit, with the last of each partition', async () => {
  const commits = new Commits()
  const polls = [pollAt(1, ['trade', 'best_quote']), pollAt(2)]
  for (const poll of polls) {
    commits.read(poll)
    commits.stored(
      poll.partitions.map(place => ({ ...place, poll })),
      new Map(),
    )
  }
  await commits.flush()
  await commits.flush()
  const committed = polls.flatMap(({ committed }) => committed.map(({ topic, offset }) => `${topic} ${offset}`))
  expect(committed.sort()).toEqual([`${quotes} 2`, `${trades} 3`])
})

test('a commit that Kafka does not take is made again with the next', async () => {
  const commits = new Commits()
  const [failing, next] = [pollAt(1, ['trade', 'best_quote']), pollAt(2)]
  await commit(commits, { ...failing, commit: async () => false }, new Map())
  await commit(commits, next, new Map())
  expect(next.committed.map(({ topic, offset }) => `${topic} ${offset}`).sort()).toEqual([`${quotes} 2`, `${trades} 3`])
})

test('nothing is committed of partitions that the group has taken back', async () => {
  const commits = new Commits()
  const [gone, here] = [pollAt(1), pollAt(5, ['best_quote'])]
  const left = { ...gone, isStale: () => true }
  await commit(commits, left, new Map())
  await commit(commits, here, new Map())
  expect([gone.committed, here.committed.map(({ topic }) => topic)]).toEqual([[], [quotes]])
})

test('the metadata of a commit is read back, and anything else is none', () => {
  expect(lastRowOf(commitMetadata({ offset: 5, timestamp: 6 }))).toEqual({ offset: 5, timestamp: 6 })
  for (const text of ['', 'null', '5', '{"offset":5}', '{"offset":"5","timestamp":6}']) expect(lastRowOf(text)).toBeUndefined()
})

test('a commit names the topic that it is of, also before the first row', async () => {
  const commits = new Commits()
  commits.begin({ topic: trades, partition: 0, offset: 0 }, undefined, 'id-of-trades')
  const [first, second] = [pollAt(0), pollAt(1)]
  await commit(commits, first, new Map())
  await commit(commits, second, new Map([[`${trades}/0`, { offset: 1, timestamp: 7 }]]))
  const [before, after] = [first, second].map(({ committed }) => committed[0]!.metadata)
  expect([topicIdIn(before!), lastRowOf(before!)]).toEqual(['id-of-trades', undefined])
  expect([topicIdIn(after!), lastRowOf(after!)]).toEqual(['id-of-trades', { offset: 1, timestamp: 7 }])
})

test('a commit of an older build names no topic', () => {
  for (const text of ['', 'null', '{"offset":5,"timestamp":6}']) expect(topicIdIn(text)).toBeUndefined()
})
