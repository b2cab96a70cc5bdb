import { expect, test } from 'vitest'
import { dangerIn, isEmptyPlan, planTopics, type TopicState } from '../src/topics/topic-plan.ts'

const trades = { name: 'trades', dataset: 'trade', partitions: 6, config: { 'retention.ms': '1000', 'cleanup.policy': 'delete' } }
const asWanted = state({})

/** The topic as wanted, but for what is set for it or in force by the broker's defaults. */
function state(config: Readonly<Record<string, string>>, defaults: Readonly<Record<string, string>> = {}, rest: Partial<TopicState> = {}) {
  const own = { 'retention.ms': '1000', 'cleanup.policy': 'delete', ...config }
  return { name: 'trades', partitions: 6, replicas: 1, config: own, inForce: { ...defaults, ...own }, ...rest }
}

test('a topic that is missing is created as defined', () => {
  expect(planTopics([trades], [])).toEqual({ create: [trades], alter: [], refused: [], kept: [], replicas: [] })
})

test('a topic that is as defined is left alone, whatever else was set for it', () => {
  const plan = planTopics([trades], [{ ...asWanted, config: { ...asWanted.config, 'segment.bytes': '12345678' } }])
  expect(isEmptyPlan(plan)).toBe(true)
})

test('a setting of ours is changed without touching the settings of others', () => {
  const plan = planTopics([trades], [{ ...asWanted, config: { 'retention.ms': '5', 'segment.bytes': '12345678' }, inForce: {} }])
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
  expect(isEmptyPlan(planTopics([trades], [asWanted, { ...asWanted, name: 'others', partitions: 1 }]))).toBe(true)
})

test('a setting that the definitions do not have is shown and stays', () => {
  const plan = planTopics([trades], [state({ 'compression.type': 'zstd', 'min.insync.replicas': '2' })])
  expect(isEmptyPlan(plan)).toBe(true)
  expect(plan.kept).toEqual([{ topic: 'trades', name: 'compression.type', is: 'zstd' }])
})

test.each([
  ['message.timestamp.type', 'LogAppendTime', 'CreateTime'],
  ['max.message.bytes', '1000', '1048588'],
  ['message.timestamp.before.max.ms', '999', '9223372036854775807'],
  ['message.timestamp.after.max.ms', '1000', '3600000'],
  ['unclean.leader.election.enable', 'true', 'false'],
])('%s=%s endangers records and is changed, whether it was set for the topic or is the default of the broker', (name, value, to) => {
  const [own] = planTopics([trades], [state({ [name]: value })]).alter
  expect(own).toMatchObject({ config: [{ name, from: value, to }], wholeConfig: { [name]: to } })
  const [byDefault] = planTopics([trades], [state({}, { [name]: value })]).alter
  expect(byDefault).toMatchObject({ config: [{ name, from: null, inForce: value, to }] })
  for (const { config } of [own!, byDefault!]) expect(config.map(dangerIn)).toEqual([expect.stringContaining('records')])
  const mended = planTopics([trades], [state({ [name]: to })])
  expect([isEmptyPlan(mended), mended.kept]).toEqual([true, []])
})

test.each([
  ['retention.ms', '999', true],
  ['retention.ms', '1001', false],
  ['retention.ms', '-1', false],
  ['cleanup.policy', 'compact', true],
  ['cleanup.policy', 'compact,delete', true],
])('%s=%s endangers records: %s', (name, value, isDanger) => {
  const { alter } = planTopics([trades], [state({ [name]: value })])
  expect(alter[0]!.config.map(change => dangerIn(change) !== undefined)).toEqual([isDanger])
})

test('what nobody knows is not called harmless, and a default of the broker is judged by what it is', () => {
  const change = { name: 'retention.ms', from: null, to: '1000' }
  expect(dangerIn(change)).toBe('records go before they have to')
  expect(dangerIn({ ...change, inForce: '1000' })).toBeUndefined()
})

test('replicas are shown as they are, and others than wanted are refused, not moved', () => {
  const shown = [{ topic: 'trades', replicas: 1, minInsync: 1 }]
  const plan = planTopics([{ ...trades, replication: 3 }], [state({}, { 'min.insync.replicas': '1' })])
  expect(plan).toMatchObject({ alter: [], refused: [{ topic: 'trades', what: 'replicas', is: '1', wanted: '3' }], replicas: shown })
  expect(planTopics([trades], [state({}, { 'min.insync.replicas': '1' })])).toMatchObject({ refused: [], replicas: shown })
  expect(planTopics([trades], [state({})]).replicas).toMatchObject([{ minInsync: null }])
})
