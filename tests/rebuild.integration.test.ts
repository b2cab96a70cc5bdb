import type { RebuildReport } from '@tickhouse/audit'
import { type DataRecord, entityOf, type Produced } from '@tickhouse/catalogue'
import { describeWithServers, eventually, frameFixtures, framesFolder, servers } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { afterEach, expect, it } from 'vitest'
import { tickhouse, withoutProgress } from './command.ts'
import { Pipeline } from './pipeline.ts'
import { frameOf, recordSession } from './recorded-session.ts'

let pipeline: Pipeline
afterEach(() => pipeline.close())

describeWithServers('tickhouse rebuild', () => {
  it('fills a table again whose rows were dropped, exactly as they were, and verify is complete', async () => {
    pipeline = await Pipeline.open(servers())
    const session = await captured()
    for (const dataset of ['trade', 'order_book', 'feed_session']) {
      const before = await rowsOf(dataset, session)
      expect(before.length).toBeGreaterThan(0)
      await pipeline.store.query(`TRUNCATE TABLE ${dataset}`)
      const looked = await rebuild(dataset, session, '--dry-run')
      expect(looked).toMatchObject({ code: 1, verdict: 'incomplete', written: 0, after: null })
      expect(looked.before).toMatchObject({ rows: 0, missing: before.length, in_topic: before.length })
      expect(await rowsOf(dataset, session)).toEqual([])
      const done = await rebuild(dataset, session)
      expect(done).toMatchObject({ code: 0, verdict: 'complete', published: 0, written: before.length })
      expect(await rowsOf(dataset, session)).toEqual(before)
    }
    expect((await pipeline.verify(0)).verdict).toBe('complete')
    expect(await rebuild('trade', session)).toMatchObject({ code: 0, verdict: 'complete', after: null, written: 0 })
  })

  it('finds a row that someone altered, names its column, and mends it', async () => {
    pipeline = await Pipeline.open(servers())
    const session = await captured()
    const before = await rowsOf('order_book', session)
    await pipeline.store.query(`UPDATE order_book SET best_ask = 1, bids = null WHERE session = '${session}' AND seq = 2`)
    await pipeline.store.waitUntilApplied('order_book')
    const looked = await rebuild('order_book', session, '--dry-run')
    expect(looked).toMatchObject({ code: 1, verdict: 'incomplete', before: { different: 1, same: before.length - 1, missing: 0 } })
    expect(looked.before.differences.map(({ seq, column, found }) => [seq, column, found])).toEqual([
      [2, 'best_ask', 1],
      [2, 'bids', null],
    ])
    expect(await tickhouse(servers(), pipeline.journal, words('order_book', session, '--dry-run')).end).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('seq 2 best_ask: found 1, expected'),
    })
    expect(await rebuild('order_book', session)).toMatchObject({ code: 0, verdict: 'complete', written: 1, published: 0 })
    expect(await rowsOf('order_book', session)).toEqual(before)
  })

  it('publishes what stands in no topic, once, also when it is killed in the middle and a sink stores at the same time', async () => {
    pipeline = await Pipeline.open(servers())
    const frames = Array.from({ length: 30_000 }, (_, index) =>
      frameOf('0B', String(5930 + (index % 40)).padStart(6, '0'), { 10: '+100', 13: `${index}` }),
    )
    const { session, records } = await recordSession(pipeline.journal, frames)
    await pipeline.sink()
    const killed = tickhouse(servers(), pipeline.journal, words('trade', session))
    await eventually(async () => expect(await inTopic('trade', session)).not.toEqual([]), { timeoutMs: 60_000, intervalMs: 1 })
    killed.child.kill('SIGKILL')
    await killed.end
    expect(await rebuild('trade', session)).toMatchObject({ code: 0, verdict: 'complete', refused: [] })
    const seqs = (await inTopic('trade', session)).map(({ seq }) => seq).sort((a, b) => a - b)
    expect(seqs).toEqual(recordsOf('trade', records).map(({ seq }) => seq))
    expect(await pipeline.store.sessionCounts('trade')).toContainEqual(
      expect.objectContaining({ session, rows: 30_000, distinct: 30_000, lastSeq: 30_000 }),
    )
    expect(await rebuild('trade', session)).toMatchObject({ code: 0, after: null, published: 0, written: 0 })
  })

  it('publishes and stores again what neither Kafka nor the table holds any more', async () => {
    pipeline = await Pipeline.open(servers())
    const session = await captured()
    await expireAll('gold_price')
    await pipeline.store.query('TRUNCATE TABLE gold_price')
    const { before, ...done } = await rebuild('gold_price', session)
    expect(before).toMatchObject({ in_topic: 0, missing: before.records })
    expect(done).toMatchObject({ code: 0, verdict: 'complete', published: before.records, written: before.records })
    expect((await inTopic('gold_price', session)).length).toBe(before.records)
    expect((await pipeline.verify(0)).verdict).toBe('complete')
  })

  it('a dataset that was unknown when it was captured gets its whole topic and table', async () => {
    pipeline = await Pipeline.open(servers())
    const gold = frameFixtures()
      .filter(({ rows }) => rows[0]?.dataset === 'gold_price')
      .map(({ text }) => text)
    const { session, records } = await recordSession(pipeline.journal, [...gold, frameOf('0B', '005930', { 10: '+100' }), ...gold])
    expect(await rebuild('gold_price', session, '--dry-run')).toMatchObject({
      code: 1,
      before: { rows: 0, in_topic: 0, missing: 2 * gold.length },
    })
    expect(await rebuild('gold_price', session)).toMatchObject({ code: 0, published: 2 * gold.length })
    const expected = recordsOf('gold_price', records).map(({ json }) => JSON.parse(json))
    expect(await inTopic('gold_price', session)).toEqual(expected)
    expect((await rowsOf('gold_price', session)).map(({ seq, timestamp }) => [seq, timestamp])).toEqual(
      expected.map(({ seq, timestamp }) => [seq, timestamp]),
    )
  })

  it('leaves what the collector has not published to the collector', async () => {
    pipeline = await Pipeline.open(servers())
    const frames = [frameOf('0B', '005930', { 10: '+100' }), frameOf('0B', '005930', { 10: '+101' })]
    const { session } = await recordSession(pipeline.journal, frames, { closed: false, published: false })
    const done = await rebuild('trade', session)
    expect(done).toMatchObject({ code: 0, verdict: 'complete', open: true, published: 0, before: { unpublished: 2, missing: 0 } })
    expect(await inTopic('trade', session)).toEqual([])
  })

  it('leaves a row alone that stands under another key, and rows that are none of the journal, and says what to do', async () => {
    pipeline = await Pipeline.open(servers())
    const { session, records } = await recordSession(pipeline.journal, [
      frameOf('0B', '005930', { 10: '+100' }),
      frameOf('0B', '000660', { 10: '+200' }),
    ])
    const [first] = recordsOf('trade', records)
    const insert = (symbol: string, seq: number) =>
      pipeline.store.query(
        `INSERT INTO trade(timestamp, symbol, venue, session, seq, kafka_partition, kafka_offset)
         VALUES (cast(${first!.timestamp + seq - 1} AS TIMESTAMP), '${symbol}', 'KRX', '${session}', ${seq}, 0, 0)`,
      )
    await insert('A05930', 1)
    await insert('000660', 42)
    const { code, stdout } = await tickhouse(servers(), pipeline.journal, words('trade', session)).end
    expect(code).toBe(1)
    expect(stdout).toMatch(/^seq 1 stands under another key and was left: found .* A05930 KRX, expected .* 005930 KRX$/m)
    expect(stdout).toMatch(/^not from the journal: seq 42, .* 000660 KRX$/m)
    expect(stdout).toMatch(/^1 rows written, 1 records published first$/m)
    expect((await rowsOf('trade', session)).map(({ seq }) => seq)).toEqual([1, 42, 2])
    const partition = /DROP PARTITION LIST ('[^']+')/.exec(stdout)![1]
    await pipeline.store.query(`ALTER TABLE trade DROP PARTITION LIST ${partition}`)
    expect(await rebuild('trade', session)).toMatchObject({ code: 0, published: 1, written: 2 })
    expect((await rowsOf('trade', session)).map(({ seq }) => seq)).toEqual(recordsOf('trade', records).map(({ seq }) => seq))
  })

  it('refuses a dataset and a session that do not exist, and lists those that do', async () => {
    pipeline = await Pipeline.open(servers())
    const { session } = await recordSession(pipeline.journal, [])
    const end = (...given: string[]) => tickhouse(servers(), pipeline.journal, ['rebuild', ...given]).end
    expect(await end('--dataset', 'trades', '--session', session)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('known are order_execution'),
    })
    expect(await end('--dataset', 'trade', '--session', 'nope')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`  ${session}  opened 20`),
    })
    expect(await end('--dataset', 'trade')).toMatchObject({ code: 2 })
  })
})

