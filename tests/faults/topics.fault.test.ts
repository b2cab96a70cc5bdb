import { entities, entityOf } from '@tickhouse/catalogue'
import { openJournal } from '@tickhouse/journal'
import { createLogger, delay } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf, statusOf } from '../pipeline.ts'
import { topicProblems } from '../topics.ts'
import { conserved, describeFaults, fault, flow, gentle } from './faults.ts'
import { withAdmin } from './kafka-admin.ts'

const patient = { timeoutMs: 90_000, intervalMs: 200 }
const soon = { timeoutMs: 30_000, intervalMs: 200 }
const tradeTopic = entityOf('trade').topic.name

describeFaults('topics', () => {
  fault(
    'one is missing before the start: its dataset is held by name, the others go on, and it follows once the topic is made',
    async ({ pipeline, servers, random }) => {
      await deleteTopic(servers.kafka.brokers, tradeTopic)
      await pipeline.run({ rate: gentle, seed: random.seed })
      await heldAlone(pipeline, 'trade', new RegExp(`: Missing topics .*: ${tradeTopic}$`))
      await othersGoOn(pipeline)
      if (random.between(0, 1) === 1) {
        await pipeline.kill('collector')
        await pipeline.start('collector')
        await heldAlone(pipeline, 'trade')
      }
      await applyTopics(pipeline)
      await flowsAgain(pipeline)
      await flow(pipeline, 100)
      await conserved(pipeline, { gaps: ['crashed'] })
    },
  )

  fault('one takes no time of any record, and does again: its dataset is held and follows', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 200)
    await configure(servers.kafka.brokers, tradeTopic, { 'message.timestamp.before.max.ms': '1' })
    await heldAlone(pipeline, 'trade', /clock of this machine/)
    await othersGoOn(pipeline)
    await delay(random.between(0, 5_000))
    await configure(servers.kafka.brokers, tradeTopic, {})
    await flowsAgain(pipeline)
    await conserved(pipeline)
  })

  fault('one takes less than a record, through a restart: its dataset is held and follows', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 200)
    await configure(servers.kafka.brokers, tradeTopic, { 'max.message.bytes': '100' })
    await heldAlone(pipeline, 'trade', /max\.message\.bytes/)
    await othersGoOn(pipeline)
    await pipeline.kill('collector')
    await pipeline.start('collector')
    await heldAlone(pipeline, 'trade')
    await othersGoOn(pipeline)
    await configure(servers.kafka.brokers, tradeTopic, {})
    await flowsAgain(pipeline)
    await conserved(pipeline, { gap: 'crashed' })
  })

  fault(
    'one is deleted under load and made again after the collector was killed: the others go on, and nothing new is lost or doubled',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      await flow(pipeline, 200)
      await pipeline.running.sink!.stop()
      await deleteTopic(servers.kafka.brokers, tradeTopic)
      await heldAlone(pipeline, 'trade', new RegExp(tradeTopic))
      await othersGoOn(pipeline)
      await delay(random.between(0, 2_000))
      await pipeline.kill('collector')
      await pipeline.start('collector')
      await othersGoOn(pipeline)
      await applyTopics(pipeline)
      await flowsAgain(pipeline)
      await pipeline.running.collector!.stop()
      const { sessions, numbers } = await tradesIn(pipeline)
      expect(await topicProblems(pipeline.bus(), sessions)).toEqual([])
      for (const own of numbers.values()) expect(own, 'numbers without holes').toEqual(own.map((_, index) => own[0]! + index))
    },
  )

  fault(
    'records of a clock that was two hours ahead wait in the journal: they are published, once, through a restart',
    async ({ pipeline, random }) => {
      await journalAhead(pipeline.journal, 5_000)
      await pipeline.run({ rate: gentle, seed: random.seed })
      await delay(random.between(0, 1_500))
      await pipeline.kill('collector')
      const collector = await pipeline.start('collector')
      await eventually(async () => {
        expect(await problemsOf(collector)).toEqual([])
        expect(await metricOf(collector, 'tickhouse_collector_publish_lag_records')).toBeLessThan(1_000)
      }, patient)
      await flow(pipeline, 100)
      await collector.stop()
      const { sessions, numbers } = await tradesIn(pipeline)
      expect(await topicProblems(pipeline.bus(), sessions)).toEqual([])
      expect(numbers.get(sessionAhead)).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1))
    },
  )
})

