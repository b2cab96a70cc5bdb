import { entities, entityOf } from '@tickhouse/catalogue'
import { delay } from '@tickhouse/runtime'
import { eventually, isProduce } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf } from '../pipeline.ts'
import { busy, conserved, describeFaults, fault, flow, gentle, untilPublished } from './faults.ts'

const patient = { timeoutMs: 90_000 }

describeFaults('Kafka', () => {
  fault(
    'SIGKILL and restart under load',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: busy, seed: random.seed })
      for (let kills = 2; kills > 0; kills--) {
        await flow(pipeline, random.between(100, 1_000))
        await servers.kafka.kill('SIGKILL')
        await delay(random.between(0, 3_000))
        await servers.kafka.start()
      }
      await conserved(pipeline)
    },
    { always: true },
  )

  fault('cannot be reached for minutes while the feed goes on', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await servers.kafkaProxy.cut()
    await eventually(async () => expect(await problemsOf(pipeline.running.collector!)).toMatchObject([/Kafka/]), patient)
    const received = await metricOf(pipeline.running.collector!, 'tickhouse_collector_frames_received_total', { kind: 'real' })
    await delay(random.between(60_000, 90_000))
    const more = await metricOf(pipeline.running.collector!, 'tickhouse_collector_frames_received_total', { kind: 'real' })
    expect(more).toBeGreaterThan(received + 50 * gentle)
    await servers.kafkaProxy.restore()
    await conserved(pipeline)
  })

  fault('acknowledges slowly', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    servers.kafkaProxy.impair({ delayMs: random.between(200, 800) })
    servers.kafkaProxy.reset()
    await flow(pipeline, 1_000)
    await servers.kafkaProxy.restore()
    await conserved(pipeline)
  })

  fault(
    'has records whose acknowledgement is lost on the way back',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      for (let lost = 6; lost > 0; lost--) {
        await servers.kafkaProxy.cutAfterRequest(isProduce)
        await flow(pipeline, random.between(1, 100))
      }
      await conserved(pipeline)
    },
    { always: true },
  )

  fault('has let records expire that no sink has read: a gap and an alarm, never a silent reset', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 200)
    await pipeline.running.sink!.stop()
    await delay(random.between(2_000, 5_000))
    const lost = await expire(servers.kafka.brokers, 'best_quote')
    const sink = await pipeline.start('sink')
    await eventually(async () => expect(await gapOf(pipeline, 'best_quote')).toBe(lost), patient)
    expect(await metricOf(sink, 'tickhouse_sink_lost_records_total')).toBe(lost)
    await flow(pipeline, 200)
    await untilPublished(pipeline)
    await pipeline.running.collector!.stop()
    await eventually(async () => {
      const incomplete = (await pipeline.verify(0)).findings.filter(({ verdict }) => verdict === 'incomplete')
      expect(incomplete).toMatchObject([
        {
          dataset: 'best_quote',
          problems: [expect.anything(), new RegExp(`^${lost} of \\d+ rows are not in the table`), expect.anything()],
        },
      ])
    }, patient)
  })
})

/** Lets everything that the topic of a dataset holds expire; how many records the group had not read. */
async function expire(brokers: string, dataset: string): Promise<number> {
  const topic = entityOf(dataset).topic.name
  const admin = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  const [committed] = await admin.fetchOffsets({ groupId: 'sinks', topics: [topic] })
  await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, offset }) => ({ partition, offset })) })
  await admin.disconnect()
  const done = new Map(committed!.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  return ends.reduce((sum, { partition, offset }) => sum + Number(offset) - Math.max(0, done.get(partition) ?? 0), 0)
}

async function gapOf({ store }: Pipeline, dataset: string): Promise<number> {
  const { topic } = entities.find(({ name }) => name === dataset)!
  const [row] = await store.query<{ missing: number | null }>(
    `SELECT sum(missing) AS missing FROM feed_gap WHERE reason = 'records_expired' AND session LIKE '${topic.name}/%'`,
  )
  return row!.missing ?? 0
}
