import { closedWord, loadCalendar, type TradingCalendar, tradesSince } from '@tickhouse/calendar'
import { tableDefinitions } from '@tickhouse/catalogue'
import { ageText, someOf } from '@tickhouse/runtime'
import type { Difference, TablePlan, WalState } from '@tickhouse/store'
import { type Check, fail, type Judgement, ok, warn } from './check.ts'

const apply = 'tickhouse tables apply'

/** Judges the difference between QuestDB's tables and the catalogue. */
export function judgeTables({ create, add, refused }: TablePlan): Judgement[] {
  const columns = add.map(({ table, column }) => `${table}.${column.name}`)
  const judgements = [
    ...(create.length > 0 ? [fail(`${create.length} tables are missing: ${someOf(create.map(({ name }) => name))}`, apply)] : []),
    ...(columns.length > 0 ? [fail(`${columns.length} columns are missing: ${someOf(columns)}`, apply)] : []),
    ...refused.map(difference => fail(sentenceOf(difference), mendOf(difference))),
  ]
  return judgements.length > 0
    ? judgements
    : [ok(`all ${tableDefinitions.length} are as the catalogue says, deduplicated, with write-ahead log`)]
}

function sentenceOf({ table, subject, expected, found }: Difference): string {
  return `${table}: ${subject}: expected ${expected}, found ${found}`
}

/** The statement that brings a table in line; where there is none, the way to a new one. */
function mendOf({ table, subject, expected }: Difference): string {
  const keys = tableDefinitions.find(({ name }) => name === table)?.dedupKeys ?? []
  if (subject === 'deduplication keys') return `ALTER TABLE ${table} DEDUP ENABLE UPSERT KEYS(${keys.join(', ')});`
  if (subject === 'write-ahead log') return `ALTER TABLE ${table} SET TYPE WAL;   (then restart QuestDB)`
  if (subject.startsWith('column ')) return `ALTER TABLE ${table} ALTER ${subject.replace('column', 'COLUMN')} TYPE ${expected};`
  return `RENAME TABLE ${table} TO ${table}_before;   (then ${apply}, and copy the rows)`
}

/** The tables against the catalogue. */
export const tablesCheck: Check = {
  name: 'tables',
  needs: ['questdb'],
  look: async ({ store }, signal) => judgeTables(await store!.tables.plan(tableDefinitions, signal)),
}

/** Judges how far the tables have got with their write-ahead log. */
export function judgeSuspended(states: readonly Pick<WalState, 'table' | 'suspended' | 'error'>[]): Judgement[] {
  const suspended = states.filter(state => state.suspended)
  if (suspended.length === 0) return [ok('no table is suspended')]
  return suspended.map(({ table, error }) =>
    fail(
      `${table} takes rows without showing them${error ? `: ${error}` : ''}`,
      `ALTER TABLE ${table} RESUME WAL;   (once the cause is gone)`,
    ),
  )
}

/** Tables that take rows and do not show them. */
export const suspendedCheck: Check = {
  name: 'suspended tables',
  needs: ['questdb'],
  look: async ({ store }, signal) => judgeSuspended(await store!.walStates(signal)),
}

/** The newest rows in QuestDB, in µs. */
export interface NewestRows {
  readonly tradeUs: number | null
  readonly sessionUs: number | null
  /** What the newest row of feed_session says: `open` or `close`. */
  readonly event: string | null
}

const staleMs = 300_000

/** Judges whether trades come in: an open session without any is suspicious while a venue trades. */
export function judgeNewestRow({ tradeUs, sessionUs, event }: NewestRows, calendar: TradingCalendar, nowMs: number): Judgement {
  if (sessionUs === null) return warn('no session was ever stored', 'tickhouse collect and tickhouse sink')
  const newestMs = Math.max(tradeUs ?? 0, sessionUs) / 1000
  const trade = tradeUs === null ? 'no trade was ever stored' : `the newest trade is ${ageText(nowMs - tradeUs / 1000)} old`
  if (event !== 'open') return ok(`${trade}, and no session is open`)
  if (nowMs - newestMs < staleMs) return ok(trade)
  const closed = closedWord(calendar, nowMs * 1000)
  if (closed !== null) return ok(`${trade}; the market is ${closed}`)
  if (!tradesSince(calendar, nowMs * 1000, staleMs)) return ok(`${trade}, and no venue trades price by price for long`)
  return warn(`${trade}, although a session is open while the market trades`, 'see what /ready and the logs of collector and sink say')
}

/** The age of the newest row. */
export const newestRowCheck: Check = {
  name: 'newest row',
  needs: ['questdb'],
  look: async ({ env, store }, signal) => {
    const [[trade], [session]] = await Promise.all([
      store!.query<{ us: number | null }>('SELECT max(timestamp) AS us FROM trade', signal),
      store!.query<{ us: number; event: string }>(
        `SELECT timestamp AS us, event FROM feed_session WHERE event != 'notice' LIMIT -1`,
        signal,
      ),
    ])
    const rows = { tradeUs: trade?.us ?? null, sessionUs: session?.us ?? null, event: session?.event ?? null }
    return [judgeNewestRow(rows, loadCalendar(env), Date.now())]
  },
}
