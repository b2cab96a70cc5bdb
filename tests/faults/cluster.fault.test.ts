import { delay } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { metricOf, type Pipeline, problemsOf, statusOf } from '../pipeline.ts'
import { clusterFault, describeCluster, expectPrompt, observed, timeoutFactor } from './cluster.ts'
import { conserved, flow, gentle } from './faults.ts'

const afterMs = 20_000

describeCluster('three brokers', () => {
  clusterFault(
    'each is killed in turn under load, the coordinator of the group and all leaders included',
    async ({ pipeline, nodes, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      const sink = pipeline.running.sink!
      for (const node of nodes) {
        await flow(pipeline, random.between(100, 1_000))
        expectPrompt(`broker ${nodes.indexOf(node) + 1} killed`, await observed(pipeline, sink, node.kill('SIGKILL'), afterMs))
        await node.start()
        await flow(pipeline, random.between(500, 1_000))
      }
      await conserved(pipeline)
    },
  )

  clusterFault('all are rolled under load, one after the other', async ({ pipeline, nodes, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    for (const node of nodes) {
      await flow(pipeline, random.between(100, 1_000))
      const roll = async () => {
        await node.stop()
        await node.start()
      }
      expectPrompt(`broker ${nodes.indexOf(node) + 1} rolled`, await observed(pipeline, pipeline.running.sink!, roll(), afterMs))
    }
    await conserved(pipeline)
  })

  clusterFault('two are gone for half a minute, which nobody can mistake for a quiet market', async ({ pipeline, nodes, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    const sink = pipeline.running.sink!
    const first = random.of(nodes)
    const second = random.of(nodes.filter(node => node !== first)) // the first one leads every partition by then
    for (const kept of [first, second]) {
      const gone = nodes.filter(node => node !== kept)
      await flow(pipeline, random.between(100, 1_000))
      await Promise.all(gone.map(node => node.kill('SIGKILL')))
      await eventually(async () => expect(await problemsOf(sink)).not.toEqual([]), { timeoutMs: 10_000 * timeoutFactor })
      await delay(30_000)
      expect(await problemsOf(sink)).toMatchObject([/nothing was read for \d+ s/])
      const { datasets } = await statusOf<{ datasets: Record<string, { lag: number | null; lagMs: number | null }> }>(sink)
      expect(datasets['trade']!.lag).toBeNull()
      expect(datasets['trade']!.lagMs).toBeGreaterThan(15_000)
      expect(await metricOf(sink, 'tickhouse_sink_lag_records', { dataset: 'trade' })).toBeNaN()
      expect(await metricOf(sink, 'tickhouse_sink_lag_seconds', { dataset: 'balance' })).toBeGreaterThan(15)
      await Promise.all(gone.map(node => node.start()))
      await publishesOn(pipeline)
      await flow(pipeline, 500)
    }
    await catchesUp(pipeline)
    await conserved(pipeline)
  })
})

interface Publishing {
  readonly datasets: Readonly<Record<string, { readonly published: number }>>
  readonly journal: { readonly lagMs: number }
}

/** Something new is published soon after the brokers are back. */
async function publishesOn({ running }: Pipeline): Promise<void> {
  const published = async () => (await statusOf<Publishing>(running.collector!)).datasets['trade']!.published
  const before = await published()
  await eventually(async () => expect(await published()).toBeGreaterThan(before), { timeoutMs: 45_000 * timeoutFactor, intervalMs: 500 })
}

/** What waited meanwhile is published too; how long that takes is the machine's. */
async function catchesUp({ running }: Pipeline): Promise<void> {
  const lagMs = async () => (await statusOf<Publishing>(running.collector!)).journal.lagMs
  await eventually(async () => expect(await lagMs()).toBeLessThan(5_000), { timeoutMs: 300_000, intervalMs: 500 })
}
