import { describeWithServers } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { isEmptyPlan } from '../src/index.ts'
import { freshName, testBus } from './on-kafka.ts'

describeWithServers('topics in Kafka', () => {
  test('topics are created as defined, and applying again changes nothing', async () => {
    const bus = testBus()
    const definitions = [
      { name: freshName('one'), dataset: 'one', partitions: 3, config: { 'retention.ms': '3600000', 'cleanup.policy': 'delete' } },
      { name: freshName('two'), dataset: 'two', partitions: 1, config: {} },
    ]
    const plan = await bus.topics.plan(definitions)
    expect(plan).toEqual({ create: definitions, alter: [], refused: [] })
    await bus.topics.apply(plan)
    await bus.topics.apply(plan)
    expect(isEmptyPlan(await bus.topics.plan(definitions))).toBe(true)
  })

  test('settings are changed and partitions added, while settings of others stay', async () => {
    const bus = testBus()
    const name = freshName('grows')
    const before = { name, dataset: 'x', partitions: 1, config: { 'retention.ms': '1000000', 'segment.bytes': '2000000' } }
    await bus.topics.apply(await bus.topics.plan([before]))
    const after = { name, dataset: 'x', partitions: 4, config: { 'retention.ms': '2000000' } }
    await bus.topics.apply(await bus.topics.plan([after]))
    expect(isEmptyPlan(await bus.topics.plan([after]))).toBe(true)
    expect(isEmptyPlan(await bus.topics.plan([{ ...after, config: { ...after.config, 'segment.bytes': '2000000' } }]))).toBe(true)
  })

  test('fewer partitions are refused with what is and what was wanted, and nothing else is changed', async () => {
    const bus = testBus()
    const name = freshName('shrinks')
    await bus.topics.apply(await bus.topics.plan([{ name, dataset: 'x', partitions: 4, config: { 'retention.ms': '1000000' } }]))
    const wanted = { name, dataset: 'x', partitions: 2, config: { 'retention.ms': '5000000' } }
    const plan = await bus.topics.plan([wanted])
    await expect(bus.topics.apply(plan)).rejects.toThrow(`${name}: partitions is 4, wanted 2`)
    expect((await bus.topics.plan([wanted])).alter).toHaveLength(1)
  })

  test('the settings in force are what was set and the defaults of the broker; topics that are missing are left out', async () => {
    const bus = testBus()
    const name = freshName('settings')
    await bus.topics.apply(await bus.topics.plan([{ name, dataset: 'x', partitions: 1, config: { 'retention.ms': '1000000' } }]))
    const settings = await bus.topics.settings([name, freshName('never-made')])
    expect([...settings.keys()]).toEqual([name])
    expect(settings.get(name)).toMatchObject({ 'retention.ms': '1000000', 'retention.bytes': '-1' })
    expect(await bus.topics.settings([freshName('never-made')])).toEqual(new Map())
  })
})
