import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataRecord, entityOf } from '@tickhouse/catalogue'
import { type ChildService, describeWithServers, eventually, frameFixtures, servers, temporaryFolder } from '@tickhouse/testkit'
import { afterEach, expect, it } from 'vitest'
import { Pipeline } from './pipeline.ts'

const main = join(import.meta.dirname, '..', 'packages', 'cli', 'src', 'main.ts')
const dayUs = 24 * 3_600_000_000
const signal = AbortSignal.timeout(3_600_000)
/** Each runs the command several times, and a busy machine takes its time to start it. */
const timeout = { timeout: 600_000 }

/** What of a certificate is looked at here. */
interface Certificate {
  readonly condition: string
  readonly reasons: readonly string[]
  readonly datasets: readonly { readonly dataset: string; readonly condition: string; readonly records: number; readonly rows: number }[]
  readonly sessions: readonly { readonly session: string; readonly journal: { readonly entries: number; readonly sha256: string } }[]
  readonly gaps: readonly { readonly reason: string; readonly from_us: number; readonly seconds_in_window: number }[]
  readonly day: { readonly missing_shares: number }
  readonly volume: {
    readonly items: number
    readonly grown: number
    readonly missing: number
    readonly unexplained: number
    readonly not_adding_up: readonly { readonly venue: string }[]
  }
}

let pipeline: Pipeline
let collector: ChildService<{ url: string }>
let group: string
afterEach(() => pipeline.close())

