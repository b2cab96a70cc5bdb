import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entityOf } from '@tickhouse/catalogue'
import type { CollectorStatus, SinkStatus } from '@tickhouse/runtime'
import { describeWithServers, eventually, expectedColumns, frameFixtures, framesFolder, servers, temporaryFolder } from '@tickhouse/testkit'
import { afterEach, expect, it } from 'vitest'
import { metricOf, Pipeline, statusOf } from './pipeline.ts'
import { recordsOfSessions, schemaProblems } from './record-schemas.ts'

let pipeline: Pipeline
afterEach(() => pipeline.close())

describeWithServers('from the wire to SQL', () => {
  it('every frame of the venue becomes the expected rows, all columns, all nineteen types', async () => {
    pipeline = await Pipeline.open(servers())
    const session = await capture(framesFolder)
    const fixtures = frameFixtures()
    const expected = fixtures.flatMap(({ rows }) => rows)
    for (const dataset of new Set(expected.map(row => row.dataset))) {
      const own = expected.filter(row => row.dataset === dataset)
      const rows = await rowsOf(dataset, session, own.length)
      own.forEach((row, index) => {
        const { timestamp, symbol, venue, seq, unreadable, kafka_partition, kafka_offset, session: _, ...columns } = rows[index]!
        expect({ symbol, venue, seq, unreadable }, dataset).toEqual({
          symbol: row.symbol,
          venue: row.venue,
          seq: index + 1,
          unreadable: null,
        })
        const wanted = expectedColumns(row, Number(timestamp))
        if ('account' in wanted) wanted['account'] = expect.stringMatching(/^acct_[0-9a-f]{16}$/)
        expect(columns, `${dataset} ${index + 1}`).toEqual(wanted)
        expect([kafka_partition, kafka_offset]).toEqual([expect.any(Number), expect.any(Number)])
      })
    }
    expect((await pipeline.verify()).verdict).toBe('complete')
    expect(schemaProblems(await recordsOfSessions(pipeline.bus(), new Set([session])))).toEqual([])
  })

  it('what is about the feed is as its schema says too: sessions, heartbeats, gaps, and dead letters of both stages', async () => {
    pipeline = await Pipeline.open(servers())
    const trade = (values: object) => JSON.stringify({ data: [{ values, type: '0B', name: '주식체결', item: '005930' }], trnm: 'REAL' })
    const session = await capture(
      folderOf({
        '1-not-json': 'this is not JSON',
        '2-before': trade({ 10: '+100', 15: '+10', 13: '1000' }),
        '3-left-out': trade({ 10: '+100', 15: '+10', 13: '1100' }),
      }),
    )
    const refused = `refused-${session}`
    const { timestamp, ...header } = { timestamp: Date.now() * 1_000, symbol: '005930', venue: 'KRX', session: refused, seq: 1 }
    const publisher = pipeline.bus().publisher()
    const value = JSON.stringify({ timestamp, ...header, price: 'dear' })
    await publisher.publish([{ topic: entityOf('trade').topic.name, key: '005930', value, timestampMs: timestamp / 1_000 }])
    await publisher.close()
    await rowsOf('dead_letter', refused, 1)

    const kinds = ['dead_letter', 'feed_gap', 'feed_heartbeat', 'feed_session', 'trade']
    const own = await eventually(
      async () => {
        const records = await recordsOfSessions(pipeline.bus(), new Set([session, refused]))
        expect([...new Set(records.map(({ dataset }) => dataset))].sort()).toEqual(kinds)
        return records.filter(({ dataset, record }) => dataset !== 'trade' || record.session === session)
      },
      { timeoutMs: 30_000 },
    )
    expect(schemaProblems(own)).toEqual([])
    expect(own.flatMap(({ dataset, record }) => (dataset === 'dead_letter' ? [record['stage']] : [])).sort()).toEqual(['collector', 'sink'])
    expect(own.find(({ dataset }) => dataset === 'feed_gap')?.record).toMatchObject({
      reason: 'volume_missing',
      type_list: ['0B'],
      symbol_list: ['005930'],
      missing: 90,
    })
  })

  it('two items in one frame that look alike become two rows in order', async () => {
    pipeline = await Pipeline.open(servers())
    const { text } = frameFixtures().find(({ name }) => name === 'trade.captured-3')!
    const session = await capture(folderOf({ twins: text }))
    const rows = await rowsOf('trade', session, 2)
    expect(rows.map(row => [row['exchange_time'] === rows[0]!['exchange_time'], row['volume'], row['cumulative_volume']])).toEqual([
      [true, 3, 7198950],
      [true, 3, 7198953],
    ])
    expect(Number(rows[1]!['timestamp'])).toBeGreaterThan(Number(rows[0]!['timestamp']))
  })

  it('verify names the rows that a table has lost', async () => {
    pipeline = await Pipeline.open(servers())
    const { text } = frameFixtures().find(({ name }) => name === 'gold_price.documented-1')!
    const session = await capture(folderOf({ gold: text }))
    await rowsOf('gold_price', session, 1)
    expect((await pipeline.verify()).verdict).toBe('complete')
    await pipeline.store.query('TRUNCATE TABLE gold_price')
    await rowsOf('gold_price', session, 0)
    const report = await pipeline.verify(0)
    expect(report.verdict).toBe('incomplete')
    // Heartbeats go on: one of them may be on its way.
    expect(report.findings.filter(({ verdict, dataset }) => verdict === 'incomplete' && dataset !== 'feed_heartbeat')).toMatchObject([
      { session, dataset: 'gold_price', journal: 1, topic: 1, table: 0, problems: ['1 of 1 rows are not in the table'] },
    ])
  })

  it('a sink says how much room the disks of Kafka and of QuestDB have', async () => {
    pipeline = await Pipeline.open(servers())
    const sink = await pipeline.sink({ QUESTDB_DATA_DIR: pipeline.folder })
    await eventually(
      async () => {
        expect(await metricOf(sink, 'tickhouse_sink_kafka_disk_free_bytes', { broker: '1' })).toBeGreaterThan(0)
        expect(await metricOf(sink, 'tickhouse_sink_questdb_disk_free_bytes')).toBeGreaterThan(0)
      },
      { timeoutMs: 60_000 },
    )
  })

  it('a heartbeat a second crosses every stage, and both services say how far behind they are', async () => {
    pipeline = await Pipeline.open(servers())
    await pipeline.simulator({ SIMULATOR_RATE: '20' })
    const [collector, sink] = [await pipeline.collector(), await pipeline.sink()]
    await eventually(async () => expect(await metricOf(sink, 'tickhouse_sink_capture_to_queryable_seconds_count')).toBeGreaterThan(1), {
      timeoutMs: 60_000,
    })
    const [collected, stored] = await eventually(
      async () => {
        const [now, done] = [await statusOf<CollectorStatus>(collector), await statusOf<SinkStatus>(sink)]
        expect(now.state).toBe('live')
        expect(done.datasets['trade']!.received).toBeGreaterThan(0)
        return [now, done] as const
      },
      { timeoutMs: 60_000 },
    )
    expect(await metricOf(sink, 'tickhouse_sink_heartbeat_age_seconds')).toBeLessThan(60)
    expect(stored.heartbeat.ageMs).toBeLessThan(60_000)
    expect(stored.datasets['trade']).toMatchObject({ received: expect.any(Number), lag: expect.any(Number), lagMs: expect.any(Number) })
    expect(collected.pairs.registered).toBe(collected.pairs.wanted)
    expect(collected.pairs.wanted).toBeGreaterThan(100)
    expect(collected.journal.bytes).toBeGreaterThan(1_000)
    expect(collected.journal.lagMs).toBeLessThan(60_000)
    expect(await metricOf(sink, 'tickhouse_sink_batches_total', { trigger: 'rested' })).toBeGreaterThan(0)
    expect(await metricOf(collector, 'tickhouse_collector_parcels_total', { trigger: 'linger' })).toBeGreaterThan(0)
    await eventually(
      async () => {
        const beats = await pipeline.store.query(
          `SELECT symbol, seq FROM feed_heartbeat WHERE session = '${collected.session}' ORDER BY timestamp LIMIT 2`,
        )
        expect(beats).toEqual([
          { symbol: '*', seq: 1 },
          { symbol: '*', seq: 2 },
        ])
      },
      { timeoutMs: 60_000 },
    )
    await collector.stop()
    expect((await pipeline.verify()).verdict).toBe('complete')
  })

  it('types that differ in case only never mix', async () => {
    pipeline = await Pipeline.open(servers())
    const names = ['etf_nav', 'stock_info', 'sector_breadth', 'elw_indicator'] as const
    const texts = frameFixtures().filter(({ rows }) => names.some(name => name === rows[0]?.dataset))
    const session = await capture(folderOf(Object.fromEntries(texts.map(({ name, text }) => [name, text]))))
    for (const name of names) expect((await rowsOf(name, session, 1)).map(row => row['symbol'])).toEqual([symbolOf[name]])
  })

  it('bad input is told apart, named and lost nowhere', async () => {
    pipeline = await Pipeline.open(servers())
    const trade = (values: object, type = '0B') =>
      JSON.stringify({ data: [{ values, type, name: '주식체결', item: '005930' }], trnm: 'REAL' })
    const session = await capture(
      folderOf({
        '1-not-json': 'this is not JSON',
        '2-wrong-shape': '{"trnm":"REAL","data":7}',
        '3-unknown-type': trade({ 10: '1' }, '9Z'),
        '4-empty-values': trade({}),
        '5-not-a-number': trade({ 10: '+100', 15: '1,000', 851: 'abc' }),
        '6-megabyte': trade({ 10: '+200', 9081: 'x'.repeat(1_000_000) }),
        '7-condition-search': trade({ 841: '4' }, '02'),
        '8-good': trade({ 10: '+300' }),
      }),
    )
    const letters = await rowsOf('dead_letter', session, 4)
    expect(letters.map(row => [row['reason'], row['dataset'], row['stage']])).toEqual([
      ['not_json', '*', 'collector'],
      ['wrong_shape', '*', 'collector'],
      ['unknown_type', '*', 'collector'],
      ['no_values', 'trade', 'collector'],
    ])
    expect(letters[0]!['raw']).toBe('this is not JSON')
    const trades = await rowsOf('trade', session, 3)
    expect(trades.map(row => [row['price'], row['volume'], row['side']])).toEqual([
      [100, null, null],
      [200, null, null],
      [300, null, null],
    ])
    expect(trades[0]!['unreadable']).toBe('15=1,000;851=abc')
    expect(trades[1]!['unreadable']).toMatch(/^9081=x{256}…$/)
    expect((await pipeline.verify()).verdict).toBe('complete')
  })
})

const symbolOf = { etf_nav: '069500', stock_info: '005930', sector_breadth: '001', elw_indicator: '57JBHH' } as const

/** Sends the frames of a folder through the whole pipeline; the session that took them. */
async function capture(folder: string): Promise<string> {
  await pipeline.simulator({ SIMULATOR_FRAMES: folder })
  const collector = await pipeline.collector()
  await pipeline.sink()
  return await eventually(async () => {
    const { session } = (await (await fetch(`${collector.announced.url}/status`)).json()) as { session: string | null }
    expect(session).toBeTypeOf('string')
    return session as string
  })
}

/** The rows of a session in a table, in order, as soon as there are `count` of them. */
async function rowsOf(dataset: string, session: string, count: number) {
  const columns = entityOf(dataset).table.columns.map(({ name }) => name)
  return await eventually(
    async () => {
      const rows = await pipeline.store.query(
        `SELECT ${columns.join(', ')} FROM ${dataset} WHERE session = '${session}' ORDER BY timestamp`,
      )
      expect(rows.length, dataset).toBe(count)
      return rows
    },
    { timeoutMs: 30_000 },
  )
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), 'frames')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.json`), text)
  return folder
}
