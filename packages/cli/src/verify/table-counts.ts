import type { Store } from '@tickhouse/store'
import type { SessionCounts } from './journal-counts.ts'
import type { TableCounts } from './judge.ts'

/**
 * Asks each table that a session has records for what it holds of it; by `session/dataset`. Of an open session only the records that the
 * journal gave are counted: what came later may be on its way through several sinks, a higher number before a lower one.
 */
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
  for (const { session, records } of sessions.filter(({ open }) => open))
    for (const [dataset, last] of Object.entries(records))
      counts.set(`${session}/${dataset}`, await countsUpTo(store, sinceUs, { session, dataset, last }, signal))
  return counts
}

async function countsUpTo(
  store: Store,
  sinceUs: number,
  { session, dataset, last }: { session: string; dataset: string; last: number },
  signal?: AbortSignal,
): Promise<TableCounts> {
  const numbered = dataset === 'dead_letter' ? ` AND ${numberedLetters}` : ''
  const [counts] = await store.query<TableCounts>(
    `SELECT count() AS rows, count_distinct(seq) AS "distinct", coalesce(max(seq), 0) AS highest FROM ${dataset}
     WHERE session = '${session}' AND seq <= ${last} AND timestamp >= '${new Date(sinceUs / 1000).toISOString()}'${numbered}`,
    signal,
  )
  return counts!
}

/** Dead letters carry the session and seq of the record that they stand for: only those of an unknown dataset have numbers of their own. */
const numberedLetters = "stage = 'collector' AND dataset = '*'"

/** How many dead letters of a known dataset the table holds, by `session/dataset`. */
export async function letterCounts(store: Store, sinceUs: number, signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const found = await store.query<{ session: string; dataset: string; letters: number }>(
    `SELECT session, dataset, count() AS letters FROM dead_letter
     WHERE dataset != '*' AND timestamp >= '${new Date(sinceUs / 1000).toISOString()}' GROUP BY session, dataset`,
    signal,
  )
  return new Map(found.map(({ session, dataset, letters }) => [`${session}/${dataset}`, letters]))
}

function lettersOfTheirOwn(store: Store, sinceUs: number, signal?: AbortSignal) {
  return store.query<{ session: string; rows: number; distinct: number; lastSeq: number }>(
    `SELECT session, count() AS rows, count_distinct(seq) AS "distinct", max(seq) AS lastSeq FROM dead_letter
     WHERE ${numberedLetters} AND timestamp >= '${new Date(sinceUs / 1000).toISOString()}' GROUP BY session`,
    signal,
  )
}
