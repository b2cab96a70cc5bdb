import { problemOf } from '@tickhouse/page'
import { someOf } from '@tickhouse/runtime'
import { timeLiteral } from '@tickhouse/store'
import { type Check, fail, type Installation, type Judgement, ok, skipped, warn } from './check.ts'

/** Judges whether several collectors can be told apart; says nothing of one alone. */
export function judgeCollectorNames(names: readonly string[]): Judgement[] {
  if (names.length < 2) return []
  const twice = [...Map.groupBy(names, name => name)].filter(([, those]) => those.length > 1)
  if (twice.length === 0) return [ok(`each collector has a name of its own: ${names.join(', ')}`)]
  return twice.map(([name, { length }]) =>
    fail(`${length} collectors are called ${name}: nobody can tell their sessions apart`, 'COLLECTOR_ID, another one for each'),
  )
}

/** The names of the collectors that are known. */
export const collectorNamesCheck: Check = {
  name: 'collector names',
  needs: [],
  look: async ({ collectors }) => judgeCollectorNames(collectors.map(({ name }) => name)),
}

/** That something of an item came in a session of a collector lately. */
export interface ItemOfCollector {
  readonly symbol: string
  readonly venue: string
  readonly collector: string
}

const sharedMend =
  'give each collector a part of its own: `tickhouse plan` divides, `tickhouse plan --check` compares; until then queries take one: session IN (SELECT session FROM feed_session WHERE collector = …)'

/** Judges whether collectors capture the same items: then every record of them is stored once for each. */
export function judgeSharedItems(items: readonly ItemOfCollector[]): Judgement {
  const collectors = Map.groupBy(items, ({ symbol, venue }) => `${symbol} ${venue}`)
  const shared = [...collectors].filter(([, own]) => new Set(own.map(({ collector }) => collector)).size > 1).map(([item]) => item)
  if (shared.length === 0) return ok('no item is captured by two collectors')
  const names = [...new Set(items.filter(({ symbol, venue }) => shared.includes(`${symbol} ${venue}`)).map(({ collector }) => collector))]
  const what = shared.length === 1 ? '1 item is' : `${shared.length} items are`
  return warn(`${what} captured by ${names.sort().join(' and ')}, and stored once for each: ${someOf(shared.sort())}`, sharedMend)
}

const sql = `
  SELECT DISTINCT t.symbol AS symbol, t.venue AS venue, s.collector AS collector
  FROM (SELECT DISTINCT symbol, venue, session FROM trade WHERE timestamp > dateadd('m', -5, now())) t
  JOIN (SELECT DISTINCT session, collector FROM feed_session WHERE event = 'open' AND timestamp > dateadd('d', -8, now())) s ON (session)`

/** Items whose trades were captured by more than one collector in the last five minutes. */
export const sharedItemsCheck: Check = {
  name: 'shared items',
  needs: ['questdb'],
  look: async ({ store }, signal) => [judgeSharedItems(await store!.query<ItemOfCollector>(sql, signal))],
}

/** How often sessions ended because another program logged in with the same app key. */
export interface TakenReading {
  /** In the last day, as the tables say; undefined when they were not asked. */
  readonly rows: number | undefined
  /** Since the collector was started; undefined when it was not asked. */
  readonly ends: number | undefined
  /** The collectors that have no session now for that reason, by the titles that people read. */
  readonly takenNow: readonly string[]
}

const loginMend = 'stop the other program, or give each its own app key: KIWOOM_APP_KEY'

/** Judges whether someone else uses the app key. */
export function judgeDuplicateLogin({ rows, ends, takenNow }: TakenReading): Judgement {
  const times = (count: number) => `another program logged in with this app key ${count} times`
  if (takenNow.length > 0)
    return fail(
      `another program is logged in with this app key, and the ${takenNow.join(' and the ')} ${takenNow.length > 1 ? 'have' : 'has'} no session`,
      loginMend,
    )
  if (rows === undefined && ends === undefined) return skipped('neither QuestDB nor the collector answers')
  if (rows) return warn(`${times(rows)} in the last day (session_taken)`, loginMend)
  if (ends) return warn(`${times(ends)} since the collector was started (session_taken)`, loginMend)
  return ok('nobody else has logged in with this app key')
}

/** Logins of others with the same app key, which end our session. */
export const duplicateLoginCheck: Check = {
  name: 'duplicate login',
  needs: [],
  look: async (installation, signal) => {
    const { collectors } = installation
    const [rows, ends, problems] = await Promise.all([
      takenRows(installation, signal),
      Promise.all(collectors.map(({ url }) => takenEnds(url, signal))),
      Promise.all(collectors.map(({ url }) => problemOf(url))),
    ])
    const known = ends.filter(count => count !== undefined)
    const takenNow = collectors.filter((_, index) => problems[index]?.includes('session_taken')).map(({ title }) => title)
    return [judgeDuplicateLogin({ rows, ends: known.length === 0 ? undefined : known.reduce((sum, count) => sum + count), takenNow })]
  },
}

async function takenRows({ store }: Installation, signal: AbortSignal): Promise<number | undefined> {
  const since = timeLiteral((Date.now() - 86_400_000) * 1000)
  const count = (table: string) => `SELECT count() AS times FROM ${table} WHERE reason = 'session_taken' AND timestamp > ${since}`
  const sql = `${count('feed_session')} UNION ALL ${count('feed_gap')}`
  const rows = await store?.query<{ times: number }>(sql, signal).catch(() => undefined)
  return rows && Math.max(...rows.map(({ times }) => times))
}

/** No such line in its metrics means that it never happened. */
async function takenEnds(http: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const text = await (await fetch(`${http}/metrics`, { signal })).text()
    return Number(/^tickhouse_collector_session_ends_total\{[^}]*reason="session_taken"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0)
  } catch {
    return undefined
  }
}