function words(dataset: string, session: string, ...more: string[]): string[] {
  return ['rebuild', '--dataset', dataset, '--session', session, ...more]
}

async function rebuild(dataset: string, session: string, ...more: string[]): Promise<RebuildReport & { code: number | null }> {
  const { code, stdout, stderr } = await tickhouse(servers(), pipeline.journal, words(dataset, session, '--format', 'json', ...more)).end
  expect(withoutProgress(stderr)).toBe('')
  return { code, ...(JSON.parse(stdout) as RebuildReport) }
}

/** Takes every frame of the fixtures through the whole pipeline, stops it, and names the session. */
async function captured(): Promise<string> {
  await pipeline.simulator({ SIMULATOR_FRAMES: framesFolder })
  const collector = await pipeline.collector()
  const sink = await pipeline.sink()
  const session = await eventually(async () => {
    const status = (await (await fetch(`${collector.announced.url}/status`)).json()) as { session: string | null }
    expect(status.session).toBeTypeOf('string')
    return status.session as string
  })
  const expected = frameFixtures()
    .flatMap(({ rows }) => rows)
    .filter(({ dataset }) => dataset === 'volatility_interruption').length
  await eventually(async () => expect((await rowsOf('volatility_interruption', session)).length).toBe(expected), { timeoutMs: 60_000 })
  await collector.stop()
  expect((await pipeline.verify()).verdict).toBe('complete')
  await sink.stop()
  return session
}

async function rowsOf(dataset: string, session: string) {
  await pipeline.store.waitUntilApplied(dataset)
  return await pipeline.store.query(`SELECT * FROM ${dataset} WHERE session = '${session}' ORDER BY timestamp`)
}

/** The records of a session in a topic, in the order of their partitions. */
async function inTopic(dataset: string, session: string): Promise<DataRecord[]> {
  const records: DataRecord[] = []
  await pipeline.bus().readSince([entityOf(dataset).topic.name], Date.now() - 600_000, ({ value }) => {
    const record = JSON.parse(String(value)) as DataRecord
    if (record.session === session) records.push(record)
  })
  return records
}

function recordsOf(dataset: string, records: readonly Produced[]): Produced[] {
  return records.filter(record => record.dataset === dataset)
}

/** Lets everything that a topic holds expire now. */
async function expireAll(dataset: string): Promise<void> {
  const topic = entityOf(dataset).topic.name
  const admin = new kafkajs.Kafka({ brokers: servers().brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, offset }) => ({ partition, offset })) })
  await admin.disconnect()
}
