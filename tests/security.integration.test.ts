import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { entities, entityOf } from '@tickhouse/catalogue'
import { simulatorCredentials } from '@tickhouse/kiwoom'
import { openReader } from '@tickhouse/records'
import { createLogger } from '@tickhouse/runtime'
import type { QuestdbServer } from '@tickhouse/stack'
import { openStore, type Store } from '@tickhouse/store'
import { describeWithLocalServers, eventually, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type SecureKafka, startSecureKafka } from './secure-kafka.ts'
import {
  answersOf,
  busAs,
  command,
  inFiles,
  runService,
  type Secured,
  startLockedQuestdb,
  textsBelow,
  textsInTables,
  textsInTopics,
} from './secured.ts'

const slow = { timeoutMs: 60_000 }
const account = '5012345678'
const order = '0119433987'
const tradeTopic = entityOf('trade').topic.name
const accountTopics = ['order_execution', 'balance'].map(name => entityOf(name).topic.name)
const execution = realFrame('00', { '9201': account, '9203': order, '9001': 'A005930', '913': '접수', '900': '7', '901': '70000' })
const balance = realFrame('04', { '9201': account, '9001': 'A005930', '930': '7119433', '931': '70000', '917': '00' })
const garbage = [`account ${account}`, execution.slice(0, -30), `{"9201":"${account}`, account, `{"trnm":"NOTE","return_msg":"${account}"}`]

let kafka: SecureKafka
let questdb: QuestdbServer
let store: Store
let running: Secured[] = []
const questdbPassword = randomBytes(12).toString('base64url')
const pseudonymKey = randomBytes(12).toString('base64url')

const start = async (...how: Parameters<typeof runService>) => {
  const service = await runService(...how)
  running.push(service)
  return service
}
afterEach(async () => {
  for (const service of running.reverse()) await service.close()
  running = []
})

