import { timeCondition } from '@tickhouse/audit'
import type { Interval } from '@tickhouse/calendar'
import { grouped } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'

/** What there is of one session: how many rows, from which to which number, and when; times in µs since 1970. */
export interface SessionRows {
  readonly session: string
  readonly rows: number
  readonly first_seq: number
  readonly last_seq: number
  readonly first_us: number
  readonly last_us: number
}

/** What a table holds of some time, by session. */
export function sessionRows(store: Store, table: string, time: Interval, signal: AbortSignal): Promise<SessionRows[]> {
  return store.query<SessionRows>(
    `SELECT session, count() AS rows, min(seq) AS first_seq, max(seq) AS last_seq, min(timestamp) AS first_us, max(timestamp) AS last_us
     FROM ${table} WHERE ${timeCondition(time)} GROUP BY session ORDER BY session`,
    signal,
  )
}

/** How sessions differ from those that are expected, a sentence each; sessions that are not expected are not looked at. */
export function rowDifferencesOf(expected: readonly SessionRows[], found: readonly SessionRows[]): string[] {
  const others = new Map(found.map(rows => [rows.session, rows]))
  return expected.flatMap(rows => {
    const other = others.get(rows.session)
    return other !== undefined && describe(other) === describe(rows)
      ? []
      : [`session ${rows.session}: expected ${describe(rows)}; found ${other === undefined ? 'none' : describe(other)}`]
  })
}

/** The same, and sessions that are not expected are differences as well. */
export function sessionsThatDiffer(expected: readonly SessionRows[], found: readonly SessionRows[]): string[] {
  const others = found.filter(({ session }) => !expected.some(rows => rows.session === session))
  return [...rowDifferencesOf(expected, found), ...others.map(rows => `session ${rows.session}: expected none; found ${describe(rows)}`)]
}

/** How many rows some sessions have together. */
export function rowsIn(sessions: readonly SessionRows[]): number {
  return sessions.reduce((sum, { rows }) => sum + rows, 0)
}

function describe({ rows, first_seq, last_seq, first_us, last_us }: SessionRows): string {
  return `${grouped(rows)} rows, seq ${first_seq} to ${last_seq}, times ${first_us} to ${last_us} µs`
}
