import { connectBus } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import type { Finding } from '@tickhouse/doctor'
import { simulatorCredentials } from '@tickhouse/kiwoom'
import { createLogger, createRegistry } from '@tickhouse/runtime'
import { openStore } from '@tickhouse/store'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, suspendTable, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tickhouse } from './tickhouse.ts'

const log = createLogger({ name: 'test', level: 'silent' })

describeWithOwnServers('tickhouse doctor', () => {
  let own: OwnServers
  beforeAll(async () => {
    own = await ownServers({ 'dev.mode.enabled': 'true' })
  })
  afterAll(() => own?.close())

  /** A start with the servers of this file. */
  async function started(): Promise<string> {
    const data = temporaryFolder()
    const { brokers, questdb } = own.proxied
    const run = tickhouse(['start', '--data', data, '--rate', '20'], { KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb })
    await eventually(() => expect(run.stderr).toContain('First new rows are visible'), { timeoutMs: 120_000 })
    return data
  }

  async function examined(data: string, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const { code, stdout } = await tickhouse(['doctor', '--data', data, '--format', 'json', ...words], env).end
    const findings = JSON.parse(stdout) as Finding[]
    return { code, findings, bad: findings.filter(({ verdict }) => verdict === 'warn' || verdict === 'fail') }
  }

  test('finds what is broken, and what it names mends it', { timeout: 400_000 }, async () => {
    const data = await started()
    const store = openStore({ configurationString: own.proxied.questdb, log })
    onTestFinished(() => store.close())
    const { topics } = connectBus({ brokers: [own.proxied.brokers], clientId: 'test', log, registry: createRegistry('test') })
    await eventually(async () => expect(await examined(data)).toMatchObject({ code: 0, bad: [] }), { timeoutMs: 60_000 })

    for (const [table, sql] of [
      ['dead_letter', 'ALTER TABLE dead_letter DEDUP DISABLE'],
      ['feed_gap', 'ALTER TABLE feed_gap ALTER COLUMN missing TYPE DOUBLE'],
    ] as const) {
      await store.query(sql)
      await store.waitUntilApplied(table)
    }
    await suspendTable(store, 'feed_session', 'No space left on device')
    const { topic } = entityOf('gold_price')
    await topics.apply(await topics.plan([{ ...topic, config: { ...topic.config, 'retention.ms': '3600000' } }]))

    const { code, bad } = await examined(data)
    expect(code).toBe(1)
    expect(bad.filter(({ check }) => check !== 'processes')).toEqual([
      {
        check: 'topics',
        verdict: 'fail',
        found: `${topic.name}: retention.ms is 3600000, expected 604800000: records go before they have to`,
        mend: 'tickhouse topics apply',
      },
      {
        check: 'tables',
        verdict: 'fail',
        found: 'feed_gap: column missing: expected LONG, found DOUBLE',
        mend: 'ALTER TABLE feed_gap ALTER COLUMN missing TYPE LONG;',
      },
      {
        check: 'tables',
        verdict: 'fail',
        found: expect.stringMatching(/^dead_letter: deduplication keys: expected .*, found deduplication off$/),
        mend: 'ALTER TABLE dead_letter DEDUP ENABLE UPSERT KEYS(timestamp, symbol, venue, session, seq, stage, dataset);',
      },
      {
        check: 'suspended tables',
        verdict: 'fail',
        found: 'feed_session takes rows without showing them: No space left on device',
        mend: expect.stringMatching(/^ALTER TABLE feed_session RESUME WAL;/),
      },
      {
        check: 'retention',
        verdict: 'warn',
        found: `1 topics keep 60 min, less than 3 days: ${topic.name}`,
        mend: 'tickhouse topics apply',
      },
    ])

    for (const { mend } of bad) if (mend!.startsWith('ALTER TABLE')) await store.query(mend!.split(';')[0]!)
    expect((await tickhouse(['topics', 'apply', '--data', data]).end).code).toBe(0)
    await eventually(async () => expect(await examined(data)).toMatchObject({ code: 0, bad: [] }), { timeoutMs: 60_000 })
  })

  test('asks the venue for a token and never shows it, and sees a Kafka that is away', { timeout: 400_000 }, async () => {
    const data = await started()
    const keys = { KIWOOM_APP_KEY: simulatorCredentials.appKey, KIWOOM_SECRET_KEY: simulatorCredentials.secretKey }
    const { findings } = await examined(data, ['--token'], keys)
    expect(findings.find(({ check }) => check === 'token')).toMatchObject({
      verdict: 'ok',
      found: expect.stringMatching(/^a token for \d+ h more$/),
    })
    const wrong = await examined(data, ['--token'], { ...keys, KIWOOM_SECRET_KEY: 'wrong' })
    expect(wrong.findings.find(({ check }) => check === 'token')).toMatchObject({
      verdict: 'fail',
      found: expect.stringMatching(/^no token: /),
    })
    expect((await examined(data, [], keys)).findings.find(({ check }) => check === 'token')?.found).toContain('the collector is logged in')

    own.kafkaProxy.cut()
    onTestFinished(() => own.kafkaProxy.restore())
    const { code, findings: without } = await examined(data)
    const verdict = (name: string) => without.find(({ check }) => check === name)?.verdict
    expect([code, verdict('kafka'), verdict('lag'), verdict('tables')]).toEqual([1, 'fail', 'skipped', 'ok'])
  })

  test('without an address of anything it is wrong usage', async () => {
    const run = tickhouse(['doctor', '--data', temporaryFolder()])
    expect((await run.end).code).toBe(2)
    expect(run.stderr).toContain('Expected KAFKA_BROKERS, QDB_CLIENT_CONF, JOURNAL_DIR')
  })
})
