import type { TableDefinition } from '@tickhouse/catalogue'
import type { RequestReport, Store } from '@tickhouse/store'
import {
  describeWithLocalServers,
  describeWithOwnServers,
  describeWithServers,
  eventually,
  type OwnServers,
  ownServers,
  suspendTable,
} from '@tickhouse/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshName, freshTable, testStore } from './on-questdb.ts'
import { type SpecialQuest, specialQuest } from './special-quest.ts'
import { rowsOf, tick, ticks, ticksTable } from './ticks.ts'

const signal = AbortSignal.timeout(600_000)

describeWithServers('verdicts of a real QuestDB', () => {
  let store: Store
  let reports: RequestReport[]
  beforeEach(() => {
    reports.length = 0
  })
  beforeAll(() => {
    ;({ store, reports } = testStore())
  })
  afterAll(() => store.close())

  test('a request is one transaction', async () => {
    const table = await freshTable(store, ticksTable())
    await store.writer(table).write(rowsOf(table, ticks(5000)), signal)
    await store.waitUntilApplied(table.name, signal)
    const state = (await store.walStates(signal)).find(({ table: name }) => name === table.name)
    expect(state).toMatchObject({ suspended: false, appliedTransaction: 1, writtenTransaction: 1 })
    expect(await seqs(store, table)).toHaveLength(5000)
  })

  test('a row that QuestDB refuses in the middle of a batch is set aside, the others are stored', async () => {
    const { wide, narrow } = await narrowTable(store)
    const records = ticks(2000, seq => ({ seq: seq === 1234 ? 3_000_000_000 : seq }))
    const { stored, rejected } = await store.writer(narrow).write(rowsOf(wide, records), signal)
    expect(stored).toBe(1999)
    expect(rejected).toEqual([
      { row: 1233, reason: expect.stringContaining('line protocol value: 3000000000 is out bounds of column type: INT') },
    ])
    expect(await seqs(store, narrow)).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1).filter(seq => seq !== 1234))
  })

  test('the refused row is found behind newlines in texts and newlines in binary arrays', async () => {
    const { wide, narrow } = await narrowTable(store)
    const newlines = Buffer.alloc(8, 0x0a).readDoubleLE()
    const more = (seq: number) => ({ note: 'a\nb\n', ladder: [[newlines, null]], seq: seq === 30 ? 3_000_000_000 : seq })
    const { rejected } = await store.writer(narrow).write(rowsOf(wide, ticks(40, more)), signal)
    expect(rejected.map(({ row }) => row)).toEqual([29])
    expect(await seqs(store, narrow)).toHaveLength(39)
  })

  test('many refused rows are all found', async () => {
    const { wide, narrow } = await narrowTable(store)
    const records = ticks(300, seq => ({ seq: seq % 7 === 0 ? 3_000_000_000 + seq : seq }))
    const { rejected } = await store.writer(narrow).write(rowsOf(wide, records), signal)
    expect(rejected.map(({ row }) => row)).toEqual(records.flatMap(({ seq }, row) => (seq > 300 ? [row] : [])))
    expect(await seqs(store, narrow)).toHaveLength(300 - rejected.length)
  })

  test('rows wait for a table that is missing, and for a column that is missing', async () => {
    const full = ticksTable(freshName('late'))
    const rows = rowsOf(
      full,
      ticks(3, () => ({ note: 'x' })),
    )
    const written = store.writer(full).write(rows, signal)
    await eventually(() => reports.some(({ verdict }) => verdict === 'retry'))
    await create(store, { ...full, columns: full.columns.filter(({ name }) => name !== 'note') })
    reports.length = 0
    await eventually(() => reports.some(({ verdict }) => verdict === 'retry'))
    await create(store, full)
    expect(await written).toEqual({ stored: 3, rejected: [] })
    expect(await seqs(store, full)).toEqual([1, 2, 3])
  })
})

