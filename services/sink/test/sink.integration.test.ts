import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Message, partitionKey } from '@tickhouse/bus'
import { type DataRecord, entityOf, SessionNormalizer } from '@tickhouse/catalogue'
import { describeWithOwnServers, eventually, frameFixtures, type OwnServers, ownServers } from '@tickhouse/testkit'
import kafkajs from 'kafkajs'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { sinkTopics } from '../src/store/sink-tables.ts'
import { messagesOf, Pipeline, type RunningSink, trades } from './harness.ts'
import { suspendingProxy } from './suspending-proxy.ts'

const slow = { timeoutMs: 60_000 }
const tradeTopic = entityOf('trade').topic.name
/** The datasets whose topics have six partitions. */
const busy = ['trade', 'best_quote', 'order_book', 'expected_trade']

describeWithOwnServers('the sink', () => {
  let servers: OwnServers
  let pipeline: Pipeline

  beforeAll(async () => {
    servers = await ownServers()
    pipeline = new Pipeline(servers.proxied)
  })
  // A test that fails while something is cut off does not take the next ones with it.
  afterEach(() => Promise.all([servers.kafkaProxy.restore(), servers.questdbProxy.restore()]))
  afterAll(async () => {
    pipeline.close()
    await servers.close()
  })

  const complete = (session: string, count: number, dataset = 'trade') =>
    eventually(async () => expect(await pipeline.counts(dataset, session)).toEqual({ rows: count, distinct: count, last: count }), slow)

  /** A sink that does not become ready says why not, and what it logged last. */
  const ready = (sink: RunningSink) =>
    eventually(
      async () => expect(await sink.ready(), sink.stderr().slice(-2_000)).toEqual({ status: 200, text: '{"ok":true,"problems":[]}' }),
      slow,
    )

  const lagOf = async (groupId: string, topics: readonly string[] = [tradeTopic]) => {
    const lags = await pipeline.bus.lag(groupId, topics)
    return lags.reduce((sum, { lag }) => sum + lag, 0)
  }

  test('waits for topics and tables that are not there yet, says so, and goes on when they come', async () => {
    const sink = await pipeline.startSink({ SINK_GROUP: 'early', LOG_LEVEL: 'info' })
    await eventually(() => expect(sink.stderr()).toContain('run `tickhouse tables apply`'), slow)
    expect((await sink.ready()).status).toBe(503)
    await pipeline.apply()
    await ready(sink)
    const session = pipeline.newSession()
    await pipeline.publish(messagesOf('trade', trades(session, 100)))
    await complete(session, 100)
    expect((await sink.stop()).code).toBe(0)
  })

  test('every record of every dataset becomes a row that equals it', async () => {
    const session = pipeline.newSession()
    const produced = recordsOfAllDatasets(session, 40)
    await pipeline.publish(produced.map(({ message }) => message))
    const sink = await pipeline.startSink({ SINK_GROUP: 'equal' })
    for (const [dataset, group] of Map.groupBy(produced, each => each.dataset)) {
      await complete(session, group.length, dataset)
      const rows = await pipeline.rows(dataset, session)
      expect(rows).toEqual(
        group.map(({ record }) => ({ ...rowOf(record), kafka_partition: expect.any(Number), kafka_offset: expect.any(Number) })),
      )
    }
    expect(produced.length).toBeGreaterThan(1_000)
    await eventually(async () => expect((await sink.status()).datasets['trade']!.lag).toBe(0))
    expect((await sink.stop()).code).toBe(0)
  })

  test('a record that cannot be stored goes to the dead letters, once, and the others are stored', async () => {
    const session = pipeline.newSession()
    const good = messagesOf('trade', trades(session, 200))
    const { timestampMs } = good[0]!
    const bad = (value: string): Message => ({ topic: tradeTopic, key: '005930', value, timestampMs })
    const [record] = trades(session, 1, { from: 1_000 })
    const poison = [
      bad('not json'),
      bad(JSON.stringify({ ...record, seq: 1_001, price: 'much' })),
      bad(JSON.stringify({ ...record, seq: 1_002, symbol: '' })),
    ]
    await pipeline.publish([...good.slice(0, 100), ...poison, ...good.slice(100)])
    const first = await pipeline.startSink({ SINK_GROUP: 'poison' })
    await complete(session, 200)
    await eventually(async () => expect((await first.status()).deadLetters).toBeGreaterThanOrEqual(3), slow)
    await first.stop()
    const second = await pipeline.startSink({ SINK_GROUP: 'poison-again' })
    await eventually(async () => expect((await second.status()).deadLetters).toBeGreaterThanOrEqual(3), slow)
    await eventually(async () => {
      const rows = await pipeline.store.query('SELECT reason, session, seq, raw, topic, topic_offset FROM dead_letter ORDER BY raw')
      expect(rows).toMatchObject([
        { reason: 'not_json', raw: 'not json', topic: tradeTopic, topic_offset: expect.any(Number) },
        { reason: 'bad_value', seq: expect.any(Number) },
        { reason: 'bad_value', seq: expect.any(Number) },
      ])
      // What has a session and a seq keeps them, whatever else is wrong.
      expect(rows.filter(row => row['session'] === session).map(row => row['seq'])).toEqual([1_002, 1_001])
    }, slow)
  })

  test('a sink that is killed in full flow leaves nothing out and nothing twice', async () => {
    const session = pipeline.newSession()
    const count = 60_000
    const groupId = 'killed'
    const messages = messagesOf('trade', trades(session, count))
    const publishing = (async () => {
      for (let from = 0; from < count; from += 2_000) await pipeline.publish(messages.slice(from, from + 2_000))
    })()
    for (const share of [0.2, 0.5]) {
      const sink = await pipeline.startSink({ SINK_GROUP: groupId, SINK_MAX_BYTES_PER_PARTITION: '65536' })
      await eventually(async () => expect((await pipeline.counts('trade', session)).rows).toBeGreaterThan(share * count), slow)
      sink.kill('SIGKILL')
      await sink.exited
    }
    await publishing
    const last = await pipeline.startSink({ SINK_GROUP: groupId })
    await complete(session, count)
    expect((await last.stop()).code).toBe(0)
    expect(await lagOf(groupId)).toBe(0)
  })

  test('a table that holds less than what was committed is filled again', async () => {
    const session = pipeline.newSession()
    const groupId = 'behind'
    await pipeline.publish(messagesOf('trade', trades(session, 3_000)))
    const first = await pipeline.startSink({ SINK_GROUP: groupId })
    await complete(session, 3_000)
    await first.stop()
    expect(await lagOf(groupId)).toBe(0)
    await pipeline.store.query('TRUNCATE TABLE trade')
    const second = await pipeline.startSink({ SINK_GROUP: groupId, LOG_LEVEL: 'warn' })
    await complete(session, 3_000)
    expect(second.stderr()).toContain('The table is behind what was committed')
    await second.stop()
    const third = await pipeline.startSink({ SINK_GROUP: groupId, LOG_LEVEL: 'warn' })
    await ready(third)
    expect(third.stderr()).not.toContain('behind')
  })

  test('two sinks share the datasets, each dataset as a whole, and each row is there once', async () => {
    const groupId = 'shared'
    const sinks = await Promise.all([1, 2].map(() => pipeline.startSink({ SINK_GROUP: groupId, LOG_LEVEL: 'info' })))
    for (const sink of sinks) await ready(sink)
    const storedIn = () => Promise.all(sinks.map(async sink => (await sink.status()).datasets))
    const lags = async () => (await storedIn()).flatMap(datasets => busy.flatMap(dataset => datasets[dataset]!.lag ?? []))
    await eventually(async () => expect(await lags()).toEqual([0, 0, 0, 0]), slow)
    const before = await storedIn()
    const session = pipeline.newSession()
    for (const dataset of busy) await pipeline.publish(messagesOf(dataset, trades(session, 2_000).map(headerOf)))
    for (const dataset of busy) await complete(session, 2_000, dataset)
    // Rows can be queried a moment before the sink hears that they are stored.
    await eventually(async () => {
      const after = await storedIn()
      const shares = sinks.map((_, sink) => busy.map(dataset => after[sink]![dataset]!.stored - before[sink]![dataset]!.stored))
      for (const [index, dataset] of busy.entries()) expect(shares.map(share => share[index]!).sort(), dataset).toEqual([0, 2_000])
      // Which ones a sink has depends on what it had read before the other came.
      for (const datasets of after) expect(Object.values(datasets).filter(({ lag }) => lag !== null).length).toBeGreaterThan(0)
    }, slow)
    await sinks[0]!.stop()
    const next = pipeline.newSession()
    for (const dataset of busy) await pipeline.publish(messagesOf(dataset, trades(next, 500).map(headerOf)))
    for (const dataset of busy) await complete(next, 500, dataset)
  })

  test('a QuestDB that is away is waited for, and nothing is committed or lost meanwhile', async () => {
    const groupId = 'questdb-away'
    await servers.questdbProxy.cut()
    const sink = await pipeline.startSink({ SINK_GROUP: groupId, LOG_LEVEL: 'warn' })
    await eventually(() => expect(sink.stderr()).toContain('QuestDB does not answer, waiting for it'), slow)
    await servers.questdbProxy.restore()
    await ready(sink)
    // Dead letters of older records too: rows of theirs would wait first.
    await eventually(async () => expect(await lagOf(groupId, sinkTopics)).toBe(0), slow)
    const session = pipeline.newSession()
    await servers.questdbProxy.cut()
    await pipeline.publish(messagesOf('trade', trades(session, 500)))
    await eventually(
      async () => expect(await sink.ready()).toMatchObject({ status: 503, text: expect.stringContaining('rows wait for QuestDB: trade') }),
      slow,
    )
    expect(await lagOf(groupId)).toBe(500)
    // Each fetch tells how far Kafka had come by then, and the rows may have come in several.
    await eventually(async () => {
      const { lag, lagMs } = (await sink.status()).datasets['trade']!
      expect([lag, lagMs! > 0]).toEqual([500, true])
    }, slow)
    await servers.questdbProxy.restore()
    await complete(session, 500)
    await eventually(async () => expect(await lagOf(groupId)).toBe(0), slow)
    expect((await sink.status()).datasets['trade']).toMatchObject({ lag: 0, lagMs: 0 })
  })

  test('a Kafka that is cut off is waited for', async () => {
    const sink = await pipeline.startSink({ SINK_GROUP: 'kafka-away', LOG_LEVEL: 'warn' })
    await ready(sink)
    await servers.kafkaProxy.cut()
    await eventually(() => expect(sink.stderr()).toContain('trying again'), slow)
    await servers.kafkaProxy.restore()
    const session = pipeline.newSession()
    await pipeline.publish(messagesOf('trade', trades(session, 500)))
    await complete(session, 500)
  })

  test('a sink stops within seconds even while Kafka does not answer', async () => {
    const sink = await pipeline.startSink({ SINK_GROUP: 'kafka-silent' })
    await ready(sink)
    servers.kafkaProxy.stall()
    const startedAt = performance.now()
    expect((await sink.stop()).code).toBe(0)
    // What is under way has 10 s, then closing has a moment.
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    await servers.kafkaProxy.restore()
  })

  test('nothing is committed for a suspended table, which is alarmed, until it is resumed', async () => {
    const groupId = 'suspended'
    const { configurationString, suspended } = await suspendingProxy(servers.questdb.httpUrl)
    const sink = await pipeline.startSink({ SINK_GROUP: groupId, QDB_CLIENT_CONF: configurationString, LOG_LEVEL: 'info' })
    await ready(sink)
    await eventually(async () => expect(await lagOf(groupId)).toBe(0), slow)
    suspended.add('trade')
    await eventually(async () => expect((await sink.status()).suspended).toEqual(['trade']), slow)
    expect((await sink.ready()).text).toContain('table trade is suspended')
    expect(sink.stderr()).toContain('ALTER TABLE trade RESUME WAL')
    const session = pipeline.newSession()
    await pipeline.publish(messagesOf('trade', trades(session, 300)))
    await complete(session, 300)
    await eventually(async () => expect((await sink.status()).datasets['trade']).toMatchObject({ lag: 0 }), slow)
    expect(await lagOf(groupId)).toBe(300)
    suspended.clear()
    await eventually(async () => expect(await lagOf(groupId)).toBe(0), slow)
    expect((await sink.status()).suspended).toEqual([])
  })

  test('records that have expired before they were read are a gap, not a silence', async () => {
    const groupId = 'expired'
    const first = await pipeline.startSink({ SINK_GROUP: groupId })
    await ready(first)
    const session = pipeline.newSession()
    await pipeline.publish(messagesOf('trade', trades(session, 100)))
    await complete(session, 100)
    await first.stop()
    const before = new Map((await pipeline.bus.endOffsets([tradeTopic])).map(end => [partitionKey(end), end.offset]))
    await pipeline.publish(messagesOf('trade', trades(session, 900, { from: 101 })))
    await pipeline.expireAll(tradeTopic)
    const second = await pipeline.startSink({ SINK_GROUP: groupId, LOG_LEVEL: 'error' })
    await eventually(async () => {
      const gaps = await pipeline.store.query(
        `SELECT session, seq, reason, missing, from_time FROM feed_gap WHERE session LIKE '${tradeTopic}/%'`,
      )
      expect(gaps.reduce((sum, { missing }) => sum + Number(missing), 0)).toBe(900)
      for (const gap of gaps)
        expect(gap).toMatchObject({ seq: before.get(String(gap['session'])), reason: 'records_expired', from_time: expect.any(Number) })
    }, slow)
    expect(second.stderr()).toContain('Records can no longer be read')
  })

  test('a topic that is missing is named and holds its own dataset only, and is taken in when it is made', async () => {
    const topic = entityOf('etf_nav').topic.name
    await pipeline.asAdmin(admin => admin.deleteTopics({ topics: [topic] }))
    const sink = await pipeline.startSink({ SINK_GROUP: 'topic-missing', LOG_LEVEL: 'info' })
    const session = pipeline.newSession()
    await pipeline.publish(messagesOf('trade', trades(session, 300)))
    await complete(session, 300)
    await eventually(async () => expect((await sink.status()).held).toMatchObject([{ dataset: 'etf_nav', reason: 'topic_missing' }]), slow)
    expect(await sink.ready()).toMatchObject({ status: 503, text: expect.stringMatching(/etf_nav is held: .*`tickhouse topics apply`/) })
    expect(sink.stderr()).toContain(topic)
    await pipeline.apply()
    await ready(sink)
    await pipeline.publish(messagesOf('etf_nav', [record(session)]))
    await complete(session, 1, 'etf_nav')
  })

  test('a table that is missing, at the start or later, holds its own dataset only, and is filled again from Kafka', async () => {
    const session = pipeline.newSession()
    const sink = await pipeline.startSink({ SINK_GROUP: 'table-missing' })
    await pipeline.publish([...messagesOf('trade', trades(session, 300)), ...messagesOf('etf_nav', [record(session)])])
    await complete(session, 300)
    await complete(session, 1, 'etf_nav')
    await pipeline.store.query('DROP TABLE trade')
    await pipeline.publish([...messagesOf('trade', trades(session, 200, { from: 301 })), ...messagesOf('etf_nav', [record(session, 2)])])
    await eventually(async () => expect((await sink.ready()).text).toContain('trade is held'), slow)
    await complete(session, 2, 'etf_nav')
    const second = await pipeline.startSink({ SINK_GROUP: 'table-missing-at-start', LOG_LEVEL: 'info' })
    await eventually(async () => expect((await second.status()).held).toMatchObject([{ dataset: 'trade', reason: 'table_differs' }]), slow)
    expect(second.stderr()).toContain('run `tickhouse tables apply`')
    await pipeline.apply()
    await complete(session, 500)
    for (const each of [sink, second]) await ready(each)
  })

  test('a topic is stored whatever codec its broker packs it with, and however often that changes', async () => {
    const sink = await pipeline.startSink({ SINK_GROUP: 'packed' })
    const session = pipeline.newSession()
    const codecs = ['zstd', 'lz4', 'snappy', 'gzip', 'producer']
    for (const [index, value] of codecs.entries()) {
      const configEntries = Object.entries({ ...entityOf('trade').topic.config, 'compression.type': value }).map(([name, set]) => ({
        name,
        value: set,
      }))
      const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: tradeTopic, configEntries }]
      await pipeline.asAdmin(admin => admin.alterConfigs({ validateOnly: false, resources }))
      await pipeline.publish(messagesOf('trade', trades(session, 400, { from: index * 400 + 1 })))
    }
    await complete(session, codecs.length * 400)
    await ready(sink)
  })

  test('a record batch that cannot be read is named and holds its own dataset only, until it is gone, which is a gap', async () => {
    const topic = entityOf('etf_nav').topic.name
    const sink = await pipeline.startSink({ SINK_GROUP: 'unreadable', LOG_LEVEL: 'info' })
    await ready(sink)
    await pipeline.publishBomb(topic)
    await eventually(async () => expect((await sink.status()).held).toMatchObject([{ dataset: 'etf_nav', reason: 'unreadable' }]), slow)
    expect((await sink.ready()).text).toMatch(/etf_nav is held: The record batch at offset \d+ of .*\/0 cannot be read: gzip: larger than/)
    expect(sink.stderr().match(/A topic or partition cannot be read/g)).toHaveLength(1)
    const metrics = await (await fetch(`${sink.announced.url}/metrics`)).text()
    expect(metrics).toMatch(/tickhouse_sink_held_datasets\{[^}]*dataset="etf_nav",reason="unreadable"[^}]*\} 1/)
    const session = pipeline.newSession()
    await pipeline.publish(messagesOf('trade', trades(session, 300)))
    await complete(session, 300)
    await pipeline.expireAll(topic)
    await ready(sink)
    await eventually(async () => {
      const gaps = await pipeline.store.query(`SELECT missing FROM feed_gap WHERE session = '${topic}/0' AND reason = 'records_expired'`)
      expect(gaps).toMatchObject([{ missing: 1 }])
    }, slow)
  })

  test('a sink that may not write stops with its reason', async () => {
    const server = createServer((_, response) => response.writeHead(403).end('{"error":"Forbidden"}')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const refusing = `http::addr=127.0.0.1:${(server.address() as AddressInfo).port};`
    const sink = await pipeline.startSink({ SINK_GROUP: 'refused', QDB_CLIENT_CONF: refusing })
    const { code, stderr } = await sink.exited
    expect(code).toBe(1)
    expect(stderr).toContain('QuestDB refuses')
  })
})