describeWithLocalServers('a Kafka and a QuestDB that are closed', () => {
  beforeAll(async () => {
    ;[kafka, questdb] = await Promise.all([startSecureKafka(), startLockedQuestdb(questdbPassword)])
    store = openStore({ configurationString: configuration(), log: createLogger({ name: 'tests', level: 'silent' }) })
    await store.tables.apply(await store.tables.plan(entities.map(({ table }) => table)))
  })
  afterAll(async () => {
    store?.close()
    await Promise.all([kafka?.close(), questdb?.close()])
  })

  it('without rights a service ends and says what grants them; the administrator grants each role what the catalogue derives', async () => {
    await command(kafka.envOf('admin'), 'topics', 'apply')
    const exit = await (await collector({ venue: await venue() })).exited
    expect(exit.code).toBe(1)
    expect(exit.stderr).toContain('BUS_NOT_ALLOWED')
    expect(exit.stderr).toContain('`tickhouse acls plan` shows which rights each role needs')

    const applied = await command(kafka.envOf('admin'), 'acls', 'apply', '--format', 'json')
    expect(applied).toMatchObject({ code: 0, stderr: expect.stringMatching(/^(Asking .* … \d+ s\n)*$/) })
    expect(JSON.parse(applied.stdout).create.length).toBeGreaterThan(100)
    expect((await command(kafka.envOf('admin'), 'acls', 'plan')).stdout).toBe('All access rules are as the catalogue says.\n')
    expect((await command(kafka.envOf('topic-admin'), 'topics', 'apply')).stdout).toMatch(/^All \d+ topics/)
    expect(await command(kafka.envOf('topic-admin'), 'acls', 'apply')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/CLUSTER|Cluster/),
    })
  })

  it('each role can do its work end to end, and nothing that was written anywhere holds a secret or an account number', async () => {
    const [simulator, journal] = [await venue(), join(temporaryFolder(), 'journal')]
    const capturing = await collector({ venue: simulator, journal, LOG_LEVEL: 'debug' })
    const storing = await sink({ LOG_LEVEL: 'debug' })
    await ready(capturing)
    for (const text of [execution, balance, ...garbage]) await send(simulator, text)
    await eventually(async () => {
      const [found] = await store.query<{ orders: number }>(`SELECT count() AS orders FROM order_execution WHERE order_id = '${order}'`)
      expect(found!.orders).toBe(1)
    }, slow)
    const token = await tokenOf(simulator)
    const answers = [await answersOf(capturing), await answersOf(storing)]
    expect(answers[1]).toMatch(/^tickhouse_sink_kafka_disk_free_bytes\{broker="1".*\} \d/m)
    await simulatorFault(simulator, { fault: 'refuse', what: 'login', code: 8005, times: 1 })
    await simulatorFault(simulator, { fault: 'cut' })
    await eventually(() => expect(capturing.stderr()).toContain('8005'), slow)
    await capturing.close()
    const env = { ...kafka.envOf('operator'), ...inFiles({ QDB_CLIENT_CONF: configuration() }), QDB_CLIENT_CONF: '', JOURNAL_DIR: journal }
    const verified = await command(env, 'verify', '--wait', '60s')
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('complete') })
    const examined = await command(env, 'doctor')
    expect(examined.stdout).not.toMatch(/not allowed|BUS_/)
    expect(examined.stdout).toMatch(/broker 1 of Kafka, .* free/)
    await storing.close()

    const everything = {
      journal: textsBelow(journal),
      topics: await textsInTopics(busAs(kafka, 'admin')),
      tables: await textsInTables(store),
      answers: answers.join('\n'),
      logs: [capturing.stderr(), storing.stderr(), simulator.stderr()].join('\n'),
      commands: JSON.stringify(verified),
      configuration: (await printedConfigurations(simulator)).join('\n'),
      failures: (await failures(simulator)).join('\n'),
    }
    const secrets = [
      simulatorCredentials.appKey,
      simulatorCredentials.secretKey,
      token,
      account,
      questdbPassword,
      pseudonymKey,
      ...Object.values(kafka.passwords),
    ]
    const leaks = Object.entries(everything).flatMap(([where, text]) =>
      secrets.filter(secret => text.includes(secret)).map(secret => `${where}: ${secret}`),
    )
    expect(leaks).toEqual([])
    // What was looked through was really there.
    expect(everything.journal).toContain(order)
    expect(everything.tables).toContain(order)
    expect(everything.topics).toMatch(/acct_[0-9a-f]{16}/)
    expect(everything.configuration).toContain('[redacted]')
    expect(everything.failures).toContain('BUS_AUTHENTICATION_FAILED')
    const market = entities.filter(({ topic }) => !accountTopics.includes(topic.name))
    expect(
      await textsInTopics(
        busAs(kafka, 'admin'),
        market.filter(({ name }) => name !== 'dead_letter').map(({ topic }) => topic.name),
      ),
    ).not.toContain(order)
  })

  it('account data that were not asked for are counted, and are in no journal, topic or table', async () => {
    const [simulator, journal] = [await venue(), join(temporaryFolder(), 'journal')]
    const capturing = await collector({ venue: simulator, journal, KIWOOM_TYPES: 'trade,best_quote', LOG_LEVEL: 'debug' })
    await sink()
    await ready(capturing)
    const quiet = '0987654321'
    const unasked = [execution, balance, ...garbage].map(text => text.replaceAll(order, quiet).replaceAll('7119433', '7654321'))
    for (const text of unasked) await send(simulator, text)
    const spaced = JSON.stringify(JSON.parse(unasked[0]!), null, 1)
    await send(simulator, spaced)
    await send(simulator, realFrame('0B', { '10': '+70123', '15': '+3', '20': '101010' }))
    await eventually(async () => {
      const [found] = await store.query<{ trades: number }>(`SELECT count() AS trades FROM trade WHERE price = 70123`)
      expect(found!.trades).toBe(1)
    }, slow)
    expect(await answersOf(capturing)).toMatch(/discarded_total\{[^}]*reason="account_not_selected",intentional="true"[^}]*\} [5-9]/)
    const written = [textsBelow(journal), await textsInTopics(busAs(kafka, 'admin')), await textsInTables(store), capturing.stderr()].join(
      '\n',
    )
    for (const field of [quiet, '7654321', account]) expect(written).not.toContain(field)
  })

  const refused: [string, string, (user: string) => Promise<unknown>][] = [
    ['consumer', 'read account topics', user => busAs(kafka, user).readSince(accountTopics, 0, () => {}, soon())],
    ['consumer', 'write', user => publish(user, tradeTopic)],
    ['consumer', 'take the place of the sink', user => joinGroup(user, 'tickhouse-sink')],
    ['account-consumer', 'read the market', user => busAs(kafka, user).readSince([tradeTopic], 0, () => {}, soon())],
    ['sink', 'write a market topic', user => publish(user, tradeTopic)],
    ['collector', 'take the place of the sink', user => joinGroup(user, 'tickhouse-sink')],
    ['consumer', 'look at the group of the sink', user => busAs(kafka, user).lag('tickhouse-sink', [tradeTopic], soon())],
    ['topic-admin', 'read a topic', user => busAs(kafka, user).readSince([tradeTopic], 0, () => {}, soon())],
    ['collector', 'make a topic', user => makeTopic(user, 'kiwoom.market.other.v1')],
    ['topic-admin', 'make a topic of another name', user => makeTopic(user, 'other')],
  ]
  it.each(refused)('%s cannot %s', async (user, _, attempt) => {
    await expect(attempt(user)).rejects.toMatchObject({ code: 'BUS_NOT_ALLOWED', message: expect.stringContaining('tickhouse acls plan') })
  })

  it('each role can do the same where it is allowed', async () => {
    await busAs(kafka, 'consumer').readSince([tradeTopic], Date.now(), () => {}, soon())
    await busAs(kafka, 'account-consumer').readSince(accountTopics, Date.now(), () => {}, soon())
    expect(await busAs(kafka, 'operator').lag('tickhouse-sink', [tradeTopic], soon())).toHaveLength(6)
    const stop = new AbortController()
    const reader = busAs(kafka, 'consumer').reader({
      groupId: 'consumer.research',
      topics: [tradeTopic],
      startAt: async partitions => partitions.map(({ topic, partition, earliest: offset }) => ({ topic, partition, offset })),
    })
    for await (const _ of reader.polls(stop.signal)) stop.abort()
    await reader.close()
  })

  it("a consumer's kit reads the market and what the capture says of itself; dead letters it does without", async () => {
    const { KAFKA_BROKERS, KAFKA_SSL_CA, KAFKA_SASL_PASSWORD: password } = kafka.envOf('consumer') as Record<string, string>
    const sasl = { mechanism: 'scram-sha-512' as const, username: 'consumer', password: password! }
    const login = { brokers: KAFKA_BROKERS!.split(','), ssl: { ca: readFileSync(KAFKA_SSL_CA!, 'utf8') }, sasl }
    await using reader = await openReader({ kafka: login, datasets: ['trade'], from: 'earliest' })
    const kinds = new Set<string>()
    for await (const { kind } of reader) if (kinds.add(kind).has('record') && kinds.has('session')) break
    expect(Object.keys(reader.position)).not.toContain(entityOf('dead_letter').topic.name)
    await expect(openReader({ kafka: login, datasets: ['balance'] })).rejects.toThrow(/authorized/)
    const stranger = { ...login, sasl: { ...sasl, password: 'wrong' } }
    await expect(openReader({ kafka: stranger, datasets: ['trade'] })).rejects.toThrow(/uthentication/)
  })

  it('who has no user, or does not speak TLS, is not served at all', async () => {
    const { KAFKA_BROKERS: brokers } = kafka.envOf('consumer')
    const withoutTls = { KAFKA_SSL_CA: '', KAFKA_SSL: 'false' }
    const withoutUser = { KAFKA_SASL_MECHANISM: '', KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD: '' }
    for (const more of [withoutTls, withoutUser, { ...withoutTls, ...withoutUser }])
      await expect(
        busAs(kafka, 'consumer', { KAFKA_BROKERS: brokers!, ...more }).endOffsets([tradeTopic], AbortSignal.timeout(3_000)),
      ).rejects.toThrow()
  })
})

