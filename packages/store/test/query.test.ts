import { openStore } from '@tickhouse/store'
import { afterEach, expect, test } from 'vitest'
import { quoted, timeLiteral } from '../src/query/query.ts'
import { type Reply, ScriptedQuest } from './scripted-quest.ts'
import { silentLog } from './silent-log.ts'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test('a row has its columns by name, times in µs, arrays with nulls', async () => {
  const { store } = await setUp({
    status: 200,
    body: {
      columns: [
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'seq', type: 'LONG' },
        { name: 'ladder', type: 'ARRAY' },
        { name: 'none', type: 'TIMESTAMP' },
      ],
      dataset: [['2023-11-14T22:13:20.000001Z', 7, [[1, null]], null]],
    },
  })
  expect(await store.query('SELECT 1')).toEqual([{ at: 1_700_000_000_000_001, seq: 7, ladder: [[1, null]], none: null }])
})

test('the statement travels whole, whatever characters it has', async () => {
  const { store, quest } = await setUp({ status: 200, body: { ddl: 'OK' } })
  const sql = 'SELECT \'한국 & = ? #\' FROM "x"'
  expect(await store.query(sql)).toEqual([])
  expect(new URL(quest.received[0]!.path, 'http://q').searchParams.get('query')).toBe(sql)
})

test('a null character in a result is read', async () => {
  const { store } = await setUp({ status: 200, body: '{"columns":[{"name":"v","type":"VARCHAR"}],"dataset":[["a\0b"]]}' })
  expect(await store.query('SELECT v FROM t')).toEqual([{ v: 'a\0b' }])
})

test.each<[Reply, object]>([
  [
    { status: 400, body: { error: 'table does not exist [table=nope]' } },
    { code: 'STORE_QUERY_FAILED', retriable: false, message: 'QuestDB cannot run the query: table does not exist [table=nope]' },
  ],
  [
    { status: 401, body: 'Unauthorized' },
    { code: 'STORE_REFUSED', retriable: false },
  ],
  [
    { status: 503, body: 'busy' },
    { code: 'STORE_UNAVAILABLE', retriable: true },
  ],
  ['reset', { code: 'STORE_UNREACHABLE', retriable: true }],
  ['hang', { code: 'STORE_TIMEOUT', retriable: true }],
])('an answer of %o is an error with a code', async (reply, error) => {
  const { store } = await setUp(reply)
  await expect(store.query('SELECT 1')).rejects.toMatchObject(error)
})

test('credentials go with every request', async () => {
  const { quest } = await setUp()
  const store = openStore({ configurationString: `${quest.configurationString}username=admin;password=quest;`, log: silentLog() })
  closing.push(() => store.close())
  await store.query('SELECT 1').catch(() => [])
  expect(quest.received[0]!.authorization).toBe('Basic YWRtaW46cXVlc3Q=')
})

test('connections that the server has closed meanwhile are replaced without an error', async () => {
  const { store, quest } = await setUp()
  quest.always = () => ({ status: 200, body: { dataset: [] } })
  await Promise.all([store.query('SELECT 1'), store.query('SELECT 2'), store.query('SELECT 3')])
  await quest.close()
  await quest.open()
  expect(await store.query('SELECT 4')).toEqual([])
})

test('a database that is not there yet is waited for', async () => {
  const { store, quest } = await setUp()
  quest.always = () => ({ status: 200, body: { dataset: [] } })
  await quest.close()
  const connected = store.connect(AbortSignal.timeout(10_000))
  await expect(Promise.race([connected.then(() => 'connected'), store.query('SELECT 1')])).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
  })
  await quest.open()
  await connected
})

test('the waiting for a database ends with the signal', async () => {
  const { store, quest } = await setUp()
  await quest.close()
  const abort = new AbortController()
  const connected = store.connect(abort.signal)
  abort.abort()
  await expect(connected).rejects.toMatchObject({ name: 'AbortError' })
  await quest.open()
})

test('literals', () => {
  expect(timeLiteral(1_700_000_000_000_001)).toBe("'2023-11-14T22:13:20.000001Z'")
  expect(timeLiteral(0)).toBe("'1970-01-01T00:00:00.000000Z'")
  expect(quoted("it's")).toBe("'it''s'")
})

async function setUp(...script: Reply[]) {
  const quest = await new ScriptedQuest(...script).open()
  const store = openStore({
    configurationString: `${quest.configurationString}request_timeout=1000;`,
    log: silentLog(),
    baseRetryMs: 1,
    maxRetryMs: 5,
  })
  closing.push(
    () => quest.close(),
    () => store.close(),
  )
  return { quest, store }
}