/** What every record of every dataset has. */
function headerOf({ timestamp, symbol, venue, session, seq }: DataRecord): DataRecord {
  return { timestamp, symbol, venue, session, seq }
}

/** A record of an ETF with a header and nothing else. */
function record(session: string, seq = 1): DataRecord {
  return { timestamp: Date.now() * 1_000, symbol: '069500', venue: 'KRX', session, seq }
}

/** Records of all nineteen types and of the feed itself, from frames of the venue, several times over. */
function recordsOfAllDatasets(session: string, times: number) {
  const openedAtUs = Date.now() * 1_000
  const normalizer = new SessionNormalizer({ session, openedAtUs, environment: 'simulator', collector: 'test' })
  const frames = frameFixtures().map(({ text }) => text)
  const produced = Array.from({ length: times }).flatMap((_, round) =>
    frames.flatMap((text, index) =>
      normalizer.entry({ kind: 'frame', timeUs: openedAtUs + (round * frames.length + index) * 1_000, text }),
    ),
  )
  return produced.map(({ dataset, symbol, timestamp, json }) => {
    const message: Message = { topic: entityOf(dataset).topic.name, key: symbol, value: json, timestampMs: Math.floor(timestamp / 1_000) }
    return { dataset, message, record: JSON.parse(json) as Record<string, unknown> }
  })
}

/** A record as its row shows it: what could not be read becomes one text. */
function rowOf({ unreadable, type_list: _types, symbol_list: _symbols, ...record }: Record<string, unknown>): Record<string, unknown> {
  if (unreadable === undefined) return record
  const texts = Object.entries(unreadable as Record<string, string>).map(([fid, raw]) => `${fid}=${raw}`)
  return { ...record, unreadable: texts.join(';') }
}
