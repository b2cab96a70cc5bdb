import type { IncomingMessage } from 'node:http'
import { entityOf } from '@tickhouse/catalogue'
import { delay } from '@tickhouse/runtime'
import { eventually, HttpProxy, suspendTable } from '@tickhouse/testkit'
import { expect, onTestFinished } from 'vitest'
import { metricOf, type Pipeline, problemsOf, statusOf } from '../pipeline.ts'
import { busy, conserved, describeFaults, fault, flow, gentle } from './faults.ts'

const patient = { timeoutMs: 90_000 }
const tradeTopic = entityOf('trade').topic.name
const isWrite = (bytes: Buffer) => bytes.includes('POST /write')

describeFaults('QuestDB', () => {
  fault(
    'SIGKILL and restart under load',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: busy, seed: random.seed })
      for (let kills = random.between(2, 3); kills > 0; kills--) {
        await flow(pipeline, random.between(100, 1_000))
        await servers.questdb.kill('SIGKILL')
        await delay(random.between(0, 3_000))
        await servers.questdb.start()
      }
      await conserved(pipeline)
    },
    { always: true },
  )

  fault('refuses connections for a minute', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await servers.questdbProxy.cut()
    await eventually(async () => expect(await problemsOf(pipeline.running.sink!)).toMatchObject([/rows wait for QuestDB/]), patient)
    await delay(60_000)
    await servers.questdbProxy.restore()
    await conserved(pipeline)
    expect(await problemsOf(pipeline.running.sink!)).toEqual([])
  })

  fault('accepts connections and never answers', async ({ pipeline, servers, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    for (let stalls = 2; stalls > 0; stalls--) {
      await flow(pipeline, 100)
      // A table that answered last of all may have looked as if it alone were silent.
      await eventually(async () => expect(await problemsOf(pipeline.running.sink!)).toEqual([]), patient)
      servers.questdbProxy.stall()
      await eventually(async () => expect(await problemsOf(pipeline.running.sink!)).toMatchObject([/rows wait for QuestDB/]), patient)
      await delay(random.between(1_000, 6_000))
      await servers.questdbProxy.restore()
    }
    await conserved(pipeline)
  })

  fault(
    'has stored rows whose 204 is lost on the way back',
    async ({ pipeline, servers, random }) => {
      await pipeline.run({ rate: gentle, seed: random.seed })
      for (let lost = 6; lost > 0; lost--) {
        await servers.questdbProxy.cutAfterRequest(isWrite)
        await flow(pipeline, random.between(1, 100))
      }
      await conserved(pipeline)
    },
    { always: true },
  )

  fault('refuses one row in the middle of a batch', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    const column = 'trade_turnover_krw_thousand'
    await pipeline.store.query(`ALTER TABLE trade ALTER COLUMN ${column} TYPE INT`)
    try {
      // A request under way would turn the value into null instead of refusing it.
      await pipeline.store.waitUntilApplied('trade')
      await flow(pipeline, 1)
      const session = `poison-${random.seed}`
      const record = { timestamp: Date.now() * 1_000, symbol: '005930', venue: 'KRX', session, seq: 1, [column]: 5_000_000_000 }
      await publish(pipeline, record)
      await eventually(async () => {
        const letters = await pipeline.store.query(`SELECT seq, reason, stage FROM dead_letter WHERE session = '${session}'`)
        expect(letters).toEqual([{ seq: 1, reason: 'refused_by_store', stage: 'sink' }])
      }, patient)
      await conserved(pipeline)
    } finally {
      await pipeline.store.query(`ALTER TABLE trade ALTER COLUMN ${column} TYPE LONG`)
      await pipeline.store.waitUntilApplied('trade')
    }
  })

  fault('refuses a request as too large', async ({ pipeline, servers, random }) => {
    const limit = await limited(servers.proxied.httpUrl, random.between(20_000, 100_000))
    await pipeline.run({ rate: gentle, seed: random.seed, sink: { QDB_CLIENT_CONF: limit.configurationString } })
    await flow(pipeline, 100)
    await servers.questdbProxy.cut()
    await delay(random.between(2_000, 5_000))
    await servers.questdbProxy.restore()
    await eventually(() => expect(limit.refused).toBeGreaterThan(0), patient)
    await conserved(pipeline)
    expect(await metricOf(pipeline.running.sink!, 'tickhouse_sink_write_requests_total', { verdict: 'halve' })).toBeGreaterThan(0)
  })

  fault('suspends a table: nothing of it is committed, someone is told, and resuming loses nothing', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 100)
    await suspendTable(pipeline.store, 'trade')
    const sink = pipeline.running.sink!
    await eventually(async () => expect(await problemsOf(sink)).toContain('table trade is suspended'), patient)
    expect(await metricOf(sink, 'tickhouse_sink_suspended_tables')).toBe(1)
    const committed = await committedTrades(pipeline)
    const { datasets } = await statusOf<Stored>(sink)
    await eventually(
      async () => expect((await statusOf<Stored>(sink)).datasets['trade']!.stored).toBeGreaterThan(datasets['trade']!.stored + 200),
      patient,
    )
    expect(await committedTrades(pipeline)).toBe(committed)
    if (random.between(0, 1) === 0) {
      await pipeline.kill('sink')
      await pipeline.start('sink')
    }
    await pipeline.store.query('ALTER TABLE trade RESUME WAL')
    await conserved(pipeline)
    await eventually(async () => expect(await committedTrades(pipeline)).toBeGreaterThan(committed), patient)
  })

  fault('comes back with an older state of a table, which is filled again from Kafka', async ({ pipeline, random }) => {
    await pipeline.run({ rate: gentle, seed: random.seed })
    await flow(pipeline, 500)
    await pipeline.running.sink!.stop()
    await rollBack(pipeline, random.between(10, 90))
    const sink = await pipeline.start('sink')
    await conserved(pipeline)
    expect(await metricOf(sink, 'tickhouse_sink_refilled_partitions_total', { dataset: 'trade' })).toBeGreaterThan(0)
  })
})

