import { delay } from '@tickhouse/runtime'
import { freePort } from '@tickhouse/stack'
import type { Store } from '@tickhouse/store'
import { eventually, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ComposeProject, docker, reasonToSkip } from './compose.ts'
import { Duty } from './documented/places.ts'
import type { Reader } from './documented/reader.ts'
import { tradeCount } from './tables.ts'

const reason = await reasonToSkip()
if (reason !== undefined) it.skip(`three brokers (skipped, because ${reason})`, () => {})

const duty = new Duty('brokers')
const [up, roll] = [duty.takeOne(/three-brokers.yml up --wait$/), duty.takeOne(/^for broker in /m)]
const replicas = duty.takeOne(/^KAFKA_REPLICATION=3/)

if (reason === undefined)
  describe('three brokers with docker compose', () => {
    let project: ComposeProject
    let reader: Reader
    let store: Store
    beforeAll(async () => {
      const [second, third] = await Promise.all([freePort(), freePort()])
      const files = 'docker-compose.yml:infra/compose/three-brokers.yml'
      project = await ComposeProject.open('brokers', {
        ...{ COMPOSE_FILE: files, KAFKA_2_PORT: String(second), KAFKA_3_PORT: String(third), SIMULATOR_RATE: '100' },
      })
      reader = project.reader()
      await reader.done(up)
      store = await project.store()
    }, 900_000)
    afterAll(async () => {
      store?.close()
      await reader?.close()
      await project?.close()
    }, 180_000)

    it('every partition has three replicas, and a record counts when two of them have it', async () => {
      const tool = ['/opt/kafka/bin/kafka-topics.sh', '--bootstrap-server', 'kafka:9092', '--describe']
      const lines = (await project.compose('exec', '-T', 'kafka', ...tool)).split('\n')
      const topics = lines.filter(line => line.startsWith('Topic: ') && line.includes('ReplicationFactor'))
      expect(topics.length).toBeGreaterThan(20)
      expect(topics.filter(line => !/ReplicationFactor: 3\b/.test(line) || !/min.insync.replicas=2\b/.test(line))).toEqual([])
    })

    it('programs on this machine reach all three', async () => {
      const brokers = `127.0.0.1:${project.ports.kafka}`
      expect(await reader.done(`KAFKA_BROKERS=${brokers} ${replicas}`)).toMatch(/\d+ topics/)
    })

    it('they are rolled one after the other: capture goes on, and nothing is lost', { timeout: 900_000 }, async () => {
      const before = await eventually(async () => {
        const count = await tradeCount(store)
        expect(count).toBeGreaterThan(100)
        return count
      }, patient)
      const { standstillMs, took } = await standstill(() => reader.done(roll))
      const stats = await docker(['stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}}'])
      const memory = stats.split('\n').filter(line => line.startsWith(`${project.name}-kafka`))
      console.log(`three brokers rolled in ${Math.round(took / 1000)} s, no row for ${standstillMs} ms at most\n${memory.join('\n')}`)
      expect(standstillMs).toBeLessThan(scaledTimeout(30_000))
      expect(await tradeCount(store)).toBeGreaterThan(before)
      await project.compose('stop', 'collector')
      const report = JSON.parse(await project.cli('verify', '--format', 'json', '--wait', '60s'))
      expect(report).toMatchObject({ verdict: 'complete', sessions: 1 })
      expect(await store.query("SELECT reason FROM feed_gap WHERE reason != 'stopped'")).toEqual([])
    })

    it('no statement is left that nothing has run', () => {
      expect(duty.rest()).toEqual([])
    })

    /** The longest time in which no row came while something happened, ms. */
    async function standstill(happens: () => Promise<unknown>): Promise<{ standstillMs: number; took: number }> {
      const startedAt = performance.now()
      let isOver = false
      const happened = happens().finally(() => {
        isOver = true
      })
      let [count, cameAt, standstillMs] = [0, startedAt, 0]
      while (!isOver) {
        await delay(200)
        const now = await tradeCount(store)
        const atMs = performance.now()
        standstillMs = Math.max(standstillMs, Math.round(atMs - cameAt))
        if (now > count) [count, cameAt] = [now, atMs]
      }
      await happened
      return { standstillMs, took: performance.now() - startedAt }
    }
  })

const patient = { timeoutMs: 120_000, intervalMs: 500 }
