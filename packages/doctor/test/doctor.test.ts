import { createServer, type Server } from 'node:net'
import type { PartitionLag } from '@tickhouse/bus'
import { TradingCalendar } from '@tickhouse/calendar'
import { entityOf } from '@tickhouse/catalogue'
import { type RefusalCode, refusals } from '@tickhouse/kiwoom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { judgeAddresses } from '../src/addresses.ts'
import { judgeClock, judgeTimeZone } from '../src/clock.ts'
import { growthOf, judgeBrokerDisk, judgeDisk } from '../src/disk.ts'
import { examine, report } from '../src/doctor.ts'
import { judgeRefusedItems, judgeSilentItems } from '../src/items.ts'
import { judgeJournalLock } from '../src/journal-lock.ts'
import { judgeLag } from '../src/lag.ts'
import { judgePasswords } from '../src/passwords.ts'
import { postgresLogin } from '../src/postgres-login.ts'
import { judgeProcesses } from '../src/processes.ts'
import { judgeJournalRetention, judgeTopicRetention } from '../src/retention.ts'
import { judgeCollectorNames, judgeDuplicateLogin, judgeSharedItems } from '../src/several-collectors.ts'
import { judgeNewestRow, judgeSuspended, judgeTables } from '../src/tables.ts'
import { judgeRefusal, judgeToken } from '../src/token.ts'
import { judgeReplicas, judgeTopics } from '../src/topics.ts'

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const nowMs = Date.UTC(2026, 10, 25, 2)
const calendar = new TradingCalendar()
const GB = 1e9

describe('the clock', () => {
  test.each([
    ['the same second', 0, 'ok', 'as QuestDB says'],
    ['less than two seconds ahead', 2_900, 'ok', 'as QuestDB says'],
    ['ahead', 5_000, 'warn', 'at least 4.0 s ahead of QuestDB'],
    ['behind', -5_000, 'warn', 'at least 5.0 s behind QuestDB'],
  ])('%s', (_, offMs, verdict, found) => {
    const judgement = judgeClock('QuestDB', { sentMs: nowMs + offMs, receivedMs: nowMs + offMs, dateMs: nowMs })
    expect(judgement).toMatchObject({ verdict, found: expect.stringContaining(found) })
  })

  test('a slow answer proves nothing about the clock', () => {
    expect(judgeClock('QuestDB', { sentMs: nowMs - 8_000, receivedMs: nowMs + 8_000, dateMs: nowMs }).verdict).toBe('ok')
  })
})

test('time zone data that are missing or wrong fail', () => {
  expect([540, 480, undefined].map(minutes => judgeTimeZone(minutes).verdict)).toEqual(['ok', 'fail', 'fail'])
})

test('items of which nothing comes are named with what to do', () => {
  expect([undefined, []].map(items => judgeSilentItems(items).verdict)).toEqual(['skipped', 'ok'])
  expect(judgeSilentItems(['999999', '123456_NX'])).toMatchObject({
    verdict: 'warn',
    found: '2 items are silent while others of their kind flow: 999999, 123456_NX',
    mend: expect.stringContaining('KIWOOM_SYMBOLS'),
  })
})

test('a token is judged by how long it lives, and a refusal by its reason', () => {
  expect(judgeToken({ expiresAtMs: nowMs + 20 * hourMs }, nowMs)).toMatchObject({ verdict: 'ok', found: 'a token for 20 h more' })
  expect(judgeToken({ expiresAtMs: nowMs + 60_000 }, nowMs)).toMatchObject({ verdict: 'warn', found: 'a token that ends in 60 s' })
  expect(judgeToken({ expiresAtMs: null }, nowMs).verdict).toBe('warn')
  expect(judgeToken({ refused: 'credentials' }, nowMs)).toMatchObject({ verdict: 'fail', mend: expect.stringContaining('KIWOOM_APP_KEY') })
})

test('a collector without a session is told what to do about its token or its keys', () => {
  const problem = (code: RefusalCode) => `session: ${refusals[code].says} (8005: Token not valid)`
  expect(judgeRefusal('collector', problem('KIWOOM_TOKEN_REFUSED'))).toMatchObject({
    verdict: 'fail',
    found: expect.stringContaining('The venue does not accept the token'),
    mend: expect.stringContaining('stop the program that ends it'),
  })
  expect(judgeRefusal('collector', problem('KIWOOM_CREDENTIALS_REFUSED'))?.mend).toContain('KIWOOM_SECRET_KEY')
  expect(judgeRefusal('collector', problem('KIWOOM_DEVICE_REFUSED'))?.mend).toContain('public IP address')
  expect([undefined, 'session: not connected yet'].map(text => judgeRefusal('collector', text))).toEqual([undefined, undefined])
})