describeWithServers('the certificate of a date', () => {
  it(
    'is complete for a small capture, and degraded with the rows named once a table has lost them; nothing replaces it when the journal is gone',
    timeout,
    async () => {
      const session = await capture({ SIMULATOR_RATE: '200' })
      await eventually(async () => expect(await rowsOf('trade', session)).toBeGreaterThan(200), { timeoutMs: 60_000 })
      await collector.stop()
      const { date, window } = await covered(session)

      const complete = await certify(date, window)
      expect(complete.certificate).toMatchObject({ condition: 'complete', reasons: [], gaps: expect.any(Array) })
      expect(complete.code).toBe(0)
      expect(complete.stdout).toMatch(new RegExp(`^${date}: complete \\(${window} Korean time\\)\n`))
      const trade = complete.certificate.datasets.find(({ dataset }) => dataset === 'trade')!
      expect(trade).toMatchObject({ condition: 'complete', records: trade.rows })
      expect(complete.certificate.volume).toMatchObject({ items: expect.any(Number), unexplained: 0 })
      expect(complete.certificate.volume.grown).toBeGreaterThan(0)
      expect(await conditions(date)).toMatchObject({ '*': 'complete', trade: 'complete' })
      expect(await tradesOfCompleteDays(session)).toEqual([trade.rows, trade.rows])

      const again = await certify(date, window)
      expect(again.certificate.sessions).toEqual(complete.certificate.sessions)

      await pipeline.store.query('TRUNCATE TABLE trade')
      const degraded = await certify(date, window)
      expect(degraded.certificate.reasons).toEqual([
        `${session} trade: ${trade.records} of ${trade.records} rows are not in the table: seq 1-${trade.records}`,
      ])
      expect([degraded.code, degraded.certificate.condition]).toEqual([1, 'degraded'])
      expect(await conditions(date)).toMatchObject({ '*': 'degraded', trade: 'degraded', order_book: 'complete' })

      const kept = readFileSync(degraded.file, 'utf8')
      const removed = await tickhouse(date, window, { JOURNAL_DIR: temporaryFolder() })
      expect(removed).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(`The journal of ${date} is not there any more`),
      })
      expect(removed.stderr).toContain(session)
      expect(readFileSync(degraded.file, 'utf8')).toBe(kept)

      const [monday, sunday] = [await certify('2020-01-06', 'all'), await certify('2020-01-05', 'all')]
      expect([monday.code, monday.certificate.condition, monday.certificate.reasons]).toEqual([1, 'missing', ['nothing was captured']])
      expect(await conditions('2020-01-06')).toMatchObject({ '*': 'missing', trade: 'missing' })
      expect([sunday.code, sunday.certificate.condition, sunday.certificate.reasons]).toEqual([
        0,
        'closed',
        ['the market was closed: weekend'],
      ])
      expect(await conditions('2020-01-05')).toMatchObject({ '*': 'closed', trade: 'closed' })
    },
  )

  it(
    'is complete for a window that is over while the session goes on, pending for one that is not, and degraded by a cut connection, whose gap it names',
    timeout,
    async () => {
      const first = await capture({ SIMULATOR_RATE: '100' })
      await eventually(async () => expect(await rowsOf('trade', first)).toBeGreaterThan(20), { timeoutMs: 60_000 })
      const { date, opened } = await openedAt(first)
      const over = `${clock(opened)}-${clock(opened + 1_000_000)}`
      const early = await eventually(
        async () => {
          const certificate = await certify(date, over)
          expect(certificate.certificate).toMatchObject({ condition: 'complete', reasons: [] })
          return certificate
        },
        { timeoutMs: 120_000 },
      )
      expect(early.code).toBe(0)
      expect(early.stdout).toContain('a session goes on: what came until ')
      const trade = early.certificate.datasets.find(({ dataset }) => dataset === 'trade')!
      expect([trade.records, trade.condition]).toEqual([trade.rows, 'complete'])
      expect(trade.records).toBeGreaterThan(0)
      expect(trade.records).toBeLessThan(await rowsOf('trade', first))
      expect(await conditions(date)).toMatchObject({ '*': 'complete', trade: 'complete' })

      const pending = await certify(date, `${clock(opened)}-24:00`)
      expect([pending.code, pending.certificate.condition]).toEqual([0, 'pending'])
      expect(pending.certificate.reasons).toContainEqual(expect.stringContaining('the window ends at'))
      expect(await conditions(date)).toMatchObject({ '*': 'pending' })

      await pipeline.inject({ fault: 'cut' })
      const second = await sessionAfter(first)
      await eventually(async () => expect(await gapsOf(second)).toBe(1), { timeoutMs: 60_000 })
      await collector.stop()
      const { window } = await covered(first, second)
      const cut = await certify(date, window)
      expect([cut.code, cut.certificate.condition]).toEqual([1, 'degraded'])
      const [gap] = cut.certificate.gaps.filter(({ seconds_in_window: seconds }) => seconds > 0)
      expect(cut.certificate.reasons).toEqual([expect.stringContaining(`1 gap (${gap!.reason}) of `)])
      expect(cut.certificate.sessions.map(({ session }) => session)).toEqual([first, second])

      const before = await certify(date, `${clock(opened)}-${clock(gap!.from_us)}`)
      expect(before.certificate).toMatchObject({ condition: 'complete', reasons: [] })
    },
  )

  it('names the shares that the venue traded and did not send, and adds up with them', timeout, async () => {
    const session = await capture({ SIMULATOR_RATE: '200' })
    await eventually(async () => expect(await rowsOf('trade', session)).toBeGreaterThan(100), { timeoutMs: 60_000 })
    await pipeline.inject({ fault: 'lose', frames: 300 })
    await eventually(async () => expect(await gapsOf(session)).toBeGreaterThan(0), { timeoutMs: 60_000 })
    await collector.stop()
    const { date, window } = await covered(session)
    const { certificate, code } = await certify(date, window)
    expect([code, certificate.condition]).toEqual([1, 'degraded'])
    expect(certificate.reasons).toEqual([expect.stringMatching(/^\d+ gaps? \(volume_missing\) of [\d.]+ s, [\d,]+ shares?, the first at /)])
    expect(certificate.volume.missing).toBe(certificate.day.missing_shares)
    // Combined items are not compared from one exchange to the other, so some of what they lost has no gap.
    expect(certificate.volume.not_adding_up.filter(({ venue }) => venue !== 'SOR')).toEqual([])
    expect(certificate.day.missing_shares).toBeGreaterThan(0)
    expect(await conditions(date)).toMatchObject({ '*': 'degraded', trade: 'degraded', order_book: 'complete' })
  })

  it('counts a dead letter until a row has its number', timeout, async () => {
    const { text } = frameFixtures().find(({ name }) => name === 'trade.captured-3')!
    const unreadable = JSON.stringify({ data: [{ values: {}, type: '0B', name: '주식체결', item: '005930' }], trnm: 'REAL' })
    const session = await capture({ SIMULATOR_FRAMES: folderOf({ '1-good': text, '2-bad': unreadable }) })
    await eventually(async () => expect([await rowsOf('trade', session), await rowsOf('dead_letter', session)]).toEqual([2, 1]), {
      timeoutMs: 60_000,
    })
    await collector.stop()
    const { date, window } = await covered(session)
    const open = await certify(date, window)
    expect([open.code, open.certificate.condition, open.certificate.reasons]).toEqual([
      1,
      'degraded',
      [`${session} trade: 1 dead letter was not made good`],
    ])

    const [letter] = await pipeline.store.query<{ timestamp: number; seq: number }>(
      `SELECT timestamp, seq FROM dead_letter WHERE session = '${session}'`,
    )
    const retried = { ...letter!, symbol: '005930', venue: 'KRX', session, price: 100 } as unknown as DataRecord
    await pipeline.store.tables.fill(entityOf('trade').table, [retried], signal)
    const mended = await certify(date, window)
    expect([mended.code, mended.certificate.condition, mended.certificate.reasons]).toEqual([0, 'complete', []])
  })
})

