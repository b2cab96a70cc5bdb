import { describeWithServers, eventually } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { isEmptyPlan } from '../src/index.ts'
import { freshName, testBus } from './on-kafka.ts'

/** Anything: what a topic is set to is the whole of it. */
const change = { name: 'compression.type', from: null, to: 'zstd' }

describeWithServers('the disks of Kafka', () => {
  test('have the room that the broker sees', async () => {
    const disks = await testBus().disks()
    expect(disks).toHaveLength(1)
    const { broker, folder, freeBytes, totalBytes } = disks[0]!
    expect([broker, folder]).toEqual([1, expect.stringMatching(/^\/.*kafka/)])
    expect(freeBytes).toBeGreaterThan(0)
    expect(totalBytes).toBeGreaterThan(freeBytes)
  })
})

describeWithServers('topics in Kafka', () => {
  test('topics are created as defined, and applying again changes nothing', async () => {
    const bus = testBus()
    const definitions = [
      { name: freshName('one'), dataset: 'one', partitions: 3, config: { 'retention.ms': '3600000', 'cleanup.policy': 'delete' } },
      { name: freshName('two'), dataset: 'two', partitions: 1, config: {} },
    ]
    const plan = await bus.topics.plan(definitions)
    expect(plan).toEqual({ create: definitions, alter: [], refused: [], kept: [], replicas: [] })
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
    // Kafka answers a change before every question about it is answered with the change.
    await eventually(async () => expect(isEmptyPlan(await bus.topics.plan([after]))).toBe(true))
    expect(isEmptyPlan(await bus.topics.plan([{ ...after, config: { ...after.config, 'segment.bytes': '2000000' } }]))).toBe(true)
  })

  test('fewer partitions are refused with what is and what was wanted, and everything else is done', async () => {
    const bus = testBus()
    const [name, missing] = [freshName('shrinks'), freshName('missing')]
    await bus.topics.apply(await bus.topics.plan([{ name, dataset: 'x', partitions: 4, config: { 'retention.ms': '1000000' } }]))
    const wanted = [
      { name, dataset: 'x', partitions: 2, config: { 'retention.ms': '5000000' } },
      { name: missing, dataset: 'y', partitions: 1, config: {} },
    ]
    const plan = await bus.topics.plan(wanted)
    await expect(bus.topics.apply(plan)).rejects.toThrow(`${name}: partitions is 4, wanted 2`)
    await eventually(async () => expect(await bus.topics.plan(wanted)).toMatchObject({ create: [], alter: [], refused: plan.refused }))
  })

  test('what Kafka refuses to make or to change is named, and does not keep the others from being made and changed', async () => {
    const bus = testBus()
    const [grows, made] = [freshName('grows'), freshName('made')]
    const before = [grows, made].map(name => ({ name, dataset: 'x', partitions: 1, config: {} }))
    await bus.topics.apply(await bus.topics.plan(before.slice(0, 1)))
    const impossible = { name: freshName('impossible'), dataset: 'x', partitions: 1, config: { 'retention.ms': 'soon' } }
    const wanted = [
      impossible,
      { ...before[0]!, config: { 'segment.bytes': 'many' } },
      { ...before[1]!, config: { 'retention.ms': '5000000' } },
      { name: 'no/name', dataset: 'x', partitions: 1, config: {} },
    ]
    const failing = bus.topics.apply(await bus.topics.plan(wanted))
    await expect(failing).rejects.toMatchObject({ code: 'BUS_TOPICS_REFUSED', details: { refused: [] } })
    const message = await failing.catch((error: Error) => error.message)
    for (const words of [`${impossible.name}: not created: `, 'no/name: not created: ', `${grows}: segment.bytes not set: `])
      expect(message).toContain(words)
    await eventually(async () => expect(await bus.topics.plan([wanted[2]!])).toMatchObject({ create: [], alter: [] }))
  })

  test('settings that somebody made are shown with the replicas, and those that endanger records are set back', async () => {
    const bus = testBus()
    const definition = { name: freshName('touched'), dataset: 'x', partitions: 1, config: { 'retention.ms': '1000000' } }
    const { name } = definition
    const touched = { 'compression.type': 'zstd', 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '2000' }
    await bus.topics.apply(await bus.topics.plan([definition]))
    await bus.topics.apply({ create: [], refused: [], alter: [{ topic: name, config: [change], wholeConfig: touched }] })
    const plan = await bus.topics.plan([definition])
    expect(plan.kept).toEqual([{ topic: name, name: 'compression.type', is: 'zstd' }])
    expect(plan.replicas).toEqual([{ topic: name, replicas: 1, minInsync: 1 }])
    expect(plan.alter[0]!.config.map(({ name: setting }) => setting)).toEqual([
      'retention.ms',
      'message.timestamp.type',
      'max.message.bytes',
    ])
    await bus.topics.apply(plan)
    await eventually(async () => expect(isEmptyPlan(await bus.topics.plan([definition]))).toBe(true))
    const after = await bus.topics.plan([definition])
    expect(after.kept).toEqual(plan.kept)
  })

  test('replicas are made as the definition says; more than there are brokers are refused by Kafka', async () => {
    const bus = testBus()
    const definition = { name: freshName('copied'), dataset: 'x', partitions: 2, replication: 1, config: { 'min.insync.replicas': '1' } }
    await bus.topics.apply(await bus.topics.plan([definition]))
    expect(await bus.topics.plan([{ ...definition, replication: 3 }])).toMatchObject({
      alter: [],
      refused: [{ what: 'replicas', is: '1', wanted: '3' }],
    })
    const many = { ...definition, name: freshName('many'), replication: 3 }
    await expect(bus.topics.apply(await bus.topics.plan([many]))).rejects.toThrow(`${many.name}: not created: `)
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
