import type { Interval } from '@tickhouse/calendar'
import { entityOf } from '@tickhouse/catalogue'
import { type Doing, messageOf, untold } from '@tickhouse/runtime'
import { isOfOneTable, quoted, type SessionCount, type Store, timeLiteral } from '@tickhouse/store'
import type { SessionCounts } from './journal-counts.ts'
import type { TableCounts } from './judge.ts'

/** What the tables hold of some time. */
export interface TableContents {
  /** By `session/dataset`. */
  readonly counts: ReadonlyMap<string, TableCounts>
  /** Dead letters of a known dataset, by `session/dataset`. */
  readonly letters: ReadonlyMap<string, number>
  /** Tables that take rows and do not show them. */
  readonly suspended: ReadonlySet<string>
  /** Datasets whose table cannot be read, and why. */
  readonly unreadable: ReadonlyMap<string, string>
}

const hourUs = 3_600_000_000

/**
 * Asks each table that one of the sessions has records for what it holds of that time, of any session. Of an open session only the records that the journal
 * gave are counted: what came later may be on its way through several sinks, a higher number before a lower one. A table that is missing or cannot be
 * read is named with the reason, and the others are asked. Throws when QuestDB is away.
 */
export async function tableCounts(
  store: Store,
  time: Interval,
  sessions: readonly SessionCounts[],
  { tell = untold, signal }: Partial<Doing> = {},
): Promise<TableContents> {
  const suspended = new Set((await store.suspendedTables(signal)).map(({ table }) => table))
  const counts = new Map<string, TableCounts>()
  const unreadable = new Map<string, string>()
  const datasets = [...new Set(['dead_letter', ...sessions.flatMap(({ numbers }) => Object.keys(numbers))])]
  let letters: ReadonlyMap<string, number> = new Map()
  for (const [index, dataset] of datasets.entries()) {
    tell(() => `Asking table ${dataset}, ${index + 1} of ${datasets.length}`)
    try {
      if (!suspended.has(dataset)) await store.waitUntilApplied(dataset, signal)
      if (dataset === 'dead_letter') letters = await deadLetterCounts(store, time, signal)
      for (const [session, count] of await countsBySession(store, dataset, time, { sessions, signal }))
        counts.set(`${session}/${dataset}`, count)
    } catch (error) {
      if (!isOfOneTable(error)) throw error
      unreadable.set(dataset, `table ${dataset} cannot be read: ${messageOf(error)}; \`tickhouse doctor\` says what mends it`)
    }
  }
  return { counts, letters, suspended, unreadable }
}

async function countsBySession(
  store: Store,
  dataset: string,
  time: Interval,
  { sessions, signal }: { readonly sessions: readonly SessionCounts[]; readonly signal: AbortSignal | undefined },
): Promise<Map<string, TableCounts>> {
  const found = dataset === 'dead_letter' ? await lettersOfTheirOwn(store, time, signal) : await countsOf(store, dataset, time, signal)
  const counts = new Map<string, TableCounts>(
    found.map(({ session, rows, distinct, firstSeq, lastSeq, outOfOrder }) => [
      session,
      { rows, distinct, lowest: firstSeq, highest: lastSeq, outOfOrder },
    ]),
  )
  for (const { session, numbers } of sessions.filter(({ open }) => open)) {
    const last = numbers[dataset]?.last
    if (last === undefined) continue
    const { outOfOrder = 0 } = counts.get(session) ?? {}
    counts.set(session, { ...(await countsUpTo(store, time, { session, dataset, last }, signal)), outOfOrder })
  }
  return counts
}

type Count = Pick<SessionCount, 'session' | 'rows' | 'distinct' | 'firstSeq' | 'lastSeq' | 'outOfOrder'>

/** Counting distinct numbers costs QuestDB memory for each of them: busy tables, with partitions of an hour, are asked hour by hour. */
async function countsOf(store: Store, dataset: string, time: Interval, signal?: AbortSignal): Promise<Count[]> {
  if (entityOf(dataset).table.partitionBy !== 'HOUR') return store.sessionCounts(dataset, time, signal)
  const merged = new Map<string, Count>()
  for (const hour of await hoursOf(store, dataset, time, signal))
    for (const count of await store.sessionCounts(dataset, hour, signal)) merged.set(count.session, added(merged.get(count.session), count))
  return [...merged.values()]
}

/** The hours of a time in which a table has rows at all; QuestDB keeps an hour in one partition or several. */
async function hoursOf(store: Store, dataset: string, { fromUs, toUs }: Interval, signal?: AbortSignal): Promise<Interval[]> {
  const partitions = await store.query<{ at: number }>(
    `SELECT DISTINCT timestamp_floor('h', minTimestamp) AS at FROM table_partitions(${quoted(dataset)}) WHERE attached ORDER BY at`,
    signal,
  )
  return partitions
    .map(({ at }) => ({ fromUs: Math.max(at, fromUs), toUs: Math.min(at + hourUs, toUs) }))
    .filter(hour => hour.fromUs < hour.toUs)
}

/** Numbers rise with time, so those of one hour lie behind those of the hour before; where they do not, some are out of order and may be counted twice. */
function added(before: Count | undefined, count: Count): Count {
  if (before === undefined) return count
  return {
    session: count.session,
    rows: before.rows + count.rows,
    distinct: before.distinct + count.distinct,
    firstSeq: Math.min(before.firstSeq, count.firstSeq),
    lastSeq: Math.max(before.lastSeq, count.lastSeq),
    outOfOrder: before.outOfOrder + count.outOfOrder + (count.firstSeq < before.lastSeq ? 1 : 0),
  }
}

async function countsUpTo(
  store: Store,
  time: Interval,
  { session, dataset, last }: { session: string; dataset: string; last: number },
  signal?: AbortSignal,
): Promise<TableCounts> {
  const numbered = dataset === 'dead_letter' ? ` AND ${numberedLetters}` : ''
  const [counts] = await store.query<TableCounts>(
    `SELECT count() AS rows, count_distinct(seq) AS "distinct", coalesce(min(seq), 0) AS lowest, coalesce(max(seq), 0) AS highest
     FROM ${dataset} WHERE session = ${quoted(session)} AND seq <= ${last} AND ${timeCondition(time)}${numbered}`,
    signal,
  )
  return counts!
}

/** Dead letters carry the session and seq of the record that they stand for: only those of an unknown dataset have numbers of their own. */
const numberedLetters = "stage = 'collector' AND dataset = '*'"

/** How many dead letters of a known dataset the table holds, by `session/dataset`. */
async function deadLetterCounts(store: Store, time: Interval, signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const found = await store.query<{ session: string; dataset: string; letters: number }>(
    `SELECT session, dataset, count() AS letters FROM dead_letter
     WHERE dataset != '*' AND ${timeCondition(time)} GROUP BY session, dataset`,
    signal,
  )
  return new Map(found.map(({ session, dataset, letters }) => [`${session}/${dataset}`, letters]))
}

function lettersOfTheirOwn(store: Store, time: Interval, signal?: AbortSignal): Promise<Count[]> {
  return store.query<Count>(
    `SELECT session, count() AS rows, count_distinct(seq) AS "distinct", min(seq) AS firstSeq, max(seq) AS lastSeq, 0 AS outOfOrder FROM dead_letter
     WHERE ${numberedLetters} AND ${timeCondition(time)} GROUP BY session`,
    signal,
  )
}

/** A stretch of time as SQL has it. */
export function timeCondition({ fromUs, toUs }: Interval): string {
  return `timestamp >= ${timeLiteral(fromUs)} AND timestamp < ${timeLiteral(toUs)}`
}