const configuration = () => `${questdb.configurationString}username=tickhouse;password=${questdbPassword};`
const soon = () => AbortSignal.timeout(30_000)

function realFrame(type: string, values: Readonly<Record<string, string>>): string {
  return JSON.stringify({ data: [{ values, type, name: '', item: '005930' }], trnm: 'REAL' })
}

const venue = () => start('simulator', { SIMULATOR_RATE: '20' })

/** A collector whose every secret comes from a file. */
async function collector({
  venue: { announced },
  journal = join(temporaryFolder(), 'journal'),
  password,
  ...more
}: {
  venue: Secured
  journal?: string
  password?: string
  [name: string]: unknown
}): Promise<Secured> {
  mkdirSync(journal, { recursive: true })
  const { env, secrets } = collectorSettings(announced, password)
  return await start('collector', { ...env, JOURNAL_DIR: journal, ...(more as Record<string, string>) }, secrets)
}

function collectorSettings({ url, wsUrl }: Secured['announced'], password = kafka.passwords['collector']!) {
  const { KAFKA_SASL_PASSWORD: _, ...env } = kafka.envOf('collector')
  const { appKey, secretKey } = simulatorCredentials
  return {
    env: { ...env, KIWOOM_ENV: 'simulator', KIWOOM_REST_URL: url, KIWOOM_WS_URL: wsUrl!, KIWOOM_RECONNECT_MAX: '500ms' },
    secrets: { KAFKA_SASL_PASSWORD: password, KIWOOM_APP_KEY: appKey, KIWOOM_SECRET_KEY: secretKey, PSEUDONYM_KEY: pseudonymKey },
  }
}