interface Stored {
  readonly datasets: Readonly<Record<string, { stored: number }>>
}

/** A way to QuestDB that takes no request of more than so many bytes, as nginx and its like do. */
async function limited(target: string, maxBytes: number) {
  const limit = { configurationString: '', refused: 0 }
  const refuse = ({ headers }: IncomingMessage) => {
    if (Number(headers['content-length'] ?? 0) <= maxBytes) return undefined
    limit.refused += 1
    return 413
  }
  const proxy = await HttpProxy.open({ target, refuse })
  onTestFinished(() => proxy.close())
  limit.configurationString = `http::addr=${proxy.address};`
  return limit
}

async function publish(pipeline: Pipeline, record: { timestamp: number; symbol: string }): Promise<void> {
  const publisher = pipeline.bus().publisher()
  const { timestamp, symbol } = record
  await publisher.publish([{ topic: tradeTopic, key: symbol, value: JSON.stringify(record), timestampMs: Math.floor(timestamp / 1_000) }])
  await publisher.close()
}

async function committedTrades(pipeline: Pipeline): Promise<number> {
  const lags = await pipeline.bus().lag(pipeline.group, [tradeTopic])
  return lags.reduce((sum, { committed }) => sum + (committed ?? 0), 0)
}

/** Leaves the oldest percentage of the trades, as a restore from a backup would. */
async function rollBack({ store }: Pipeline, percent: number): Promise<void> {
  const [span] = await store.query<{ first: number; last: number }>('SELECT min(timestamp) AS first, max(timestamp) AS last FROM trade')
  const until = span!.first + Math.floor(((span!.last - span!.first) * percent) / 100)
  await store.query(`CREATE TABLE trade_then AS (SELECT * FROM trade WHERE timestamp < ${until})`)
  await store.query('TRUNCATE TABLE trade')
  await store.query('INSERT INTO trade SELECT * FROM trade_then')
  await store.query('DROP TABLE trade_then')
  await store.waitUntilApplied('trade')
}
