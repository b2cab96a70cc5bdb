import { eventually, isOffsetCommit } from '@tickhouse/testkit'
import { expect } from 'vitest'
import { problemsOf, type Service, statusOf } from '../pipeline.ts'
import { busy, conserved, describeFaults, fault, flow, gentle } from './faults.ts'

const patient = { timeoutMs: 60_000 }

describeFaults('the sink', () => {
  fault('SIGKILL at random moments under load, again and again', async ({ pipeline, random }) => {
    await pipeline.run({ rate: busy, seed: random.seed })
    for (let kills = random.between(4, 8); kills > 0; kills--) {
      await flow(pipeline, random.between(50, 1_000))
      await pipeline.kill('sink')
      await pipeline.start('sink')
    }
    await conserved(pipeline)
  })

  fault('is stopped until the group has moved on, and then goes on as if nothing had happened', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    const zombie = pipeline.running.sink!
    zombie.kill('SIGSTOP')
    await pipeline.start('sink')
    await flow(pipeline, random.between(100, 500))
    zombie.kill('SIGCONT')
    await flow(pipeline, 500)
    for (const sink of [zombie, pipeline.running.sink!]) await eventually(async () => expect(await problemsOf(sink)).toEqual([]), patient)
    await conserved(pipeline)
  })

  fault('two, then three share the work, and leave one after the other', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    const sinks: Service[] = [pipeline.running.sink!]
    for (let more = 0; more < 2; more++) {
      await flow(pipeline, random.between(50, 300))
      sinks.push(await pipeline.start('sink'))
      for (const sink of sinks) await eventually(async () => expect(await storedBy(sink)).toBeGreaterThan(0), patient)
    }
    for (const sink of sinks.slice(0, 2)) {
      await flow(pipeline, random.between(50, 300))
      if (random.between(0, 1) === 0) await sink.stop()
      else sink.kill('SIGKILL')
    }
    await conserved(pipeline)
  })

  fault(
    'dies between the answer of QuestDB and the commit',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      for (let crash = 0; crash < 3; crash++) {
        await flow(pipeline, random.between(50, 300))
        await servers.kafkaProxy.swallowRequest(isOffsetCommit)
        await pipeline.kill('sink')
        await pipeline.start('sink')
      }
      await conserved(pipeline)
    },
    { always: true },
  )
})

async function storedBy(sink: Service): Promise<number> {
  const { datasets } = await statusOf<{ datasets: Record<string, { stored: number }> }>(sink)
  return Object.values(datasets).reduce((sum, { stored }) => sum + stored, 0)
}