test('items that the venue does not register are named with its words: a failure now, a warning when it was lately', () => {
  const refused = [{ items: ['999999', '888888'], evidence: 'refused with 105111' }]
  expect(judgeRefusedItems(undefined, undefined).verdict).toBe('skipped')
  expect(judgeRefusedItems([], undefined).verdict).toBe('ok')
  expect(judgeRefusedItems(refused, undefined)).toMatchObject({
    verdict: 'fail',
    found: '999999, 888888 not registered, and nothing is captured of what was refused: refused with 105111',
    mend: expect.stringContaining('KIWOOM_SYMBOLS'),
  })
  expect(judgeRefusedItems(undefined, refused).verdict).toBe('warn')
})

test('a login of another program is a warning when it is over and a failure while it lasts', () => {
  const reading = { rows: 0, ends: 0, takenNow: [] }
  expect(judgeDuplicateLogin(reading).verdict).toBe('ok')
  expect(judgeDuplicateLogin({ ...reading, rows: 3 })).toMatchObject({
    verdict: 'warn',
    found: expect.stringContaining('3 times in the last day'),
  })
  expect(judgeDuplicateLogin({ ...reading, ends: 2 }).found).toContain('2 times since the collector was started')
  expect(judgeDuplicateLogin({ ...reading, takenNow: ['collector'] })).toMatchObject({
    verdict: 'fail',
    found: expect.stringContaining('the collector has no session'),
  })
  expect(judgeDuplicateLogin({ ...reading, takenNow: ['collector two'] }).found).toContain('the collector two has no session')
  expect(judgeDuplicateLogin({ rows: undefined, ends: undefined, takenNow: [] }).verdict).toBe('skipped')
})

test('topics that are missing, differ or cannot be changed are told with the command', () => {
  const { topic } = entityOf('trade')
  const config = [{ name: 'retention.ms', from: '1', to: '2' }]
  const refused = [{ topic: 't', what: 'partitions' as const, is: '9', wanted: '6', reason: 'delete it' }]
  expect(judgeTopics({ create: [], alter: [], refused: [] })).toMatchObject([{ verdict: 'ok' }])
  expect(judgeTopics({ create: [topic], alter: [{ topic: 'a', config, wholeConfig: {} }], refused })).toEqual([
    { verdict: 'fail', found: `1 topics are missing: ${topic.name}`, mend: 'tickhouse topics apply' },
    {
      verdict: 'fail',
      found: 'a: retention.ms is 1, expected 2: records go before they have to',
      mend: 'tickhouse topics apply',
    },
    { verdict: 'warn', found: 't: partitions is 9, expected 6; it works', mend: 'delete it' },
  ])
  const longer = { topic: 'a', config: [{ name: 'retention.ms', from: '3', to: '2' }], wholeConfig: {} }
  expect(judgeTopics({ create: [], alter: [longer], refused: [] })).toMatchObject([{ verdict: 'warn' }])
})

test('settings that somebody made for topics are told and do not fail', () => {
  const kept = ['a', 'b'].map(topic => ({ topic, name: 'compression.type', is: 'zstd' }))
  expect(judgeTopics({ create: [], alter: [], refused: [], kept })).toEqual([
    { verdict: 'ok', found: expect.stringMatching(/^all \d+ are as the catalogue says$/), mend: null },
    { verdict: 'ok', found: 'compression.type=zstd was set for 2 topics and is not in the catalogue; it works: a, b', mend: null },
  ])
})

