import type { RequestReport, Store } from '@tickhouse/store'
import { openStore } from '@tickhouse/store'
import { eventually } from '@tickhouse/testkit'
import { afterEach, expect, test } from 'vitest'
import { type Reply, refusesMoreThan, refusesPoison, ScriptedQuest } from './scripted-quest.ts'
import { silentLog } from './silent-log.ts'
import { rowsOf, ticks, ticksTable } from './ticks.ts'

const table = ticksTable()
const never = new AbortController().signal
const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test('rows go out as one request', async () => {
  const { quest, writer } = await setUp()
  const rows = rowsOf(table, ticks(100))
  expect(await writer.write(rows, never)).toEqual({ stored: 100, rejected: [] })
  expect(quest.received).toEqual([{ method: 'POST', path: '/write?precision=us', authorization: undefined, body: rows.slice().toString() }])
})

test('no rows, no request', async () => {
  const { quest, writer } = await setUp()
  expect(await writer.write(rowsOf(table, []), never)).toEqual({ stored: 0, rejected: [] })
  expect(quest.received).toHaveLength(0)
})

test.each<[string, Reply[]]>([
  ['server errors', [{ status: 500 }, { status: 503, body: 'busy' }]],
  ['closed connections', ['reset', 'reset']],
  ['silence', ['hang']],
  ['a table that is not there yet', [missingTable(), missingTable()]],
])('the very same rows are sent again after %s', async (_, script) => {
  const { quest, writer } = await setUp({ script, settings: 'request_timeout=1000;' })
  const rows = rowsOf(table, ticks(3))
  expect(await writer.write(rows, never)).toEqual({ stored: 3, rejected: [] })
  expect(quest.bodies).toEqual(Array(script.length + 1).fill(rows.slice().toString()))
})

test('an outage is waited out, however many attempts it takes', async () => {
  const { quest, writer, reports } = await setUp()
  await quest.close()
  const written = writer.write(rowsOf(table, ticks(3)), never)
  await eventually(() => reports.length >= 5)
  expect(reports.every(({ verdict }) => verdict === 'retry')).toBe(true)
  await quest.open()
  expect(await written).toEqual({ stored: 3, rejected: [] })
})

test('a poisoned row is set aside and every other row is stored once', async () => {
  const { quest, writer } = await setUp({ always: refusesPoison() })
  const rows = rowsOf(
    table,
    ticks(100, seq => ({ note: seq === 42 ? 'poison' : 'fine' })),
  )
  expect(await writer.write(rows, never)).toEqual({ stored: 99, rejected: [{ row: 41, reason: 'poison' }] })
  expect(storedLines(quest)).toEqual(linesOf(rows.slice().toString()).filter(line => !line.includes('poison')))
  expect(quest.received.length).toBeLessThanOrEqual(4)
})

test('poisoned rows are found by cutting in two when QuestDB does not say which', async () => {
  const { quest, writer } = await setUp({ always: refusesPoison({ line: false }) })
  const rows = rowsOf(
    table,
    ticks(64, seq => ({ note: seq === 5 || seq === 64 ? 'poison' : 'fine' })),
  )
  const { stored, rejected } = await writer.write(rows, never)
  expect({ stored, rejected: rejected.map(({ row }) => row) }).toEqual({ stored: 62, rejected: [4, 63] })
  expect(storedLines(quest)).toHaveLength(62)
})

test('a batch of nothing but poison does not send every row as often as there are rows', async () => {
  const { quest, writer } = await setUp({ always: refusesPoison() })
  const rows = rowsOf(
    table,
    ticks(512, () => ({ note: 'poison' })),
  )
  expect((await writer.write(rows, never)).rejected).toHaveLength(512)
  const sent = quest.bodies.reduce((sum, body) => sum + body.length, 0)
  expect(sent).toBeLessThan(12 * rows.byteLength)
})

test('what is too much for one request is sent in pieces, in order', async () => {
  const { quest, writer } = await setUp({ always: refusesMoreThan(1000) })
  const rows = rowsOf(table, ticks(50))
  expect(await writer.write(rows, never)).toEqual({ stored: 50, rejected: [] })
  expect(storedLines(quest, body => body.length <= 1000)).toEqual(linesOf(rows.slice().toString()))
})