/** /ready names the dataset and nothing else; /status says that its records wait, and the lag rises. */
async function heldAlone({ running }: Pipeline, dataset: string, words: RegExp = /./): Promise<void> {
  const collector = running.collector!
  await eventually(async () => {
    expect(await problemsOf(collector)).toEqual([expect.stringMatching(new RegExp(`^${dataset}: held, the others go on: `))])
    expect((await problemsOf(collector))[0]).toMatch(words)
    const { held } = await statusOf<{ held: { dataset: string; lagRecords: number }[] }>(collector)
    expect(held).toMatchObject([{ dataset, state: 'held' }])
    expect(held[0]!.lagRecords).toBeGreaterThan(0)
    expect(await metricOf(collector, 'tickhouse_collector_held_records', { dataset })).toBeGreaterThan(0)
    expect(await metricOf(collector, 'tickhouse_collector_publish_lag_seconds')).toBeGreaterThan(1)
  }, patient)
}

async function othersGoOn({ running }: Pipeline): Promise<void> {
  const published = () => metricOf(running.collector!, 'tickhouse_collector_records_published_total', { dataset: 'best_quote' })
  const before = await published()
  await eventually(async () => expect(await published()).toBeGreaterThan(before + 50), soon)
}

async function flowsAgain({ running }: Pipeline): Promise<void> {
  await eventually(async () => {
    expect(await problemsOf(running.collector!)).toEqual([])
    expect(await statusOf(running.collector!)).toMatchObject({ held: [] })
  }, patient)
}

async function applyTopics(pipeline: Pipeline): Promise<void> {
  const { topics } = pipeline.bus()
  await topics.apply(await topics.plan(entities.map(({ topic }) => topic)))
}

async function deleteTopic(brokers: string, topic: string): Promise<void> {
  await withAdmin(brokers, async admin => {
    await admin.deleteTopics({ topics: [topic] })
    await eventually(async () => expect(await admin.listTopics()).not.toContain(topic))
  })
}

/** Gives a topic these settings beside those of the catalogue. */
async function configure(brokers: string, topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const { config } = entities.find(entity => entity.topic.name === topic)!.topic
  const configEntries = Object.entries({ ...config, ...settings }).map(([name, value]) => ({ name, value }))
  const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }]
  await withAdmin(brokers, admin => admin.alterConfigs({ validateOnly: false, resources }))
}

/** The sessions that have trades in the topic, and the numbers of each, in order. */
async function tradesIn(pipeline: Pipeline): Promise<{ sessions: Set<string>; numbers: Map<string, number[]> }> {
  const numbers = new Map<string, number[]>()
  await pipeline.bus().scan([tradeTopic], ({ value }) => {
    const { session, seq } = JSON.parse(value!.toString()) as { session: string; seq: number }
    numbers.set(session, [...(numbers.get(session) ?? []), seq])
  })
  for (const own of numbers.values()) own.sort((a, b) => a - b)
  return { sessions: new Set(numbers.keys()), numbers }
}

const sessionAhead = '000000001aaa'

/** A journal as a collector leaves it whose clock was two hours ahead, and who could not publish anything. */
async function journalAhead(directory: string, trades: number): Promise<void> {
  const journal = await openJournal({ directory, log: createLogger({ name: 'tests', level: 'silent' }), onLoss: () => {} })
  const openedAtUs = (Date.now() + 2 * 3_600_000) * 1_000
  journal.beginSession({ session: sessionAhead, openedAtUs, environment: 'simulator', collector: 'test', version: 1 })
  for (let total = 1; total <= trades; total++) {
    const values = `"10":"+61300","15":"+1","13":"${total}","20":"101530"`
    const frame = `{"data":[{"values":{${values}},"type":"0B","name":"","item":"00593${total % 7}"}],"trnm":"REAL"}`
    journal.append('frame', openedAtUs + total * 1_000, Buffer.from(frame))
  }
  journal.append('close', openedAtUs + (trades + 1) * 1_000, Buffer.from(JSON.stringify({ reason: 'stopped' })))
  await journal.flush()
  await journal.close()
}
