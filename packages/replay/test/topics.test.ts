import { entities } from '@tickhouse/catalogue'
import { UsageError } from '@tickhouse/runtime'
import { describe, expect, it } from 'vitest'
import { readSpeed } from '../src/index.ts'
import { ItemFilter } from '../src/item-filter.ts'
import { replayTopics } from '../src/topics.ts'

const everything = new ItemFilter({})

describe('the topics of a replay', () => {
  it('are those of the catalogue under another name, and keep what is old', () => {
    const topics = replayTopics('replay.', everything, { KAFKA_REPLICATION: '3' })
    expect(topics.map(({ name }) => name)).toEqual(entities.map(({ topic }) => `replay.${topic.name}`))
    for (const [index, { partitions, replication, config }] of topics.entries()) {
      const live = entities[index]!.topic
      expect({ partitions, replication, config }).toEqual({
        partitions: live.partitions,
        replication: 3,
        config: { ...live.config, 'retention.ms': '-1' },
      })
    }
  })

  it('are those of the wanted datasets, by name or by type', () => {
    const names = replayTopics('r-', new ItemFilter({ types: ['0D', 'feed_gap'] }), {}).map(({ name }) => name)
    expect(names).toEqual(['r-kiwoom.market.order-book.v1', 'r-kiwoom.feed.gap.v1'])
  })

  it.each(['', '.', 'kiwoom.', 'kiwoom.replay.', 'a b.', '__replay', 'x'.repeat(101)])('are refused under the prefix "%s"', prefix => {
    expect(() => replayTopics(prefix, everything, {})).toThrow(UsageError)
  })
})

it('a speed is a number above 0, or max', () => {
  expect(['1', '10', '0.5', 'max'].map(readSpeed)).toEqual([1, 10, 0.5, Number.POSITIVE_INFINITY])
  for (const word of ['0', '-1', 'fast', '', '1e3']) expect(() => readSpeed(word), word).toThrow(UsageError)
})
