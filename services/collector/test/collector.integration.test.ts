import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bus } from '@tickhouse/bus'
import { readJournal } from '@tickhouse/journal'
import { childService, describeWithOwnServers, eventually, type OwnServers, ownServers, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { contentScript, loginRefusal, ScriptedVenue, tradeFrame, type VenueScript } from './scripted-venue.ts'
import { applyTopics, busAt, holesAndDoubles, recordsOf } from './topics.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const slow = { timeoutMs: 60_000 }

describeWithOwnServers('the collector', () => {
  let servers: OwnServers
  let bus: Bus

  beforeAll(async () => {
    servers = await ownServers()
    bus = busAt(servers.proxied.brokers)
  })
  afterAll(() => servers.close())

  /** A venue and a folder for one test's collectors. */
  async function setUp(script: Partial<VenueScript> = {}) {
    const venue = await ScriptedVenue.open(script)
    onTestFinished(() => venue.close())
    const directory = join(temporaryFolder(), 'journal')
    mkdirSync(directory)
    const env = {
      KIWOOM_ENV: 'simulator',
      KIWOOM_REST_URL: venue.restUrl,
      KIWOOM_WS_URL: venue.webSocketUrl,
      KIWOOM_TYPES: 'trade',
      KIWOOM_SYMBOLS: '005930,000660,035720',
      KIWOOM_RECONNECT_MAX: '50ms',
      KAFKA_BROKERS: servers.proxied.brokers,
      JOURNAL_DIR: directory,
    }
    const startedAtMs = Date.now()
    const start = async (more: Record<string, string> = {}) => {
      const collector = await childService<{ url: string }>(main, { ...env, ...more })
      onTestFinished(() => collector.close())
      const get = async (path: string) => {
        const response = await fetch(`${collector.announced.url}${path}`)
        return { status: response.status, body: await response.text() }
      }
      return { ...collector, get, status: async () => JSON.parse((await get('/status')).body) }
    }
    const records = async () => recordsOf(bus, await sessionsIn(directory), startedAtMs - 1_000)
    return { venue, directory, start, records }
  }

  type Started = Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['start']>>

  const live = (collector: Started) => eventually(async () => expect(await collector.status()).toMatchObject({ state: 'live' }), slow)
  const published = (collector: Started, count: number) =>
    eventually(async () => expect((await collector.status()).datasets.trade?.published).toBe(count), slow)

  test('captures while Kafka is away and topics are missing, says so, and publishes when they come', async () => {
    await servers.kafkaProxy.cut()
    const { venue, start, records } = await setUp()
    const collector = await start()
    await live(collector)
    for (let number = 1; number <= 50; number++) venue.connection.send(tradeFrame(number))
    await eventually(() => expect(collector.stderr()).toContain('Kafka does not answer, trying again'), slow)
    expect(JSON.parse((await collector.get('/ready')).body).problems).toMatchObject([{ component: 'publishing' }])
    await servers.kafkaProxy.restore()
    await eventually(() => expect(collector.stderr()).toContain('Missing topics'), slow)
    await applyTopics(bus)
    await published(collector, 50)
    expect((await collector.get('/ready')).status).toBe(200)
    expect((await collector.stop()).code).toBe(0)
    const found = await records()
    expect(found.filter(({ dataset }) => dataset === 'trade')).toHaveLength(50)
    expect(holesAndDoubles(found)).toEqual([])
  })

  test('gets a new token when the venue refuses the one it has', async () => {
    const { venue, start } = await setUp({
      message: (connection, message) => {
        if (message['token'] === 'token-1') connection.send(loginRefusal(8005))
        else contentScript.message(connection, message)
      },
    })
    const collector = await start()
    await live(collector)
    expect(venue.tokenRequests).toBe(2)
    expect(collector.stderr()).not.toContain('token-1')
  })

  test('ends with 1 and the reason when the keys are wrong', async () => {
    const { start } = await setUp({
      token: () => ({ return_code: 3, return_msg: '인증에 실패했습니다[8001:App Key와 Secret Key 검증에 실패했습니다]' }),
    })
    const collector = await start()
    const { code, stderr } = await collector.exited
    expect(code).toBe(1)
    expect(stderr).toContain('check KIWOOM_APP_KEY and KIWOOM_SECRET_KEY')
  })

  test('ends with 2 and all problems at once when the configuration is wrong', async () => {
    const { start } = await setUp()
    const failure = await start({ KIWOOM_ENV: 'prod', KIWOOM_SECRET_KEY_FILE: '/nowhere', JOURNAL_FSYNC_MS: 'x' }).catch(
      (error: Error) => error.message,
    )
    expect(failure).toContain('ended with 2')
    for (const expected of [
      'KIWOOM_ENV: expected one of simulator, mock, production, was "prod"',
      'KIWOOM_APP_KEY',
      'KIWOOM_SECRET_KEY_FILE',
      'JOURNAL_FSYNC_MS',
    ])
      expect(failure).toContain(expected)
  })

  test('ends with 2 and the list when the venue has no room for all items', async () => {
    const { start } = await setUp()
    const symbols = Array.from({ length: 201 }, (_, index) => String(100_000 + index)).join(',')
    await expect(start({ KIWOOM_SYMBOLS: symbols })).rejects.toThrowError(/ended with 2[\s\S]*100200 \(connection full\)/)
  })

  test('publishes a frame of 1 MB, and garbage as dead letters, and goes on', async () => {
    const { venue, start, records } = await setUp()
    const collector = await start()
    await live(collector)
    venue.connection.send(tradeFrame(1).replace('체결', '체결'.repeat(170_000)))
    venue.connection.send('{"data":[{"values":{"10":"+61')
    venue.connection.send(Buffer.from([0xff, 0xfe, 0xfd]))
    venue.connection.send(tradeFrame(2))
    await published(collector, 2)
    expect(await collector.status()).toMatchObject({ deadLetters: 2, reconnects: 0 })
    await collector.stop()
    const letters = (await records()).filter(({ dataset }) => dataset === 'dead_letter').map(({ record }) => record)
    expect(letters.map(letter => letter['reason'])).toEqual(['not_json', 'not_json'])
  })

  test('finds what the venue left out, and tells how the feed is', async () => {
    const { venue, start, records } = await setUp()
    const collector = await start()
    await live(collector)
    venue.connection.send('{"trnm":"PING"}')
    venue.connection.send(tradeFrame(100))
    venue.connection.send(tradeFrame(108))
    await published(collector, 2)
    expect(await collector.status()).toMatchObject({
      gaps: 1,
      feed: { state: 'flowing', pingAgeMs: expect.any(Number), dataAgeMs: expect.any(Number), stale: [] },
    })
    const { body } = await collector.get('/metrics')
    const metric = (name: string) => Number(new RegExp(`^tickhouse_collector_${name}[^ ]* (.+)$`, 'm').exec(body)?.[1])
    expect([metric('gaps_total{reason="volume_missing"'), metric('missing_shares_total'), metric('stale_datasets')]).toEqual([1, 7, 0])
    expect(metric('ping_age_seconds')).toBeGreaterThanOrEqual(metric('data_age_seconds'))
    expect(metric('data_age_seconds')).toBeGreaterThan(0)
    await collector.stop()
    const gaps = (await records()).filter(({ dataset }) => dataset === 'feed_gap').map(({ record }) => record)
    expect(gaps).toMatchObject([{ reason: 'volume_missing', types: '0B', symbols: '005930', missing: 7 }])
  })

  test('takes a closed connection for a new session, with the gap between them', async () => {
    const { venue, start, records } = await setUp()
    const collector = await start()
    await live(collector)
    venue.connection.send(tradeFrame(1))
    await published(collector, 1)
    venue.connection.terminate()
    await eventually(() => expect(venue.connections).toHaveLength(2))
    await live(collector)
    venue.connection.send(tradeFrame(2))
    await published(collector, 2)
    await collector.stop()
    const found = await records()
    expect(holesAndDoubles(found)).toEqual([])
    const events = found.filter(({ dataset }) => dataset === 'feed_session').map(({ record }) => [record['event'], record['reason']])
    expect(events).toEqual([
      ['open', undefined],
      ['close', 'disconnected'],
      ['open', undefined],
      ['close', 'stopped'],
    ])
    const gaps = found.filter(({ dataset }) => dataset === 'feed_gap')
    expect(gaps.map(({ record }) => record['reason'])).toEqual(['disconnected'])
  })

  test('killed again and again in full flow, the topics hold every record of every session once and without holes', async () => {
    const { venue, start, records, directory } = await setUp()
    let number = 0
    const flow = setInterval(() => {
      const connection = venue.connections.at(-1)
      if (connection?.isOpen)
        for (let count = 0; count < 20; count++)
          connection.send(tradeFrame(Math.ceil(++number / 3), ['005930', '000660', '035720'][number % 3]))
    }, 5)
    onTestFinished(() => clearInterval(flow))
    for (let life = 0; life < 4; life++) {
      const collector = await start()
      await eventually(async () => expect((await collector.status()).datasets.trade?.published).toBeGreaterThan(500), slow)
      collector.kill('SIGKILL')
      await collector.exited
    }
    const last = await start()
    await live(last)
    clearInterval(flow)
    await eventually(async () => expect((await last.status()).journal.lagRecords).toBe(0), slow)
    expect((await last.stop()).code).toBe(0)

    const found = await records()
    expect(holesAndDoubles(found)).toEqual([])
    const trades = found.filter(({ dataset }) => dataset === 'trade')
    expect(trades).toHaveLength(await framesIn(directory))
    expect(trades.length).toBeGreaterThan(2_000)
    const closes = found.filter(({ record }) => record['event'] === 'close').map(({ record }) => record['reason'])
    expect(closes).toEqual(['crashed', 'crashed', 'crashed', 'crashed', 'stopped'])
    const gaps = found.filter(({ dataset }) => dataset === 'feed_gap').map(({ record }) => record['reason'])
    expect(gaps).toEqual(Array.from({ length: 4 }, () => 'crashed'))
  })

  test('loses nothing when Kafka is cut off in full flow', async () => {
    const { venue, start, records } = await setUp()
    const collector = await start()
    await live(collector)
    let number = 0
    const flow = setInterval(() => venue.connection.send(tradeFrame(++number)), 1)
    onTestFinished(() => clearInterval(flow))
    await eventually(async () => expect((await collector.status()).datasets.trade?.published).toBeGreaterThan(100), slow)
    await servers.kafkaProxy.cut()
    const before = number
    await eventually(() => expect(number).toBeGreaterThan(before + 200), slow)
    await servers.kafkaProxy.restore()
    clearInterval(flow)
    await published(collector, number)
    await collector.stop()
    const found = await records()
    expect(holesAndDoubles(found)).toEqual([])
    expect(found.filter(({ dataset }) => dataset === 'trade')).toHaveLength(number)
    expect(found.filter(({ dataset }) => dataset === 'feed_gap')).toEqual([])
  })
})

async function sessionsIn(directory: string): Promise<Set<string>> {
  const sessions = new Set<string>()
  for await (const { header } of readJournal(directory)) sessions.add(header.session)
  return sessions
}

async function framesIn(directory: string): Promise<number> {
  let frames = 0
  for await (const { entries } of readJournal(directory)) frames += entries.filter(({ kind }) => kind === 'frame').length
  return frames
}