describe('replicas', () => {
  const topics = (replicas: number, minInsync: number | null) => [{ topic: 'trades', replicas, minInsync }]
  test.each([
    [1, 1, 'have one replica'],
    [3, 1, 'when one replica has it'],
    [3, 3, 'as soon as one broker is away'],
    [2, 3, 'as soon as one broker is away'],
  ])('%d of which %d must have a record is a warning for a real venue, and fine for the simulator', (count, minInsync, found) => {
    expect(judgeReplicas(topics(count, minInsync), true)).toMatchObject([{ verdict: 'warn', found: expect.stringContaining(found) }])
    expect(judgeReplicas(topics(count, minInsync), false)).toMatchObject([{ verdict: 'ok' }])
  })

  test('three of which two must have a record are fine', () => {
    expect(judgeReplicas(topics(3, 2), true)).toEqual([
      { verdict: 'ok', found: 'replicas: 1 topics have 3, of which 2 must have a record (min.insync.replicas)', mend: null },
    ])
    expect(judgeReplicas([], true)).toMatchObject([{ verdict: 'skipped' }])
  })
})

test('each difference of a table comes with the statement that mends it', () => {
  const plan = { create: [], add: [], extra: [], unchanged: [] }
  const mend = (subject: string, expected: string) =>
    judgeTables({ ...plan, refused: [{ table: 'trade', subject, expected, found: 'x' }] }).map(judgement => judgement.mend)
  expect(judgeTables({ ...plan, refused: [] })).toMatchObject([{ verdict: 'ok' }])
  expect(mend('deduplication keys', '…')).toEqual(['ALTER TABLE trade DEDUP ENABLE UPSERT KEYS(timestamp, symbol, venue, session, seq);'])
  expect(mend('column price', 'DOUBLE')).toEqual(['ALTER TABLE trade ALTER COLUMN price TYPE DOUBLE;'])
  expect(mend('write-ahead log', 'on')[0]).toContain('ALTER TABLE trade SET TYPE WAL;')
  expect(mend('partitioning', 'HOUR')[0]).toContain('RENAME TABLE trade TO trade_before;')
  const { table } = entityOf('trade')
  const column = table.columns[8]!
  expect(judgeTables({ ...plan, create: [table], add: [{ table: 'balance', column }], refused: [] })).toMatchObject([
    { verdict: 'fail', found: '1 tables are missing: trade', mend: 'tickhouse tables apply' },
    { verdict: 'fail', found: `1 columns are missing: balance.${column.name}`, mend: 'tickhouse tables apply' },
  ])
})

test('a suspended table fails, with its reason and the statement', () => {
  const states = [
    { table: 'trade', suspended: true, error: 'disk full' },
    { table: 'balance', suspended: false, error: null },
  ]
  expect(judgeSuspended(states)).toMatchObject([
    {
      verdict: 'fail',
      found: 'trade takes rows without showing them: disk full',
      mend: expect.stringContaining('ALTER TABLE trade RESUME WAL;'),
    },
  ])
  expect(judgeSuspended(states.slice(1))).toMatchObject([{ verdict: 'ok' }])
})

describe('retention', () => {
  const { topic } = entityOf('trade')
  const settings = (ms: number, bytes = -1) => new Map([[topic.name, { 'retention.ms': String(ms), 'retention.bytes': String(bytes) }]])

  test('shorter than the outage budget is a warning, mended by the catalogue, which may have to say more', () => {
    expect(judgeTopicRetention(settings(7 * dayMs), 3 * dayMs, [])).toMatchObject([{ verdict: 'ok' }])
    expect(judgeTopicRetention(settings(hourMs), 3 * dayMs, [])).toEqual([
      { verdict: 'warn', found: `1 topics keep 60 min, less than 3 days: ${topic.name}`, mend: 'tickhouse topics apply' },
    ])
    expect(judgeTopicRetention(settings(7 * dayMs), 10 * dayMs, [])).toMatchObject([
      { verdict: 'warn', mend: expect.stringContaining('retention.ms of at least 864000000 in packages/catalogue') },
    ])
  })

  test('topics that keep equally long are told together', () => {
    const all = new Map(['a', 'b', 'c', 'd'].map(name => [name, { 'retention.ms': '60000', 'retention.bytes': '-1' }]))
    expect(judgeTopicRetention(all, dayMs, []).map(({ found }) => found)).toEqual([
      '4 topics keep 60 s, less than 24 h: a, b, c and 1 more',
    ])
  })

  test('for ever is long enough, a bound in bytes is not', () => {
    expect(judgeTopicRetention(settings(-1), 3 * dayMs, [])).toMatchObject([{ verdict: 'ok' }])
    expect(judgeTopicRetention(settings(-1, 1000), 3 * dayMs, ['kafka:9092'])).toMatchObject([
      {
        verdict: 'warn',
        found: expect.stringContaining('1000 bytes'),
        mend: expect.stringMatching(/--bootstrap-server kafka:9092 .*retention\.bytes=-1$/),
      },
    ])
  })

  test('the journal must keep as much', () => {
    expect(judgeJournalRetention(7 * dayMs, 3 * dayMs).verdict).toBe('ok')
    expect(judgeJournalRetention(dayMs, 3 * dayMs)).toMatchObject({ verdict: 'warn', mend: 'JOURNAL_RETENTION=72h' })
  })
})

