import { entities, entityOf } from '@tickhouse/catalogue'
import { delay } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf } from '../pipeline.ts'
import { conserved, describeFaults, fault, flow, gentle } from './faults.ts'
import { codecs, setCompression } from './kafka-admin.ts'

const patient = { timeoutMs: 90_000 }

describeFaults('one dataset', () => {
  fault(
    'compression of topics is changed under load and taken back, while collector and sink are killed',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      for (const codec of codecs) {
        const changed = entities.filter(() => random.between(0, 1) === 0 || codec === 'zstd')
        await setCompression(servers.proxied.brokers, changed, () => codec)
        await flow(pipeline, random.between(50, 300))
        const victim = random.between(0, 1) === 0 ? 'sink' : 'collector'
        await pipeline.kill(victim)
        await pipeline.start(victim)
        await flow(pipeline, random.between(50, 300))
        await setCompression(servers.proxied.brokers, changed, () => undefined)
      }
      await pipeline.kill('collector')
      await pipeline.start('collector')
      await conserved(pipeline, { gap: 'crashed' })
      expect(await problemsOf(pipeline.running.sink!)).toEqual([])
    },
  )

  fault('a table is renamed away and back under load: the others stay fresh', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await pipeline.store.query('RENAME TABLE trade TO trade_away')
    await tradeIsHeld(pipeline)
    await staysFresh(pipeline, random.between(1, 5))
    if (random.between(0, 1) === 0) {
      await pipeline.kill('sink')
      await pipeline.start('sink')
      await tradeIsHeld(pipeline)
      await staysFresh(pipeline, 2)
    }
    await pipeline.store.query('RENAME TABLE trade_away TO trade')
    await conserved(pipeline)
    expect(await problemsOf(pipeline.running.sink!)).toEqual([])
  })

  fault('a table is dropped and made again at once, again and again under load: it is filled from Kafka', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    for (let times = random.between(2, 4); times > 0; times--) {
      await flow(pipeline, random.between(100, 500))
      await pipeline.store.query('DROP TABLE trade')
      await makeTrade(pipeline)
    }
    await conserved(pipeline)
    expect(await metricOf(pipeline.running.sink!, 'tickhouse_sink_refilled_partitions_total', { dataset: 'trade' })).toBeGreaterThan(0)
  })

  fault(
    'a table is dropped and made again under load: it is filled from Kafka, and the others stay fresh',
    async ({ pipeline, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      await flow(pipeline, 500)
      await pipeline.store.query('DROP TABLE trade')
      await tradeIsHeld(pipeline)
      await staysFresh(pipeline, random.between(1, 3))
      await makeTrade(pipeline)
      await conserved(pipeline)
      expect(await metricOf(pipeline.running.sink!, 'tickhouse_sink_refilled_partitions_total', { dataset: 'trade' })).toBeGreaterThan(0)
    },
  )
})

async function makeTrade({ store: { tables } }: Pipeline): Promise<void> {
  await tables.apply(await tables.plan([entityOf('trade').table]))
}

async function tradeIsHeld({ running }: Pipeline): Promise<void> {
  await eventually(async () => expect((await problemsOf(running.sink!)).join('\n')).toContain('trade is held'), patient)
  expect(await metricOf(running.sink!, 'tickhouse_sink_held_datasets', { dataset: 'trade' })).toBeGreaterThan(0)
}

/** Rows of another dataset, captured after now, come so many times; each time as fresh as if nothing were held. */
async function staysFresh({ store }: Pipeline, times: number): Promise<void> {
  for (let left = times; left > 0; left--) {
    const sinceUs = Date.now() * 1_000
    await eventually(async () => {
      const [row] = await store.query<{ count: number }>(`SELECT count() AS count FROM best_quote WHERE timestamp > ${sinceUs}`)
      expect(row!.count).toBeGreaterThan(0)
    }, patient)
    await delay(500)
  }
}