function sinkSettings(password = kafka.passwords['sink']!) {
  const { KAFKA_SASL_PASSWORD: _, ...env } = kafka.envOf('sink')
  return { env, secrets: { KAFKA_SASL_PASSWORD: password, QDB_CLIENT_CONF: configuration() } }
}

async function sink(more: Record<string, string> = {}, password?: string): Promise<Secured> {
  const { env, secrets } = sinkSettings(password)
  return await start('sink', { ...env, ...more }, secrets)
}

async function ready({ announced: { url } }: Secured): Promise<void> {
  await eventually(async () => expect((await fetch(`${url}/ready`)).status).toBe(200), slow)
}

async function simulatorFault({ announced: { url } }: Secured, fault: object): Promise<void> {
  expect((await fetch(`${url}/simulator/fault`, { method: 'POST', body: JSON.stringify(fault) })).ok).toBe(true)
}

const send = (simulator: Secured, text: string) => simulatorFault(simulator, { fault: 'send', text })

/** The venue gives out the same token again while it is valid. */
async function tokenOf({ announced: { url } }: Secured): Promise<string> {
  const { appKey: appkey, secretKey: secretkey } = simulatorCredentials
  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    body: JSON.stringify({ grant_type: 'client_credentials', appkey, secretkey }),
  })
  const { token } = (await response.json()) as { token: string }
  expect(token.length).toBeGreaterThan(20)
  return token
}

async function printedConfigurations({ announced }: Secured): Promise<string[]> {
  const { execFileSync } = await import('node:child_process')
  const print = (name: string, { env, secrets }: { env: Record<string, string>; secrets: Record<string, string> }) =>
    execFileSync(process.execPath, [join(import.meta.dirname, '..', 'services', name, 'src', 'main.ts'), '--print-config'], {
      env: { PATH: process.env['PATH'], ...env, ...inFiles(secrets) },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  return [print('collector', collectorSettings(announced)), print('sink', sinkSettings())]
}

/** What is said when things are refused: passwords, tokens, and settings that contradict each other. */
async function failures(simulator: Secured): Promise<string[]> {
  const exits = await Promise.all([
    collector({ venue: simulator, password: kafka.passwords['sink']!, LOG_LEVEL: 'debug' }).then(({ exited }) => exited),
    sink({ LOG_LEVEL: 'debug' }, kafka.passwords['collector']).then(({ exited }) => exited),
  ])
  for (const { code, stderr } of exits) expect([code, stderr]).toEqual([1, expect.stringContaining('BUS_AUTHENTICATION_FAILED')])
  const locked = configuration().replace(questdbPassword, `${questdbPassword}x`)
  const ends = await Promise.all([
    command({ ...kafka.envOf('operator'), KAFKA_SASL_PASSWORD: kafka.passwords['admin']! }, 'topics', 'plan'),
    command({ ...kafka.envOf('operator'), QDB_CLIENT_CONF: locked }, 'tables', 'plan'),
    command({ ...kafka.envOf('operator'), QDB_CLIENT_CONF: configuration().replace('addr=', 'adr=') }, 'tables', 'plan'),
    command({ ...kafka.envOf('operator'), KAFKA_SASL_MECHANISM: '' }, 'topics', 'plan'),
  ])
  for (const { code } of ends) expect(code).toBeGreaterThan(0)
  return [...exits, ...ends].map(end => JSON.stringify(end))
}

async function publish(user: string, topic: string): Promise<void> {
  const publisher = busAs(kafka, user).publisher()
  try {
    await publisher.publish([{ topic, key: '005930', value: '{}', timestampMs: Date.now() }], soon())
  } finally {
    await publisher.close()
  }
}

async function joinGroup(user: string, groupId: string): Promise<void> {
  const reader = busAs(kafka, user).reader({ groupId, topics: [tradeTopic], startAt: async () => [] })
  try {
    for await (const _ of reader.polls(soon())) break
  } finally {
    await reader.close()
  }
}

async function makeTopic(user: string, name: string): Promise<void> {
  const { topics } = busAs(kafka, user)
  await topics.apply({ create: [{ name, dataset: 'trade', partitions: 1, config: {} }], alter: [], refused: [] }, soon())
}