test('a default password counts only where other machines reach the port', () => {
  const open = { admin: 'let in', user: 'refused' } as const
  const reading = { host: 'h', postgres: open, isPostgresOutside: false, httpStatus: 200, isHttpOutside: false } as const
  const verdicts = (change: object) => judgePasswords({ ...reading, ...change }).map(({ verdict }) => verdict)
  expect(verdicts({})).toEqual(['ok', 'ok'])
  expect(verdicts({ isPostgresOutside: true, isHttpOutside: true })).toEqual(['warn', 'warn'])
  expect(
    verdicts({ isPostgresOutside: true, isHttpOutside: true, postgres: { admin: 'refused', user: 'refused' }, httpStatus: 401 }),
  ).toEqual(['ok', 'ok'])
  expect(verdicts({ postgres: { admin: 'no answer', user: 'no answer' }, httpStatus: undefined })).toEqual(['skipped', 'skipped'])
  const both = judgePasswords({ ...reading, postgres: { admin: 'let in', user: 'let in' }, isPostgresOutside: true })
  expect(both.slice(0, 2).map(({ found }) => /default password (\S+),/.exec(found)?.[1])).toEqual(['admin/quest', 'user/quest'])
})

test('ports that other machines reach are warnings', () => {
  const closed = { name: 'sink', port: 1, openOn: [], mend: 'HTTP_HOST=127.0.0.1' }
  expect(judgeAddresses([])).toMatchObject([{ verdict: 'skipped' }])
  expect(judgeAddresses([closed])).toMatchObject([{ verdict: 'ok', found: expect.stringContaining('sink 1') }])
  expect(judgeAddresses([closed, { ...closed, openOn: ['10.0.0.5'] }])).toEqual([
    { verdict: 'warn', found: 'sink can be reached from other machines: 10.0.0.5 port 1', mend: 'HTTP_HOST=127.0.0.1' },
  ])
})

describe('the disk', () => {
  const growth = (bytesPerDay: number) => ({ bytesPerMs: bytesPerDay / dayMs, seenMs: dayMs })
  const verdict = (freeBytes: number, bytesPerDay?: number) =>
    judgeDisk({ holds: 'journal', freeBytes, growth: bytesPerDay === undefined ? undefined : growth(bytesPerDay) }).verdict

  test('fails with less than a day, warns with less than three', () => {
    expect([verdict(9 * GB, 10 * GB), verdict(29 * GB, 10 * GB), verdict(31 * GB, 10 * GB), verdict(GB, 0)]).toEqual([
      'fail',
      'warn',
      'ok',
      'ok',
    ])
    expect(judgeDisk({ holds: 'journal', freeBytes: 20 * GB, growth: growth(10 * GB) }).found).toBe(
      'journal: 20.0 GB free, the journal grew 10.0 GB a day in the last 24 h: full in 2 days by the journal alone',
    )
  })

  test('that is full fails, although nothing grows there any more', () => {
    expect([verdict(0, 0), verdict(0), verdict(50e6)]).toEqual(['fail', 'fail', 'fail'])
  })

  test('of a broker is as full as the broker says', () => {
    const judged = (freeBytes: number) => judgeBrokerDisk({ broker: 1, folder: '/kafka', freeBytes, totalBytes: 100 * GB })
    expect([50 * GB, GB / 2, 0].map(freeBytes => judged(freeBytes).verdict)).toEqual(['ok', 'warn', 'fail'])
    expect(judged(0)).toMatchObject({
      found: 'broker 1 of Kafka, /kafka: 0 B free: the disk is full',
      mend: expect.stringContaining('retention.ms'),
    })
  })

  test('without a known growth only counts what is left', () => {
    expect([verdict(GB / 2), verdict(5 * GB)]).toEqual(['warn', 'ok'])
  })

  test('growth is that of the last day, or of the last hour while there is no day to tell of', () => {
    const file = (bornMs: number, modifiedMs: number, bytes: number) => ({ bytes, bornMs: nowMs - bornMs, modifiedMs: nowMs - modifiedMs })
    expect(growthOf([], nowMs)).toBeUndefined()
    expect(growthOf([file(30_000, 0, 100)], nowMs)).toBeUndefined()
    expect(growthOf([file(hourMs / 2, 0, 900)], nowMs)).toEqual({ bytesPerMs: 900 / (hourMs / 2), seenMs: hourMs / 2 })
    expect(growthOf([file(2 * hourMs, 0, 200)], nowMs)).toEqual({ bytesPerMs: 100 / hourMs, seenMs: hourMs })
    expect(growthOf([file(3 * dayMs, 2 * dayMs, 500), file(2 * dayMs, 0, 200)], nowMs)).toEqual({ bytesPerMs: 100 / dayMs, seenMs: dayMs })
  })
})

