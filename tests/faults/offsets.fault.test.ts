import { entityOf } from '@tickhouse/catalogue'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf } from '../pipeline.ts'
import { conserved, describeFaults, fault, flow, gentle, untilPublished } from './faults.ts'
import { forgetCommits, withAdmin } from './kafka-admin.ts'

const patient = { timeoutMs: 120_000 }
const quotes = entityOf('best_quote').topic

describeFaults('what Kafka knows of offsets', () => {
  fault('forgets what the group has committed: everything is read again and stands there once', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, random.between(200, 500))
    await pipeline.running.sink!.stop()
    await forgetCommits(servers.kafka.brokers, pipeline.group)
    await pipeline.start('sink')
    await conserved(pipeline)
  })

  fault(
    'forgets what the group has committed, and the oldest records expire: what was never stored is a gap, and no more than that',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      await flow(pipeline, random.between(200, 500))
      await pipeline.running.sink!.stop()
      const stored = await rowsOf(pipeline)
      await eventually(async () => expect(await recordsOf(pipeline)).toBeGreaterThan(stored + 100), patient)
      const lost = await withAdmin(servers.kafka.brokers, async admin => {
        await admin.deleteGroups([pipeline.group])
        const ends = await admin.fetchTopicOffsets(quotes.name)
        await admin.deleteTopicRecords({ topic: quotes.name, partitions: ends.map(({ partition, offset }) => ({ partition, offset })) })
        return ends.reduce((sum, { offset }) => sum + Number(offset), 0) - stored
      })
      const sink = await pipeline.start('sink')
      await eventually(async () => expect(await gapsOf(pipeline, 'records_expired')).toMatchObject([{ missing: lost }]), patient)
      expect(await metricOf(sink, 'tickhouse_sink_lost_records_total')).toBe(lost)
      await flow(pipeline, 200)
    },
  )

  for (const [state, stopsSink] of [
    ['under a sink that reads it', false],
    ['while no sink runs', true],
  ] as const)
    fault(
      `lets a topic be deleted and made again ${state}: a gap, and nothing of the new one is left out`,
      async ({ pipeline, servers, random }) => {
        await pipeline.run({ rate: gentle, seed: random.seed })
        await flow(pipeline, random.between(200, 500))
        const [before] = await gapsOf(pipeline, 'topic_recreated')
        if (stopsSink) await pipeline.running.sink!.stop()
        await withAdmin(servers.kafka.brokers, async admin => {
          await admin.deleteTopics({ topics: [quotes.name] })
          await eventually(async () => expect(await admin.listTopics()).not.toContain(quotes.name), patient)
          // A broker that is slow may have made it although the first answer did not come.
          await eventually(async () => {
            await admin.createTopics({ waitForLeaders: true, topics: [{ topic: quotes.name, numPartitions: quotes.partitions }] })
          }, patient)
        })
        if (stopsSink) {
          await eventually(async () => expect(await recordsOf(pipeline)).toBeGreaterThan(random.between(1, 600)), patient)
          await pipeline.start('sink')
        }
        await eventually(async () => {
          const [now] = await gapsOf(pipeline, 'topic_recreated')
          expect(now?.gaps ?? 0).toBeGreaterThan(before?.gaps ?? 0)
        }, patient)
        await flow(pipeline, 300)
        await eventually(async () => expect(await problemsOf(pipeline.running.sink!)).toEqual([]), patient)
        await untilPublished(pipeline)
        const inTopic = await recordsOf(pipeline)
        expect(inTopic).toBeGreaterThan(0)
        await eventually(async () => expect(await unstoredOf(pipeline)).toEqual([]), patient)
      },
    )
})

async function recordsOf(pipeline: Pipeline): Promise<number> {
  return (await keysInTopic(pipeline)).length
}

async function keysInTopic(pipeline: Pipeline): Promise<string[]> {
  const keys: string[] = []
  await pipeline.bus().scan([quotes.name], ({ value }) => {
    const { session, seq } = JSON.parse(value!.toString()) as { session: string; seq: number }
    keys.push(`${session}/${seq}`)
  })
  return keys
}

/** Records of the topic that have no row. */
async function unstoredOf(pipeline: Pipeline): Promise<string[]> {
  const rows = await pipeline.store.query<{ session: string; seq: number }>('SELECT session, seq FROM best_quote')
  const stored = new Set(rows.map(({ session, seq }) => `${session}/${seq}`))
  return (await keysInTopic(pipeline)).filter(key => !stored.has(key))
}

async function rowsOf({ store }: Pipeline): Promise<number> {
  const [row] = await store.query<{ rows: number }>('SELECT count() AS rows FROM best_quote')
  return row!.rows
}

/** What the gaps of the topic say together; none when there is none. */
async function gapsOf({ store }: Pipeline, reason: string): Promise<{ gaps: number; missing: number | null }[]> {
  return store.query(
    `SELECT reason, count() AS gaps, sum(missing) AS missing FROM feed_gap WHERE reason = '${reason}' AND session LIKE '${quotes.name}/%' GROUP BY reason`,
  )
}
