import type { Range, SequenceSet } from '@tickhouse/catalogue'
import { quoted, type Store } from '@tickhouse/store'
import type { Interval } from '../korean-time.ts'
import { type Stations, shortInTable } from '../verify/judge.ts'
import { conditionOf } from '../verify/table-counts.ts'

/** Answers how many of the numbers from … to … are there. */
export type CountNumbers = (from: number, to: number) => Promise<number>

/** So many ranges are named, and so many questions asked for them. */
const maxRanges = 10
const maxQuestions = 400

/** Asks a table which numbers of a session it lacks; `explained` are those that need no row. Nothing for a table that lacks none, or holds some twice. */
export async function missingRows(
  store: Store,
  stations: Stations,
  explained: SequenceSet | undefined,
  time: Interval,
  signal: AbortSignal,
): Promise<Range[]> {
  const { session, dataset, journal, table } = stations
  if (shortInTable(stations).short <= 0 || table.rows !== table.distinct || dataset === 'dead_letter') return []
  const count: CountNumbers = async (from, to) => {
    const [row] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${dataset} WHERE ${conditionOf(time)} AND session = ${quoted(session)} AND seq >= ${from} AND seq <= ${to}`,
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