describe('the lag of the sink', () => {
  const at = (committed: number | null, lag: number, topic = 't'): PartitionLag => ({ topic, partition: 0, committed, end: 0, lag })

  test('is fine while it gets on, whatever waits', () => {
    expect(judgeLag('g', [at(5, 1000)], [at(900, 500)]).verdict).toBe('ok')
    expect(judgeLag('g', [at(5, 0)], [at(5, 0)]).verdict).toBe('ok')
    expect(judgeLag('g', [at(5, 0)], [at(5, 3)]).verdict).toBe('ok')
  })

  test('fails when a partition does not move or nothing was ever stored, and warns when much becomes more', () => {
    expect(judgeLag('g', [at(5, 10), at(1, 4, 'u')], [at(5, 12), at(2, 3, 'u')])).toMatchObject({
      verdict: 'fail',
      found: '15 records wait in Kafka, and group g does not get on with t',
    })
    expect(judgeLag('g', [at(null, 10)], [at(null, 10)])).toMatchObject({
      verdict: 'fail',
      mend: expect.stringContaining('tickhouse sink'),
    })
    expect(judgeLag('g', [at(5, 200_000)], [at(6, 300_000)]).verdict).toBe('warn')
  })
})

test('collectors that are called the same fail by that name; of one alone nothing is said', () => {
  expect(judgeCollectorNames(['one'])).toEqual([])
  expect(judgeCollectorNames(['one', 'two'])).toMatchObject([{ verdict: 'ok', found: 'each collector has a name of its own: one, two' }])
  expect(judgeCollectorNames(['one', 'two', 'one'])).toMatchObject([
    {
      verdict: 'fail',
      found: '2 collectors are called one: nobody can tell their sessions apart',
      mend: expect.stringContaining('COLLECTOR_ID'),
    },
  ])
})

test('items that two collectors capture are named with both', () => {
  const of = (collector: string, symbol: string, venue = 'KRX') => ({ collector, symbol, venue })
  expect(judgeSharedItems([of('one', '005930'), of('one', '005930', 'NXT'), of('two', '000660')]).verdict).toBe('ok')
  expect(judgeSharedItems([of('two', '005930'), of('one', '005930'), of('three', '000660')])).toMatchObject({
    verdict: 'warn',
    found: '1 item is captured by one and two, and stored once for each: 005930 KRX',
    mend: expect.stringContaining('tickhouse plan'),
  })
})

test('a journal has one living writer, the collector that is known', () => {
  const holder = { pid: 7, host: 'h', isHeld: true }
  expect(judgeJournalLock(holder, 7).verdict).toBe('ok')
  expect(judgeJournalLock(holder, undefined).verdict).toBe('ok')
  expect(judgeJournalLock(holder, 8)).toMatchObject({ verdict: 'warn', mend: expect.stringContaining('kill 7') })
  expect(judgeJournalLock({ ...holder, isHeld: false }, 7).verdict).toBe('fail')
  expect(judgeJournalLock(undefined, 7).verdict).toBe('fail')
  expect(judgeJournalLock(undefined, undefined, 'the journal /two').found).toBe('no collector writes the journal /two')
})

