import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { VerifyReport } from '@tickhouse/audit'
import { simulatorCredentials } from '@tickhouse/kiwoom'
import { describeWithOwnServers, eventually, type OwnServers, ownServers, scaledTimeout, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { Duty } from './documented/places.ts'
import { Reader } from './documented/reader.ts'
import { Pipeline, type Service } from './pipeline.ts'

const root = join(import.meta.dirname, '..')
const patient = { timeoutMs: 60_000, intervalMs: 300 }
const two = ['collector-1', 'collector-2']
const duty = new Duty('fleet')

// Whatever other tests captured would be shared items as well.
describeWithOwnServers('two collectors on the same items', () => {
  let own: OwnServers
  beforeAll(async () => {
    own = await ownServers()
  }, scaledTimeout(240_000))
  afterAll(() => own?.close(), scaledTimeout(120_000))

  it('are told apart in SQL and by every verb, and the one that is gone is named', async () => {
    const pipeline = await Pipeline.open(own.proxied)
    onTestFinished(() => pipeline.close())
    const { appKey, secretKey } = simulatorCredentials
    await pipeline.simulator({ SIMULATOR_RATE: '100', SIMULATOR_APP_KEY: `${appKey},second`, SIMULATOR_SECRET_KEY: secretKey })
    const journals = two.map(name => join(pipeline.folder, name))
    const capture = (index: number, key: string) =>
      pipeline.collector({
        ...{ COLLECTOR_ID: two[index]!, JOURNAL_DIR: journals[index]!, KIWOOM_APP_KEY: key, KIWOOM_SECRET_KEY: secretKey },
        ...{ KIWOOM_TYPES: 'trade', KIWOOM_SYMBOLS: '005930' },
      })
    const collectors = [await capture(0, appKey), await capture(1, 'second')]
    const sink = await pipeline.sink()
    const env = fleetEnv(own, pipeline, collectors, sink, journals)
    const trades = async (where: string) =>
      (await pipeline.store.query<{ count: number }>(`SELECT count() AS count FROM trade WHERE ${where}`))[0]!.count
    const mine = `session IN (SELECT session FROM feed_session WHERE collector IN ('${two.join("', '")}'))`
    await eventually(async () => expect(await trades(`symbol = '005930' AND ${mine}`)).toBeGreaterThan(200), patient)

    const top = (await tickhouse(env, 'top', '--once')).stdout
    for (const name of two) expect(top).toMatch(new RegExp(`^collector ${name}: live, journal`, 'm'))
    expect((await tickhouse(env, 'doctor')).stdout).toMatch(
      /^warn +shared items +1 item is captured by collector-1 and collector-2, and stored once for each: 005930 KRX$/m,
    )

    const documented = duty
      .takeOne(/^export COLLECTOR_URL=/)
      .replace('http://one:9300,http://two:9300', env.COLLECTOR_URL)
      .replace('http://sink:9300', env.SINK_URL)
      .replace('/data/one /data/two', journals.join(' '))
    expect(await typed(documented, env)).toMatchObject({ code: 0, output: expect.stringMatching(/^complete: /m) })

    const gone = collectors[1]!
    gone.kill('SIGKILL')
    await gone.exited
    const status = await tickhouse(env, 'status')
    expect(status.code).toBe(1)
    expect(status.stdout).toMatch(new RegExp(`^collector 127\\.0\\.0\\.1:\\d+ +${gone.announced.url} +does not answer`, 'm'))

    await collectors[0]!.stop()
    await (await capture(1, 'second')).stop()
    const report = JSON.parse((await tickhouse(env, 'verify', '--format', 'json', '--wait', '60s')).stdout) as VerifyReport
    expect(report.findings.filter(({ verdict }) => verdict !== 'complete')).toEqual([])
    const captured = (name: string) =>
      report.findings
        .filter(({ collector, dataset }) => collector === name && dataset === 'trade')
        .reduce((sum, { journal }) => sum + journal, 0)
    await tickhouse(env, 'tables', 'apply')
    for (const name of two) expect(await tradesOf(pipeline, name)).toBe(captured(name))
  }, 400_000)

  it('are planned, and the plan is checked, as the documentation says', async () => {
    const reader = readerOf({})
    const codes = Array.from({ length: 300 }, (_, index) => String(index + 1).padStart(6, '0'))
    writeFileSync(join(reader.folder, 'codes.txt'), `${codes.join('\n')}\n`)
    for (const text of [duty.takeOne(/plan --output/), duty.takeOne(/plan --check/)]) await reader.done(text)
  }, 120_000)

  it('no statement of the documentation is left', () => {
    expect(duty.rest()).toEqual([])
  })
})

function readerOf(env: Readonly<Record<string, string>>): Reader {
  const reader = Reader.open(env)
  onTestFinished(() => reader.close())
  return reader
}

/** What somebody sees who types a text into a shell. */
function typed(text: string, { PATH: _, HOME: __, ...env }: NodeJS.ProcessEnv) {
  return readerOf(env as Record<string, string>).run(text)
}

/** The trades that the statement of docs/operations.md counts for a collector. */
async function tradesOf({ store }: Pipeline, collector: string): Promise<number> {
  const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8')
  const statement = /```sql\n(SELECT [^;]*WHERE session IN \(SELECT[^;]*);/.exec(page)![1]!
  const bars = await store.query<{ trades: number }>(statement.replace('collector-1', collector))
  return bars.reduce((sum, { trades }) => sum + trades, 0)
}

function fleetEnv(
  { proxied }: OwnServers,
  { group }: Pipeline,
  collectors: readonly Service[],
  sink: Service,
  journals: readonly string[],
) {
  const { brokers, questdb } = proxied
  return {
    ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb, SINK_GROUP: group },
    ...{ COLLECTOR_URL: collectors.map(({ announced }) => announced.url).join(','), SINK_URL: sink.announced.url },
    JOURNAL_DIR: journals.join(','),
  }
}

/** Runs the command; whatever its exit code, what it printed. */
async function tickhouse(env: NodeJS.ProcessEnv, ...words: string[]): Promise<{ code: number; stdout: string }> {
  const main = join(root, 'packages', 'cli', 'src', 'main.ts')
  const args = [main, ...words, '--data', temporaryFolder()]
  try {
    return { code: 0, stdout: (await promisify(execFile)(process.execPath, args, { env })).stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, stdout }
  }
}
