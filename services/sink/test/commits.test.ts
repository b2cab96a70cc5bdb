import type { CommittedOffset, Round } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import { expect, test } from 'vitest'
import { Commits, commitMetadata, lastRowOf } from '../src/commits.ts'
import { inKafka, partitionOf, trade } from './records.ts'

const trades = entityOf('trade').topic.name
const quotes = entityOf('best_quote').topic.name

/** A round of one record per partition at the given offset, and what it was asked to commit. */
function roundAt(offset: number, datasets: readonly string[] = ['trade']): Round & { readonly committed: CommittedOffset[] } {
  const committed: CommittedOffset[] = []
  return {
    partitions: datasets.map(dataset => partitionOf(dataset, 0, [inKafka(offset, trade(1, 1))])),
    bytes: 100,
    trigger: 'time',
    committed,
    isStale: () => false,
    commit: async offsets => {
      committed.push(...offsets)
      return true
    },
  }
}

test('a round is committed behind its last record, with the last row that is stored', async () => {
  const round = roundAt(41)
  await new Commits().commit(round, new Map([[`${trades}/0`, { offset: 41, timestamp: 123 }]]))
  expect(round.committed).toEqual([{ topic: trades, partition: 0, offset: 42, metadata: '{"offset":41,"timestamp":123}' }])
})

test('records without a row leave the last row as it was', async () => {
  const commits = new Commits()
  commits.begin({ topic: trades, partition: 0, offset: 41 }, { offset: 40, timestamp: 99 })
  const round = roundAt(41)
  await commits.commit(round, new Map())
  expect(round.committed[0]!.metadata).toBe('{"offset":40,"timestamp":99}')
})

test('nothing is committed of a suspended table until it is well again', async () => {
  const commits = new Commits()
  await commits.suspend(new Set(['trade']))
  const rounds = [roundAt(1, ['trade', 'best_quote']), roundAt(2, ['trade'])]
  for (const round of rounds) await commits.commit(round, new Map())
  expect(rounds.flatMap(({ committed }) => committed.map(({ topic }) => topic))).toEqual([quotes])
  await commits.suspend(new Set())
  expect(rounds[1]!.committed).toMatchObject([{ topic: trades, partition: 0, offset: 3 }])
})

test('what was held back is not committed any more once reading begins anew', async () => {
  const commits = new Commits()
  await commits.suspend(new Set(['trade']))
  const round = roundAt(9)
  await commits.commit(round, new Map())
  commits.begin({ topic: trades, partition: 0, offset: 5 }, undefined)
  await commits.suspend(new Set())
  expect(round.committed).toEqual([])
  expect(commits.doneIn(`${trades}/0`)).toBe(5)
})

test('the metadata of a commit is read back, and anything else is none', () => {
  expect(lastRowOf(commitMetadata({ offset: 5, timestamp: 6 }))).toEqual({ offset: 5, timestamp: 6 })
  for (const text of ['', 'null', '5', '{"offset":5}', '{"offset":"5","timestamp":6}']) expect(lastRowOf(text)).toBeUndefined()
})
