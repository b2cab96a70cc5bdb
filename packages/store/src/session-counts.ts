import { timeLiteral } from './query.ts'
import type { RunQuery } from './store.ts'

/** What a table holds of one session: complete and without doubles when `rows`, `distinct` and `lastSeq` are the same number. */
export interface SessionCount {
  readonly session: string
  readonly rows: number
  /** Different values of `seq`. */
  readonly distinct: number
  readonly firstSeq: number
  readonly lastSeq: number
  /** Capture time of the first and last row, µs since the epoch. */
  readonly firstUs: number
  readonly lastUs: number
}

/** A stretch of capture time in µs, `fromUs` included, `toUs` excluded. */
export interface TimeRange {
  readonly fromUs?: number
  readonly toUs?: number
}

/** Counts the rows of a table per session, in the order of the sessions' ids. */
export function sessionCounts(run: RunQuery, table: string, range: TimeRange = {}, signal?: AbortSignal): Promise<SessionCount[]> {
  const columns =
    'session, count() AS rows, count_distinct(seq) AS "distinct", min(seq) AS firstSeq, max(seq) AS lastSeq, min(timestamp) AS firstUs, max(timestamp) AS lastUs'
  return run<SessionCount>(`SELECT ${columns} FROM ${table}${conditionOf(range)} GROUP BY session ORDER BY session`, signal)
}

function conditionOf({ fromUs, toUs }: TimeRange): string {
  const conditions = [
    ...(fromUs === undefined ? [] : [`timestamp >= ${timeLiteral(fromUs)}`]),
    ...(toUs === undefined ? [] : [`timestamp < ${timeLiteral(toUs)}`]),
  ]
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}
