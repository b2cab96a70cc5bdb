import { expect, test } from 'vitest'
import { isEmptyPlan, planTopics } from '../src/topic-plan.ts'

const trades = { name: 'trades', dataset: 'trade', partitions: 6, config: { 'retention.ms': '1000', 'cleanup.policy': 'delete' } }
const asWanted = { name: 'trades', partitions: 6, config: { 'retention.ms': '1000', 'cleanup.policy': 'delete' } }

test('a topic that is missing is created as defined', () => {
  expect(planTopics([trades], [])).toEqual({ create: [trades], alter: [], refused: [] })
})

test('a topic that is as defined is left alone, whatever else was set for it', () => {
  const plan = planTopics([trades], [{ ...asWanted, config: { ...asWanted.config, 'segment.bytes': '12345678' } }])
  expect(isEmptyPlan(plan)).toBe(true)
})

test('a setting of ours is changed without touching the settings of others', () => {
  const plan = planTopics([trades], [{ ...asWanted, config: { 'retention.ms': '5', 'segment.bytes': '12345678' } }])
  expect(plan.alter).toEqual([
    {
      topic: 'trades',
      config: [
        { name: 'retention.ms', from: '5', to: '1000' },
        { name: 'cleanup.policy', from: null, to: 'delete' },
      ],
      wholeConfig: { 'retention.ms': '1000', 'cleanup.policy': 'delete', 'segment.bytes': '12345678' },
    },
  ])
})

test('partitions are only ever added', () => {
  expect(planTopics([trades], [{ ...asWanted, partitions: 2 }]).alter).toEqual([
    { topic: 'trades', partitions: { from: 2, to: 6 }, config: [], wholeConfig: asWanted.config },
  ])
  expect(planTopics([trades], [{ ...asWanted, partitions: 12 }])).toMatchObject({
    alter: [],
    refused: [{ topic: 'trades', what: 'partitions', is: '12', wanted: '6' }],
  })
})

test('topics that nobody defined are none of our business', () => {
  expect(isEmptyPlan(planTopics([trades], [asWanted, { name: 'others', partitions: 1, config: {} }]))).toBe(true)
})