test('a single row that is too much is rejected', async () => {
  const { writer } = await setUp({ always: refusesMoreThan(1000) })
  const rows = rowsOf(
    table,
    ticks(3, seq => ({ note: seq === 2 ? 'x'.repeat(2000) : 'fine' })),
  )
  expect(await writer.write(rows, never)).toEqual({ stored: 2, rejected: [{ row: 1, reason: 'too large' }] })
})

test('a server that closes the connection over a large body gets smaller ones', async () => {
  const limit = 1_500_000
  const { quest, writer } = await setUp({ always: ({ body }) => (body.length > limit ? 'reset' : { status: 204 }) })
  const rows = rowsOf(
    table,
    ticks(4, () => ({ note: 'x'.repeat(500_000) })),
  )
  expect(await writer.write(rows, never)).toEqual({ stored: 4, rejected: [] })
  expect(quest.bodies.filter(body => body.length <= limit).join('')).toBe(rows.slice().toString())
})

test.each([401, 403, 404, 421])('%d ends the write at once and says why', async status => {
  const { quest, writer } = await setUp({ always: () => ({ status, body: 'not here' }) })
  await expect(writer.write(rowsOf(table, ticks(1)), never)).rejects.toMatchObject({
    code: 'STORE_REFUSED',
    retriable: false,
    message: `QuestDB does not take rows for ticks: HTTP ${status}: not here`,
  })
  expect(quest.received).toHaveLength(1)
})

test('an abort ends the waiting, and the rows can be written later', async () => {
  const { quest, writer, reports } = await setUp({ always: () => ({ status: 503 }) })
  const abort = new AbortController()
  const rows = rowsOf(table, ticks(3))
  const written = writer.write(rows, abort.signal)
  await eventually(() => reports.length > 0)
  abort.abort()
  await expect(written).rejects.toMatchObject({ name: 'AbortError' })
  quest.always = () => ({ status: 204 })
  expect(await writer.write(rows, never)).toEqual({ stored: 3, rejected: [] })
})

test('an abort ends a request that is not answered', async () => {
  const { quest, writer } = await setUp({ script: ['hang'] })
  const abort = new AbortController()
  const written = writer.write(rowsOf(table, ticks(1)), abort.signal)
  await eventually(() => quest.received.length === 1)
  abort.abort()
  await expect(written).rejects.toMatchObject({ name: 'AbortError' })
})

test('every request is reported with its verdict', async () => {
  const { writer, reports } = await setUp({ script: [{ status: 500 }, { status: 413 }] })
  const rows = rowsOf(table, ticks(4))
  await writer.write(rows, never)
  const bytes = rows.byteLength
  expect(reports.map(({ durationMs: _, ...report }) => report)).toEqual([
    { table: 'ticks', verdict: 'retry', answered: true, reason: 'HTTP 500: no reason given', rows: 4, bytes },
    { table: 'ticks', verdict: 'halve', answered: true, reason: 'no reason given', rows: 4, bytes },
    { table: 'ticks', verdict: 'stored', answered: true, reason: null, rows: 2, bytes: rows.slice(0, 2).length },
    { table: 'ticks', verdict: 'stored', answered: true, reason: null, rows: 2, bytes: rows.slice(2, 4).length },
  ])
})

interface Scene {
  readonly script?: readonly Reply[]
  readonly always?: ScriptedQuest['always']
  readonly settings?: string
}

async function setUp({ script = [], always, settings = '' }: Scene = {}) {
  const quest = await new ScriptedQuest(...script).open()
  if (always) quest.always = always
  const reports: RequestReport[] = []
  const store: Store = openStore({
    configurationString: quest.configurationString + settings,
    log: silentLog(),
    onRequest: report => reports.push(report),
    baseRetryMs: 1,
    maxRetryMs: 5,
  })
  closing.push(
    () => quest.close(),
    () => store.close(),
  )
  return { quest, store, writer: store.writer(table), reports }
}

function missingTable(): Reply {
  const message = 'failed to parse line protocol:errors encountered on line(s):\nerror in line 1: table: ticks; table does not exist'
  return { status: 400, body: { code: 'invalid', message, line: 1 } }
}

/** The lines of the bodies that were taken. */
function storedLines(quest: ScriptedQuest, taken = (body: string) => !body.includes('poison')): string[] {
  return quest.bodies.filter(taken).flatMap(linesOf)
}

function linesOf(body: string): string[] {
  return body.split('\n').slice(0, -1)
}
