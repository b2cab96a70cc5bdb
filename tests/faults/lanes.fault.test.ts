import { entityOf } from '@tickhouse/catalogue'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf, type Service, statusOf } from '../pipeline.ts'
import { busy, conserved, describeFaults, fault, flow } from './faults.ts'
import { withAdmin } from './kafka-admin.ts'

const patient = { timeoutMs: 90_000, intervalMs: 200 }
const busyDatasets = ['trade', 'order_book']

type Datasets = Record<string, { stored: number; lag: number | null }>

describeFaults('rows that wait in the sink', () => {
  fault(
    'a sink is killed while rows are held back for their order: they were not committed, and stand there once',
    async ({ pipeline, random }) => {
      // What is read of a partition is little, so that of a backlog some partitions are always ahead of others.
      const sink = { SINK_MAX_HOLD: '10s', SINK_MAX_AGE: '5s', SINK_MAX_BYTES_PER_PARTITION: '262144', SINK_MAX_BYTES: '4194304' }
      await pipeline.run({ rate: busy, seed: random.seed, sink })
      await flow(pipeline, 200)
      for (let kills = random.between(2, 4); kills > 0; kills--) {
        await pipeline.running.sink!.stop()
        await published(pipeline, random.between(1_000, 3_000))
        const started = await pipeline.start('sink')
        const received = random.between(1, 2_000)
        await eventually(async () => expect(await metricOf(started, 'tickhouse_sink_round_records_sum')).toBeGreaterThan(received), patient)
        await pipeline.kill('sink')
        await pipeline.start('sink')
        await flow(pipeline, 100)
      }
      await conserved(pipeline)
    },
  )

  fault('sinks come and go under load: topics move as a whole, and each row stands there once', async ({ pipeline, random }) => {
    await pipeline.run({ rate: busy, seed: random.seed })
    const sinks: Service[] = [pipeline.running.sink!]
    for (let moves = random.between(4, 6); moves > 0; moves--) {
      await flow(pipeline, random.between(50, 500))
      if (sinks.length < 2 || (sinks.length < 4 && random.between(0, 1) === 0)) sinks.push(await pipeline.start('sink'))
      else await leave(sinks.splice(random.between(0, sinks.length - 1), 1)[0]!, random.between(0, 1) === 0)
    }
    while (sinks.length < 2) sinks.push(await pipeline.start('sink'))
    for (const sink of sinks) await eventually(async () => expect(await problemsOf(sink)).toEqual([]), patient)
    for (const dataset of busyDatasets) await eventually(async () => expect(await readersOf(sinks, dataset)).toHaveLength(1), patient)
    pipeline.running.sink = sinks[0]!
    await conserved(pipeline)
  })

  fault(
    'topics are given more partitions under load: they are read as well, and each row stands there once',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: busy, seed: random.seed })
      await flow(pipeline, random.between(200, 500))
      const grown = busyDatasets.map(dataset => entityOf(dataset).topic)
      await withAdmin(servers.kafka.brokers, admin =>
        admin.createPartitions({
          topicPartitions: grown.map(({ name, partitions }) => ({ topic: name, count: partitions + random.between(1, 4) })),
        }),
      )
      await flow(pipeline, random.between(500, 1_500))
      await pipeline.kill('sink')
      await pipeline.start('sink')
      await eventually(
        async () => expect(await partitionsWithRows(pipeline, 'trade')).toBeGreaterThan(entityOf('trade').topic.partitions),
        patient,
      )
      await conserved(pipeline, { movedKeys: true })
    },
  )
})

async function leave(sink: Service, isKilled: boolean): Promise<void> {
  if (!isKilled) return void (await sink.stop())
  sink.kill('SIGKILL')
  await sink.exited
}

/** The sinks that read partitions of a dataset. */
async function readersOf(sinks: readonly Service[], dataset: string): Promise<Service[]> {
  const statuses = await Promise.all(sinks.map(sink => statusOf<{ datasets: Datasets }>(sink)))
  return sinks.filter((_, index) => statuses[index]!.datasets[dataset]!.lag !== null)
}

async function published({ running }: Pipeline, more: number): Promise<void> {
  const count = () => metricOf(running.collector!, 'tickhouse_collector_records_published_total')
  const before = await count()
  await eventually(async () => expect(await count()).toBeGreaterThan(before + more), patient)
}

async function partitionsWithRows({ store }: Pipeline, dataset: string): Promise<number> {
  const { table } = entityOf(dataset)
  const rows = await store.query<{ kafka_partition: number }>(`SELECT DISTINCT kafka_partition FROM ${table.name}`)
  return rows.length
}