/** Starts a venue, a collector with a name of its own and a sink; the session that takes what the venue sends. */
async function capture(settings: Readonly<Record<string, string>>): Promise<string> {
  pipeline = await Pipeline.open(servers())
  group = `certificate-${process.pid}-${Date.now()}`
  await pipeline.simulator(settings)
  collector = await pipeline.collector({ COLLECTOR_ID: group, KIWOOM_RECONNECT_MAX: '500ms' })
  await pipeline.sink({ SINK_GROUP: group })
  return await sessionAfter('')
}

async function sessionAfter(previous: string): Promise<string> {
  return await eventually(
    async () => {
      const { session } = (await (await fetch(`${collector.announced.url}/status`)).json()) as { session: string | null }
      if (session === null) throw new Error('Expected a session, there is none')
      expect(session > previous).toBe(true)
      return session
    },
    { timeoutMs: 60_000 },
  )
}

async function rowsOf(dataset: string, session: string): Promise<number> {
  const [row] = await pipeline.store.query<{ count: number }>(`SELECT count() AS count FROM ${dataset} WHERE session = '${session}'`)
  return row!.count
}

async function gapsOf(session: string): Promise<number> {
  return await rowsOf('feed_gap', session)
}

/** The Korean date of a session's opening, and the moment. */
async function openedAt(session: string): Promise<{ date: string; opened: number }> {
  return await eventually(async () => {
    const [row] = await pipeline.store.query<{ timestamp: number }>(
      `SELECT timestamp FROM feed_session WHERE session = '${session}' AND event = 'open'`,
    )
    const opened = row!.timestamp
    return { opened, date: new Date(opened / 1000 + 9 * 3_600_000).toISOString().slice(0, 10) }
  })
}

/** The date of a session's opening, and the hours from there to the close of that session or another one, cut off at midnight. */
async function covered(session: string, last = session): Promise<{ date: string; window: string }> {
  const { date, opened } = await openedAt(session)
  const closed = await eventually(
    async () => {
      const [row] = await pipeline.store.query<{ timestamp: number }>(
        `SELECT timestamp FROM feed_session WHERE session = '${last}' AND event = 'close'`,
      )
      return row!.timestamp - 1000
    },
    { timeoutMs: 60_000 },
  )
  const isSameDay = Math.floor((opened + dayUs * 0.375) / dayUs) === Math.floor((closed + dayUs * 0.375) / dayUs)
  return { date, window: `${clock(opened)}-${isSameDay ? clock(closed) : '24:00'}` }
}

/** The Korean time of day of a moment in µs. */
function clock(us: number): string {
  const micros = String(us % 1_000_000).padStart(6, '0')
  return `${new Date(us / 1000 + 9 * 3_600_000).toISOString().slice(11, 19)}.${micros}`
}

/** Runs `tickhouse verify --date`, and reads the file that it wrote. */
async function certify(date: string, window: string) {
  const { file, ...result } = await tickhouse(date, window)
  const text = await readFileOf(file, result.stderr)
  return { ...result, file, certificate: JSON.parse(text) as Certificate }
}

async function readFileOf(file: string, stderr: string): Promise<string> {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`No certificate was written: ${stderr}`, { cause: error })
  }
}

function tickhouse(date: string, window: string, env: Readonly<Record<string, string>> = {}) {
  const { brokers, questdb } = servers()
  const own = { KAFKA_BROKERS: brokers, QDB_CLIENT_CONF: questdb, JOURNAL_DIR: pipeline.journal, SINK_GROUP: group }
  const data = join(pipeline.folder, 'data')
  const words = ['verify', '--date', date, '--window', window, '--data', data]
  return new Promise<{ code: number; stdout: string; stderr: string; file: string }>(resolve =>
    execFile(process.execPath, [main, ...words], { env: { ...process.env, ...own, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr, file: join(data, 'certificates', `${date}.json`) }),
    ),
  )
}

/** What the table `data_condition` says of a date, by dataset. */
async function conditions(date: string): Promise<Record<string, string>> {
  const rows = await pipeline.store.query<{ dataset: string; condition: string }>(
    `SELECT dataset, condition FROM data_condition WHERE date = '${date}'`,
  )
  return Object.fromEntries(rows.map(({ dataset, condition }) => [dataset, condition]))
}

/** The trades of a session, asked for in the two ways that the README shows. */
async function tradesOfCompleteDays(session: string): Promise<number[]> {
  const asked = [
    `SELECT count() AS count FROM trade t
     ASOF JOIN (SELECT timestamp, condition FROM data_condition WHERE dataset = 'trade') d TOLERANCE 1d
     WHERE d.condition = 'complete' AND t.session = '${session}'`,
    `SELECT count() AS count FROM trade t
     JOIN data_condition d ON d.date = to_str(dateadd('h', 9, t.timestamp), 'yyyy-MM-dd')
     WHERE d.dataset = 'trade' AND d.condition = 'complete' AND t.session = '${session}'`,
  ]
  const counts: number[] = []
  for (const sql of asked) counts.push((await pipeline.store.query<{ count: number }>(sql))[0]!.count)
  return counts
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), 'frames')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.json`), text)
  return folder
}