describe('the newest row', () => {
  const rows = (ageMs: number, event: string) => ({ tradeUs: (nowMs - ageMs) * 1000, sessionUs: (nowMs - dayMs) * 1000, event })

  test('may be old when no session is open or outside of trading hours', () => {
    expect(judgeNewestRow(rows(hourMs, 'close'), calendar, nowMs).verdict).toBe('ok')
    expect(judgeNewestRow(rows(1000, 'open'), calendar, nowMs).verdict).toBe('ok')
    expect(judgeNewestRow(rows(hourMs, 'open'), calendar, nowMs)).toMatchObject({
      verdict: 'warn',
      found: expect.stringContaining('60 min old'),
    })
    const sunday = nowMs + 4 * dayMs
    expect(judgeNewestRow({ ...rows(0, 'open'), tradeUs: (sunday - dayMs) * 1000 }, calendar, sunday)).toMatchObject({
      verdict: 'ok',
      found: 'the newest trade is 24 h old; the market is closed until Monday 08:00',
    })
    expect(judgeNewestRow({ tradeUs: null, sessionUs: null, event: null }, calendar, nowMs).verdict).toBe('warn')
  })
})

test('a process that is gone is started again, one that is ill has a log', () => {
  const process = { process: 'sink', pid: 1, address: '', health: 'ready' }
  expect(judgeProcesses([process], 'd')).toMatchObject([{ verdict: 'ok', found: 'ready: sink' }])
  expect(
    judgeProcesses(
      [
        { ...process, health: 'gone' },
        { ...process, process: 'kafka', health: 'x' },
      ],
      'd',
    ).map(({ mend }) => mend),
  ).toEqual(['tickhouse start --data d', 'less d/kafka/kafka.log'])
  expect(judgeProcesses([{ ...process, process: 'collector two', health: 'does not answer' }], undefined)).toMatchObject([
    { verdict: 'fail', found: 'collector two: does not answer', mend: expect.stringContaining('where it runs') },
  ])
})

describe('a login over PostgreSQL', () => {
  const wantsPassword = Buffer.from([...Buffer.from('R'), 0, 0, 0, 8, 0, 0, 0, 3])
  const letsIn = Buffer.from([...Buffer.from('R'), 0, 0, 0, 8, 0, 0, 0, 0])
  const refuses = Buffer.concat([Buffer.from('E'), Buffer.from([0, 0, 0, 9]), Buffer.from('Sxxx\0')])

  async function portOf(server: Server): Promise<number> {
    onTestFinished(() => void server.close())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as { port: number }).port
  }
  const outcome = async (server: Server) =>
    postgresLogin({ host: '127.0.0.1', port: await portOf(server), user: 'admin', password: 'quest' })
  /** Asks for a password, in two pieces, and judges it. */
  const asking = (password: string) =>
    createServer(socket => {
      socket.once('data', () => {
        socket.write(wantsPassword.subarray(0, 4))
        setImmediate(() => socket.write(wantsPassword.subarray(4)))
        socket.once('data', answer => socket.write(answer.includes(`${password}\0`) ? letsIn : refuses))
      })
    })

  test('is let in with the password, refused with another, and finds nobody', async () => {
    expect(await outcome(asking('quest'))).toBe('let in')
    expect(await outcome(asking('changed'))).toBe('refused')
    expect(await outcome(createServer(socket => socket.end()))).toBe('no answer')
  })
})

test('an installation of which nothing is known is skipped check by check, and the report counts it', async () => {
  const installation = {
    env: {},
    data: 'nowhere',
    run: undefined,
    brokers: [],
    bus: undefined,
    store: undefined,
    services: undefined,
    collectors: [],
    journalDirectories: [],
    outageBudgetMs: dayMs,
    askForToken: false,
  }
  const findings = await examine(installation)
  const verdicts = new Map(findings.map(({ check, verdict }) => [check, verdict]))
  expect([verdicts.get('time zone'), verdicts.get('kafka'), verdicts.get('lag'), verdicts.get('addresses')]).toEqual([
    'ok',
    'skipped',
    'skipped',
    'skipped',
  ])
  const text = report(findings).join('\n')
  expect(text).toMatch(/^skipped {2}kafka +KAFKA_BROKERS is not set/m)
  expect(text).toMatch(/^\d+ ok, 0 warn, 0 fail, \d+ skipped$/m)
})

test('what mends a finding stands below it', () => {
  expect(report([{ check: 'lag', verdict: 'fail', found: 'much', mend: 'tickhouse sink' }])).toEqual([
    'fail     lag  much',
    '              → tickhouse sink',
    '',
    '0 ok, 0 warn, 1 fail, 0 skipped',
  ])
})
