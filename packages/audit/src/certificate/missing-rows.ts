import type { Interval } from '@tickhouse/calendar'
import { entities, type Range, type SequenceSet } from '@tickhouse/catalogue'
import { isOfOneTable, quoted, type Store } from '@tickhouse/store'
import type { JournalSession } from '../journal/sessions.ts'
import { type Stages, shortInTable } from '../verify/judge.ts'
import { timeCondition } from '../verify/table-counts.ts'

/** Answers how many of the numbers from … to … are there. */
export type CountNumbers = (from: number, to: number) => Promise<number>

/** How many ranges are named, and how many queries may look for them. */
const maxRanges = 10
const maxQuestions = 400

/** Asks a table which numbers of a session it lacks; `explained` are those that need no row. Nothing for a table that lacks none, or holds some twice. */
export async function missingRows(
  store: Store,
  stages: Stages,
  explained: SequenceSet | undefined,
  time: Interval,
  signal: AbortSignal,
): Promise<Range[]> {
  const { session, dataset, journal, table } = stages
  if (shortInTable(stages).short <= 0 || table.rows !== table.distinct || dataset === 'dead_letter') return []
  const count: CountNumbers = async (from, to) => {
    const [row] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${dataset} WHERE ${timeCondition(time)} AND session = ${quoted(session)} AND seq >= ${from} AND seq <= ${to}`,
      signal,
    )
    return row!.rows + numbersIn(explained, from, to)
  }
  return await holes(count, journal.first, journal.last)
}

/** The ranges of numbers that are not there, the first ones of them: a stretch that lacks some is halved until it lacks all or none. */
export async function holes(count: CountNumbers, first: number, last: number): Promise<Range[]> {
  const ranges: Range[] = []
  const open = [{ from: first, to: last, present: await count(first, last) }]
  for (let questions = 0; open.length > 0 && ranges.length < maxRanges && questions < maxQuestions; ) {
    const { from, to, present } = open.pop()!
    if (present === to - from + 1) continue
    if (present === 0) {
      addRange(ranges, from, to)
      continue
    }
    const middle = from + Math.floor((to - from) / 2)
    const left = await count(from, middle)
    questions++
    open.push({ from: middle + 1, to, present: present - left }, { from, to: middle, present: left })
  }
  return ranges
}

function addRange(ranges: Range[], from: number, to: number): void {
  const before = ranges.at(-1)
  if (before?.[1] === from - 1) ranges[ranges.length - 1] = [before[0], to]
  else ranges.push([from, to])
}

function numbersIn(set: SequenceSet | undefined, from: number, to: number): number {
  let count = 0
  if (set !== undefined) for (let seq = from; seq <= Math.min(to, set.highest); seq++) if (set.has(seq)) count++
  return count
}

/**
 * The sessions that have rows of a date in QuestDB and are not in the journal, although the same collector captured them: what they must have become can no longer be
 * told. Other collectors write into the same tables from journals of their own; a journal that is empty may have been anybody's.
 */
export async function removedSessions(
  store: Store,
  day: Interval,
  journal: readonly JournalSession[],
  signal: AbortSignal,
): Promise<string[]> {
  const known = new Set(journal.map(({ header }) => header.session))
  const foreign = (await sessionsWithRows(store, day, signal)).filter(session => !known.has(session))
  if (foreign.length === 0) return []
  const opened = await store.query<{ session: string; collector: string }>(
    `SELECT DISTINCT session, collector FROM feed_session WHERE event = 'open' AND session IN (${foreign.map(quoted).join(', ')})`,
    signal,
  )
  const collectors = new Set(journal.map(({ header }) => header.collector))
  return opened.filter(({ collector }) => collectors.size === 0 || collectors.has(collector)).map(({ session }) => session)
}

/** The sessions that have rows of a date in QuestDB, whoever captured them. */
export async function sessionsWithRows(store: Store, day: Interval, signal: AbortSignal): Promise<string[]> {
  const sessions = new Set<string>()
  for (const { table } of entities)
    try {
      const rows = await store.query<{ session: string }>(`SELECT DISTINCT session FROM ${table.name} WHERE ${timeCondition(day)}`, signal)
      for (const { session } of rows) sessions.add(session)
    } catch (error) {
      // A table that is missing tells of no session; that it is missing is told where its rows are counted.
      if (!isOfOneTable(error)) throw error
    }
  return [...sessions]
}