describeWithLocalServers('a QuestDB with a password and small limits', () => {
  let quest: SpecialQuest
  let store: Store
  const limit = 1024 * 1024
  beforeAll(async () => {
    quest = await specialQuest({
      'http.user': 'admin',
      'http.password': 'quest',
      'line.http.max.recv.buffer.size': '1m',
      'dev.mode.enabled': 'true',
    })
    store = testStore({ configurationString: `${quest.configurationString}username=admin;password=quest;` }).store
  })
  afterAll(async () => {
    store?.close()
    await quest?.close()
  })

  test('with the password rows are stored, without it the write stops at once', async () => {
    const table = await freshTable(store, ticksTable())
    expect(await store.writer(table).write(rowsOf(table, ticks(3)), signal)).toEqual({ stored: 3, rejected: [] })
    const { store: stranger } = testStore({ configurationString: quest.configurationString })
    await expect(stranger.writer(table).write(rowsOf(table, ticks(3)), signal)).rejects.toMatchObject({ code: 'STORE_REFUSED' })
    await expect(stranger.query('SELECT 1')).rejects.toMatchObject({ code: 'STORE_REFUSED' })
    stranger.close()
  })

  test('a row that is too much for the server is set aside, the others are stored', async () => {
    const table = await freshTable(store, ticksTable())
    const records = ticks(4, seq => ({ note: seq === 3 ? 'x'.repeat(24 * limit) : 'fine' }))
    const { stored, rejected } = await store.writer(table).write(rowsOf(table, records), signal)
    expect({ stored, rejected }).toEqual({ stored: 3, rejected: [{ row: 2, reason: expect.stringContaining('transaction is too large') }] })
    expect(await seqs(store, table)).toEqual([1, 2, 4])
  })

  test('a suspended table goes on taking rows, and is reported', async () => {
    const table = await freshTable(store, ticksTable())
    await suspendTable(store, table.name)
    expect(await store.writer(table).write(rowsOf(table, ticks(3)), signal)).toEqual({ stored: 3, rejected: [] })
    expect(await store.suspendedTables()).toMatchObject([{ table: table.name, suspended: true }])
    await expect(store.waitUntilApplied(table.name, signal)).rejects.toMatchObject({ code: 'STORE_TABLE_SUSPENDED' })
    await store.query(`ALTER TABLE ${table.name} RESUME WAL`)
    expect(await seqs(store, table)).toEqual([1, 2, 3])
    expect(await store.suspendedTables()).toEqual([])
  })
})

describeWithOwnServers('outages of a real QuestDB', () => {
  let own: OwnServers
  /** Gives up soon, as the tests want to see. */
  let store: Store
  /** Looks at what there is, however long that takes. */
  let patient: Store
  let reports: RequestReport[]
  beforeAll(async () => {
    own = await ownServers()
    ;({ store, reports } = testStore({ configurationString: `${own.proxied.questdb}request_timeout=2000;` }))
    patient = testStore({ configurationString: `${own.proxied.questdb}request_timeout=60000;` }).store
  })
  afterAll(async () => {
    store?.close()
    patient?.close()
    await own?.close()
  })

  test('every row is there once after QuestDB was killed and started again in the middle of writing', async () => {
    const table = await freshTable(patient, ticksTable())
    const batches = Array.from({ length: 40 }, (_, batch) => Array.from({ length: 500 }, (_, index) => tick(batch * 500 + index + 1)))
    const writing = (async () => {
      for (const batch of batches) await store.writer(table).write(rowsOf(table, batch), signal)
    })()
    await eventually(() => reports.length >= 5)
    await own.questdb.kill('SIGKILL')
    const failures = reports.length
    await eventually(() => reports.length > failures)
    await own.questdb.start()
    await writing
    expect(await seqs(patient, table)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1))
  })

  test('every row is there once after the answer to a write was lost', async () => {
    const table = await freshTable(patient, ticksTable())
    const lost = own.questdbProxy.cutAfterRequest(bytes => bytes.includes('POST /write'))
    expect(await store.writer(table).write(rowsOf(table, ticks(1000)), signal)).toEqual({ stored: 1000, rejected: [] })
    await lost
    expect(await seqs(patient, table)).toHaveLength(1000)
  })

  test('a connection that hangs is given up after the timeout and the rows are written later', async () => {
    const table = await freshTable(patient, ticksTable())
    reports.length = 0
    own.questdbProxy.stall()
    const written = store.writer(table).write(rowsOf(table, ticks(1000)), signal)
    await eventually(() => reports.some(({ verdict }) => verdict === 'retry'))
    await own.questdbProxy.restore()
    expect(await written).toEqual({ stored: 1000, rejected: [] })
    expect(await seqs(patient, table)).toHaveLength(1000)
  })

  test('the store waits for a QuestDB that is not there yet', async () => {
    await own.questdbProxy.cut()
    const connected = store.connect(signal)
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    await own.questdbProxy.restore()
    await connected
  })
})

/** A table whose `seq` is an INT where the definition has a LONG: the one way to make QuestDB refuse single rows that we consider right. */
async function narrowTable(store: Store): Promise<{ wide: TableDefinition; narrow: TableDefinition }> {
  const wide = ticksTable(freshName('narrow'))
  const narrow = {
    ...wide,
    columns: wide.columns.map(column => (column.name === 'seq' ? { ...column, questType: 'INT' as const } : column)),
  }
  await create(store, narrow)
  return { wide, narrow }
}

async function create(store: Store, table: TableDefinition): Promise<void> {
  await store.tables.apply(await store.tables.plan([table]))
}

async function seqs(store: Store, { name }: TableDefinition): Promise<number[]> {
  await store.waitUntilApplied(name, signal)
  return (await store.query<{ seq: number }>(`SELECT seq FROM ${name} ORDER BY timestamp`)).map(({ seq }) => seq)
}
