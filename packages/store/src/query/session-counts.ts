import type { Interval } from '@tickhouse/calendar'
import { type RunQuery, timeLiteral } from './query.ts'

/** What a table holds of one session: complete, without doubles and in order when `rows`, `distinct` and `lastSeq` are the same number and `outOfOrder` is 0. */
export interface SessionCount {
  readonly session: string
  readonly rows: number
  /** Different values of `seq`. */
  readonly distinct: number
  readonly firstSeq: number
  readonly lastSeq: number
  /** Rows that stand right behind one of a higher `seq` or a later time: both rise from row to row. */
  readonly outOfOrder: number
  /** Capture time of the first and last row, µs since the epoch. */
  readonly firstUs: number
  readonly lastUs: number
}

/** Counts the rows of a table per session, in the order of the sessions' ids. */
export async function sessionCounts(
  run: RunQuery,
  table: string,
  range: Partial<Interval> = {},
  signal?: AbortSignal,
): Promise<SessionCount[]> {
  const columns =
    'session, count() AS rows, count_distinct(seq) AS "distinct", min(seq) AS firstSeq, max(seq) AS lastSeq, min(timestamp) AS firstUs, max(timestamp) AS lastUs'
  const rows = `${table}${conditionOf(range)}`
  const counts = await run<Omit<SessionCount, 'outOfOrder'>>(`SELECT ${columns} FROM ${rows} GROUP BY session ORDER BY session`, signal)
  const disorder = await disorderOf(run, rows, signal)
  return counts.map(count => ({ ...count, outOfOrder: disorder.get(count.session) ?? 0 }))
}

/** How many rows are out of order, by session, for sessions that have any; rows are taken as they lie in the table. */
async function disorderOf(run: RunQuery, rows: string, signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const found = await run<{ session: string; rows: number }>(
    `SELECT session, count() AS rows FROM (
       SELECT session, seq, timestamp, lag(seq) OVER (PARTITION BY session) AS before, lag(timestamp) OVER (PARTITION BY session) AS earlier FROM ${rows}
     ) WHERE before > seq OR earlier > timestamp GROUP BY session`,
    signal,
  )
  return new Map(found.map(({ session, rows }) => [session, rows]))
}

function conditionOf({ fromUs, toUs }: Partial<Interval>): string {
  const conditions = [
    ...(fromUs === undefined ? [] : [`timestamp >= ${timeLiteral(fromUs)}`]),
    ...(toUs === undefined ? [] : [`timestamp < ${timeLiteral(toUs)}`]),
  ]
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}
