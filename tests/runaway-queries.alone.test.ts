import { describeWithOwnServers, eventually, type OwnServers, ownServers, scaledTimeout } from '@tickhouse/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Pipeline, problemsOf } from './pipeline.ts'
import { postgres } from './postgres.ts'

const reader = { user: 'quant', password: 'only-reads' }
const shortMs = 2_000
const patient = { timeoutMs: 45_000 }

/** Each trade of KRX with the quotes of NXT in the ten seconds after it; by a text, QuestDB looks through all rows for each. */
const horizonJoin = (nxt: string) => `SELECT h.offset / 1000000 AS second, avg(q.best_ask) AS best_ask
  FROM (SELECT timestamp, symbol, ${nxt} AS other FROM trade WHERE session = 'past') t
  HORIZON JOIN best_quote q ON (t.symbol = q.symbol AND t.other = q.venue) RANGE FROM 0s TO 10s STEP 1s AS h
  GROUP BY second ORDER BY second`
const endlessJoin = horizonJoin("'NXT'")
const crossJoin = "SELECT sum(a.price * b.price * c.price) FROM trade a CROSS JOIN trade b CROSS JOIN trade c WHERE a.session = 'past'"
const groups = "SELECT lpad(x::string, 1000, '0') AS key, count() FROM long_sequence(1000000000) GROUP BY key"
const pastRows = 100_000

let own: OwnServers
let pipeline: Pipeline

describeWithOwnServers('a query that runs away', () => {
  beforeAll(async () => {
    own = await ownServers({
      'pg.readonly.user.enabled': 'true',
      'pg.readonly.user': reader.user,
      'pg.readonly.password': reader.password,
      // So long that what is seen while a query runs is not seen because it ended.
      'query.timeout': `${scaledTimeout(60_000)}ms`,
      'ram.usage.limit.bytes': '600m',
    })
    pipeline = await Pipeline.open(own.proxied)
    await past('trade', 'KRX', 'price')
    await past('best_quote', 'NXT', 'best_ask')
    await pipeline.run({ rate: 100 })
    const runningMs = Date.now()
    await eventually(async () => expect(await newestTradeMs()).toBeGreaterThan(runningMs), patient)
  })

  afterAll(async () => {
    await pipeline?.close()
    await own?.close()
  })

  it('over PostgreSQL, more of them than run at once, holds up no row', { timeout: 300_000 }, async () => {
    await whileRowsGoOn([endlessJoin, crossJoin, endlessJoin, crossJoin].map(sql => asked(sql)))
  })

  it('over HTTP, twice as many as QuestDB has room for by itself, holds up no row', { timeout: 300_000 }, async () => {
    await whileRowsGoOn([endlessJoin, crossJoin, endlessJoin, crossJoin].map(sql => askedOverHttp('exec', sql)))
  })

  it('into files, more of them than are made at once, leaves room for the writing; one too many is refused', {
    timeout: 300_000,
  }, async () => {
    const ends = await whileRowsGoOn(Array.from({ length: 4 }, () => askedOverHttp('exp', crossJoin)))
    expect(ends.filter(end => /^exceeded connection limit/.test(end))).toHaveLength(2)
    expect(ends.filter(end => /cancelled by user/.test(end))).toHaveLength(2)
  })

  it('that wants more memory than there is ends with that, and holds up no row', { timeout: 300_000 }, async () => {
    expect(await whileRowsGoOn([asked(groups)])).toEqual([expect.stringMatching(/memory limit exceeded/)])
  })

  it('ends soon after its time, over PostgreSQL, over HTTP and as a file', { timeout: 300_000 }, async () => {
    const queries = [endlessJoin, crossJoin]
    const answers = queries.flatMap(sql => [asked(sql, shortMs), askedOverHttp('exec', sql, shortMs)])
    const ends = await Promise.all([...answers, askedOverHttp('exp', crossJoin, shortMs)])
    expect(ends).toEqual(Array(5).fill(expect.stringMatching(/timeout, query aborted/)))
  })

  it('is one that answers at once where the key is a symbol', async () => {
    const rows = await postgres(postgresPort(), reader.user, reader.password, horizonJoin("cast('NXT' AS symbol)"))
    expect(rows.map(([second]) => second)).toEqual(Array.from({ length: 11 }, (_, second) => String(second)))
  })

  it('by the user who only reads writes no files to the server', async () => {
    expect(await asked("COPY trade TO 'everything' WITH FORMAT PARQUET")).toMatch(/^COPY TO is disabled/)
  })

  it('has cost no record', { timeout: 300_000 }, async () => {
    expect((await pipeline.verify()).verdict).toBe('complete')
  })
})

/** Rows of a day that is over, by SQL: what the sink would have stored. */
async function past(table: string, venue: string, column: string): Promise<void> {
  await pipeline.store.query(`INSERT INTO ${table} (timestamp, symbol, venue, session, seq, ${column})
    SELECT timestamp_sequence('2026-11-25', 100000), '005930', '${venue}', 'past', x, 100.0 FROM long_sequence(${pastRows})`)
  await pipeline.store.waitUntilApplied(table)
}

/**
 * Waits until a trade is queryable that was captured after questions without an end had been asked, and only then cancels
 * them. Gives their ends.
 */
async function whileRowsGoOn(questions: readonly Promise<string>[]): Promise<string[]> {
  let isOver = false
  const ended = Promise.all(questions).finally(() => {
    isOver = true
  })
  const askedAtMs = Date.now()
  try {
    await eventually(async () => expect(await newestTradeMs()).toBeGreaterThan(askedAtMs), patient)
    await eventually(async () => expect(await problemsOf(pipeline.running.sink!)).toEqual([]), patient)
  } finally {
    // Those that waited for the others run after them, and are cancelled in their turn.
    await eventually(async () => {
      await cancelRunning()
      return isOver
    }, patient)
  }
  const ends = await ended
  expect(ends.filter(end => /^timeout/.test(end))).toEqual([])
  return ends
}

/** Cancels the questions that run. One that has just ended by itself cannot be cancelled. */
async function cancelRunning(): Promise<void> {
  const running = await pipeline.store.query(
    "SELECT query_id FROM query_activity() WHERE query LIKE '%past%' AND query NOT LIKE '%query_activity%'",
  )
  for (const { query_id } of running) await pipeline.store.query(`CANCEL QUERY ${query_id}`).catch(() => undefined)
}

/** When the newest trade was captured that SQL shows, ms since 1970. */
async function newestTradeMs(): Promise<number> {
  const [row] = await pipeline.store.query('SELECT max(timestamp) AS newest FROM trade')
  return Number(row!['newest']) / 1_000
}

function postgresPort(): number {
  return Number(new URL(own.questdb.postgresUrl).port)
}

/** What QuestDB says in the end to a question of the user who only reads, who may give it a time. */
async function asked(sql: string, timeoutMs?: number): Promise<string> {
  return await postgres(postgresPort(), reader.user, reader.password, sql, timeoutMs).then(
    rows => `answered: ${JSON.stringify(rows.slice(0, 3))}`,
    (error: Error) => error.message,
  )
}

/** The same over HTTP, as rows (`exec`) or as a file (`exp`). */
async function askedOverHttp(path: 'exec' | 'exp', sql: string, timeoutMs?: number): Promise<string> {
  // A connection of its own: QuestDB counts connections.
  const headers = { connection: 'close', ...(timeoutMs && { 'statement-timeout': String(timeoutMs) }) }
  const response = await fetch(`${own.questdb.httpUrl}/${path}?${new URLSearchParams({ query: sql })}`, { headers })
  const text = await response.text()
  return response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as { error: string }).error : text
}
