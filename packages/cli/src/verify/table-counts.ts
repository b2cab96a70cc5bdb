import type { Store } from '@tickhouse/store'
import type { SessionCounts } from './journal-counts.ts'
import type { TableCounts } from './judge.ts'

/** Asks each table that a session has records for what it holds of it; by `session/dataset`. */
export async function tableCounts(
  store: Store,
  sinceUs: number,
  sessions: readonly SessionCounts[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, TableCounts>> {
  const counts = new Map<string, TableCounts>()
  const wanted = new Set(sessions.map(({ session }) => session))
  for (const dataset of new Set(sessions.flatMap(({ records }) => Object.keys(records)))) {
    const found =
      dataset === 'dead_letter'
        ? await lettersOfTheirOwn(store, sinceUs, signal)
        : await store.sessionCounts(dataset, { fromUs: sinceUs }, signal)
    for (const { session, rows, distinct, lastSeq } of found)
      if (wanted.has(session)) counts.set(`${session}/${dataset}`, { rows, distinct, highest: lastSeq })
  }
  return counts
}

/** How many dead letters of a known dataset the table holds, by `session/dataset`. */
export async function letterCounts(store: Store, sinceUs: number, signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const found = await store.query<{ session: string; dataset: string; letters: number }>(
    `SELECT session, dataset, count() AS letters FROM dead_letter
     WHERE dataset != '*' AND timestamp >= '${new Date(sinceUs / 1000).toISOString()}' GROUP BY session, dataset`,
    signal,
  )
  return new Map(found.map(({ session, dataset, letters }) => [`${session}/${dataset}`, letters]))
}

/** Dead letters carry the session and seq of the record that they stand for: only those of an unknown dataset have numbers of their own. */
function lettersOfTheirOwn(store: Store, sinceUs: number, signal?: AbortSignal) {
  return store.query<{ session: string; rows: number; distinct: number; lastSeq: number }>(
    `SELECT session, count() AS rows, count_distinct(seq) AS "distinct", max(seq) AS lastSeq FROM dead_letter
     WHERE stage = 'collector' AND dataset = '*' AND timestamp >= '${new Date(sinceUs / 1000).toISOString()}' GROUP BY session`,
    signal,
  )
}
