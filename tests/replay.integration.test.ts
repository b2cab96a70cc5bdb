import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compareStages, type JournalSession, journalSessions } from '@tickhouse/audit'
import type { Bus, KafkaRecord } from '@tickhouse/bus'
import { koreanTime } from '@tickhouse/calendar'
import { entities, venueDatasets } from '@tickhouse/catalogue'
import { readJournal } from '@tickhouse/journal'
import { freePort } from '@tickhouse/stack'
import { describeWithServers, eventually, scaledTimeout, servers, temporaryFolder } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pythonWith } from './clients/python.ts'
import { tickhouse, withoutProgress } from './command.ts'
import { Pipeline, type Service } from './pipeline.ts'

const run = promisify(execFile)
const kiwoomClient = join(import.meta.dirname, 'clients', 'kiwoom.py')
const frames = 3_000
const patient = { timeoutMs: 60_000, intervalMs: 100 }
const timeout = { timeout: 300_000 }
const dayUs = 24 * 3_600e6
/** What follows from when, and by whom, a record was captured and stored. */
const ofCapture = ['timestamp', 'session', 'kafka_partition', 'kafka_offset']

describeWithServers('a captured day', () => {
  let pipeline: Pipeline
  let captured: readonly JournalSession[]
  let since: string

  const venue = async () =>
    (await (await fetch(`http://127.0.0.1:${pipeline.venuePort}/simulator/status`)).json()) as { frames: number; done: boolean }
  const replay = (...words: string[]) => tickhouse(servers(), pipeline.journal, ['replay', '--from', since, ...words])
  const replayed = async (...words: string[]) => {
    const { code, stdout, stderr } = await replay(...words).end
    return { code, stdout, stderr: withoutProgress(stderr) }
  }

  beforeAll(async () => {
    pipeline = await Pipeline.open(servers())
    since = koreanTime(Date.now() * 1000)
    await pipeline.run({ rate: 600, seed: 11, simulator: { SIMULATOR_MAX_FRAMES: String(frames) } })
    await eventually(async () => expect((await venue()).frames).toBeGreaterThan(frames / 3), patient)
    await pipeline.inject({ fault: 'cut' })
    await eventually(async () => expect((await venue()).done).toBe(true), patient)
    await pipeline.running.collector!.stop()
    expect((await pipeline.verify()).verdict).toBe('complete')
    captured = await journalSessions(pipeline.journal)
  }, scaledTimeout(240_000))
  afterAll(() => pipeline?.close(), scaledTimeout(60_000))

  it(
    'replayed through our own collector and sink gives the same rows, but for what follows from when they were captured',
    timeout,
    async () => {
      const journal = join(pipeline.folder, 'replayed')
      const port = await freePort()
      const { end } = replay('--speed', 'max', '--port', String(port))
      const venue = { KIWOOM_REST_URL: `http://127.0.0.1:${port}`, KIWOOM_WS_URL: `ws://127.0.0.1:${port}` }
      const collector: Service = await pipeline.collector({ ...venue, JOURNAL_DIR: journal, KIWOOM_RECONNECT_MAX: '300ms' })
      const { code, stdout, stderr } = await end
      expect(code, stderr).toBe(0)
      expect(stdout).toBe(`KIWOOM_REST_URL=${venue.KIWOOM_REST_URL}\nKIWOOM_WS_URL=${venue.KIWOOM_WS_URL}\n`)
      await collector.stop()

      const signal = AbortSignal.timeout(scaledTimeout(120_000))
      const stages = { journalDirectories: [journal], bus: pipeline.bus(), store: pipeline.store, waitMs: scaledTimeout(60_000), signal }
      expect((await compareStages(stages)).verdict).toBe('complete')
      const again = await journalSessions(journal)
      expect([captured.length, again.length]).toEqual([2, 2])
      for (const { name } of venueDatasets) {
        const rows = await Promise.all([captured, again].map(sessions => rowsOf(name, sessions)))
        expect(rows[0]!.length, name).toBeGreaterThan(0)
        expect(rows[1], name).toEqual(rows[0])
      }
    },
  )

  it('reaches a client that others wrote, unchanged but for the addresses and across the gap', timeout, async ({ skip }) => {
    const clients = await pythonWith('kiwoom-requirements.txt', temporaryFolder())
    if ('missing' in clients) return skip(clients.missing)
    const wanted = (await framesIn(pipeline.journal)).filter(({ data }) =>
      data.some(({ type, item }) => type === '0B' && item === '005930'),
    )
    const port = await freePort()
    const { child, end } = replay('--speed', 'max', '--port', String(port))
    const url = `http://127.0.0.1:${port}`
    await eventually(async () => expect((await fetch(url)).status).toBe(404), patient)
    const words = [kiwoomClient, url, `ws://127.0.0.1:${port}`, '0B', '005930', String(wanted.length)]
    const { stdout } = await run(clients.python, words, { timeout: scaledTimeout(60_000), maxBuffer: 1 << 26 })
    const got = stdout.trim().split('\n')
    expect(wanted.length).toBeGreaterThan(20)
    expect(got.map(line => JSON.parse(line))).toEqual(wanted)
    child.kill('SIGINT')
    await end
  })

  it('published to topics of its own stands there as in the live ones, byte for byte, with settings that keep it', timeout, async () => {
    const prefix = `replay-${process.pid}.`
    const { code, stdout, stderr } = await replayed('--to', 'kafka', '--prefix', prefix)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(new RegExp(`^[\\d,]+ records of the time from \\S+ published to ${entities.length} topics ${prefix}…$`, 'm'))
    const bus = pipeline.bus()
    const settings = await bus.topics.settings(entities.map(({ topic }) => prefix + topic.name))
    for (const { topic } of entities) {
      const [live, own] = await Promise.all([recordsIn(bus, topic.name, captured), recordsIn(bus, prefix + topic.name)])
      expect(own, topic.name).toEqual(live)
      expect(settings.get(prefix + topic.name)).toMatchObject({ 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' })
    }
    expect((await recordsIn(bus, `${prefix}kiwoom.market.trade.v1`)).size).toBeGreaterThan(1)

    expect(await replayed('--to', 'kafka', '--prefix', prefix)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^These topics hold records already: ${prefix}\\S+,.* choose another --prefix`)),
    })
  })

  it('published in part holds the records of that time and these symbols, at the speed that is asked for', timeout, async () => {
    const prefix = `part-${process.pid}.`
    const until = koreanTime(captured[1]!.header.openedAtUs)
    const wanted = ['--to', until, '--types', 'trade', '--symbols', '005930_NX', '--speed', '50']
    expect(await replayed('--to', 'kafka', '--prefix', prefix, ...wanted)).toMatchObject({ code: 0 })
    const bus = pipeline.bus()
    const untilUs = Date.parse(until) * 1000
    const isWanted = ({ value }: KafkaRecord) => {
      const { timestamp, symbol, venue } = JSON.parse(String(value)) as { timestamp: number; symbol: string; venue: string }
      return timestamp < untilUs && symbol === '005930' && venue === 'NXT'
    }
    const live = await recordsIn(bus, 'kiwoom.market.trade.v1', captured, isWanted)
    expect([...live.values()].flat().length).toBeGreaterThan(0)
    expect(await recordsIn(bus, `${prefix}kiwoom.market.trade.v1`)).toEqual(live)
  })

  it('is refused under a prefix of live topics, and where there is nothing, with what there is', timeout, async () => {
    const [among, nothing] = await Promise.all([
      replayed('--to', 'kafka', '--prefix', 'kiwoom.market.'),
      tickhouse(servers(), pipeline.journal, ['replay', '--date', '2020-01-02']).end,
    ])
    expect(among).toMatchObject({ code: 2, stderr: expect.stringContaining('would put the replay among the live topics') })
    expect(nothing.code).toBe(2)
    expect(nothing.stderr).toContain(`holds nothing of 2020-01-02; its sessions are:\n  ${captured[0]!.header.session}  opened 20`)
  })

  /** The rows of sessions in the order of their capture, without what may differ; the clock of the venue joins the date of the capture. */
  async function rowsOf(table: string, sessions: readonly JournalSession[]): Promise<object[]> {
    const rows: object[] = []
    for (const [index, { header }] of sessions.entries()) {
      const query = `SELECT * FROM ${table} WHERE session = '${header.session}' ORDER BY timestamp`
      for (const { exchange_time, ...row } of await pipeline.store.query<Record<string, unknown>>(query)) {
        const clock = exchange_time === null ? null : Number(exchange_time) % dayUs
        const own = Object.fromEntries(Object.entries(row).filter(([column]) => !ofCapture.includes(column)))
        rows.push({ index, clock, ...own })
      }
    }
    return rows
  }
})

interface RealFrame {
  readonly data: readonly { readonly type: string; readonly item: string }[]
}

/** The frames of a journal, in order. */
async function framesIn(journal: string): Promise<RealFrame[]> {
  const found: RealFrame[] = []
  for await (const { entries } of readJournal(journal))
    for (const { kind, bytes } of entries) if (kind === 'frame') found.push(JSON.parse(bytes.toString()) as RealFrame)
  return found
}

/** What stands in each partition, in order: time, key and value as they are; of these sessions alone, if any are named. */
async function recordsIn(
  bus: Bus,
  topic: string,
  sessions?: readonly JournalSession[],
  isWanted: (record: KafkaRecord) => boolean = () => true,
): Promise<Map<number, string[]>> {
  const marks = sessions?.map(({ header }) => `"session":"${header.session}"`)
  const found = new Map<number, string[]>()
  await bus.scan([topic], record => {
    const text = String(record.value)
    if ((marks !== undefined && !marks.some(mark => text.includes(mark))) || !isWanted(record)) return
    const one = `${record.timestampMs} ${record.key?.toString('hex')} ${record.value?.toString('hex')}`
    found.set(record.partition, [...(found.get(record.partition) ?? []), one])
  })
  return found
}
