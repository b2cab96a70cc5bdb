import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, type QuestdbPorts, startQuestdb } from '@tickhouse/stack'
import { describeWithLocalServers, eventually, localServers, servers, temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { metricOf, Pipeline } from './pipeline.ts'

describeWithLocalServers('a backup of QuestDB', () => {
  it('is restored under load, and the sink fills from Kafka what the copy lacks', { timeout: 240_000 }, async () => {
    const [original, copy] = [join(temporaryFolder(), 'original'), join(temporaryFolder(), 'copy')]
    const ports = { http: await freePort(), postgres: await freePort(), health: await freePort() }
    let questdb = await startIn(original, ports)
    const pipeline = await Pipeline.open({ brokers: servers().brokers, questdb: questdb.configurationString })
    try {
      await pipeline.run({ rate: 200 })
      await eventually(async () => expect(await trades(pipeline)).toBeGreaterThan(200), { timeoutMs: 60_000 })

      await pipeline.store.query('CHECKPOINT CREATE')
      await promisify(execFile)('cp', ['-a', original, copy])
      await pipeline.store.query('CHECKPOINT RELEASE')
      const copied = await trades(pipeline)
      await eventually(async () => expect(await trades(pipeline)).toBeGreaterThan(copied + 200), { timeoutMs: 60_000 })

      await pipeline.running.sink!.stop()
      await questdb.stop()
      rmSync(original, { recursive: true })
      writeFileSync(join(copy, '_restore'), '')
      questdb = await startIn(copy, ports)
      expect(existsSync(join(copy, '_restore'))).toBe(false)
      const restored = await trades(pipeline)
      expect(restored).toBeGreaterThan(100)
      expect(restored).toBeLessThanOrEqual(copied)

      const sink = await pipeline.start('sink')
      await pipeline.running.collector!.stop()
      const report = await pipeline.verify()
      expect(report).toMatchObject({ verdict: 'complete' })
      expect(await trades(pipeline)).toBeGreaterThan(copied + 200)
      expect(await metricOf(sink, 'tickhouse_sink_refilled_partitions_total', { dataset: 'trade' })).toBeGreaterThan(0)
    } finally {
      await pipeline.close()
      await questdb.stop()
    }
  })
})

function startIn(directory: string, ports: QuestdbPorts) {
  const { java, jars } = localServers()
  return startQuestdb({ directory, jars: jars.questdb, java, ports })
}

async function trades({ store }: Pipeline): Promise<number> {
  const [row] = await store.query<{ rows: number }>('SELECT count() AS rows FROM trade')
  return row!.rows
}
