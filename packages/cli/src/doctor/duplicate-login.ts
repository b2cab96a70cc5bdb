import { timeLiteral } from '@tickhouse/store'
import { problemOf } from '../service-status.ts'
import { fail, type Judgement, ok, skipped, warn } from './finding.ts'
import type { Check, Installation } from './installation.ts'

/** How often sessions ended because another program logged in with the same app key. */
export interface TakenReading {
  /** In the last day, as the tables say; undefined when they were not asked. */
  readonly rows: number | undefined
  /** Since the collector was started; undefined when it was not asked. */
  readonly ends: number | undefined
  /** The collectors that have no session now for that reason, by the titles that people read. */
  readonly takenNow: readonly string[]
}

const mend = 'stop the other program, or give each its own app key: KIWOOM_APP_KEY'

/** Judges whether someone else uses the app key. */
export function judgeDuplicateLogin({ rows, ends, takenNow }: TakenReading): Judgement {
  const times = (count: number) => `another program logged in with this app key ${count} times`
  if (takenNow.length > 0)
    return fail(
      `another program is logged in with this app key, and the ${takenNow.join(' and the ')} ${takenNow.length > 1 ? 'have' : 'has'} no session`,
      mend,
    )
  if (rows === undefined && ends === undefined) return skipped('neither QuestDB nor the collector answers')
  if (rows) return warn(`${times(rows)} in the last day (session_taken)`, mend)
  if (ends) return warn(`${times(ends)} since the collector was started (session_taken)`, mend)
  return ok('nobody else has logged in with this app key')
}

/** Logins of others with the same app key, which end our session. */
export const duplicateLogin: Check = {
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
