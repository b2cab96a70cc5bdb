import type { Range, SequenceSet } from '@tickhouse/catalogue'
import { countIn, type Numbers } from './journal-counts.ts'

/** What one session says about one dataset at each stage of the way. */
export interface Stages {
  readonly session: string
  readonly dataset: string
  /** True while the session may still grow. */
  readonly open: boolean
  /** The numbers of the records that follow from the journal, and of those that were published before the journal lost them. */
  readonly journal: Numbers
  readonly topic: SequenceSet
  readonly table: TableCounts
  /** Items that the collector could not read, whose dead letters have numbers of this dataset. */
  readonly unread: SequenceSet
  readonly letters: DeadLetterCounts
  /** Numbers that the table lacks, as far as it was asked for them. */
  readonly missingRows?: readonly Range[]
  /** Why its topic or its table cannot be read; nothing is known of it then. */
  readonly unreadable?: readonly string[]
  /** Why the dead letters cannot be read, which may stand for what is missing. */
  readonly lettersUnreadable?: readonly string[]
  /** QuestDB takes rows of the table without showing them. */
  readonly isSuspended?: boolean
}

/** What a table holds of one session; numbers are 0 where it holds nothing. */
export interface TableCounts {
  readonly rows: number
  readonly distinct: number
  readonly lowest: number
  readonly highest: number
  /** Rows that stand right behind one of a higher number or a later time; none when left out. */
  readonly outOfOrder?: number
}

/** Dead letters of one (session, dataset), those of the collector and of the sink together. */
export interface DeadLetterCounts {
  /** How many the topic holds. */
  readonly written: number
  /** How many are in their table. */
  readonly stored: number
  /** How many stand for a number that has no row. */
  readonly open: number
}

/** The verdict on one (session, dataset). */
export interface DatasetFinding {
  readonly session: string
  readonly dataset: string
  readonly journal: number
  readonly topic: number
  readonly table: number
  readonly dead_letters: number
  /** `unknown` where a stage cannot be read. */
  readonly verdict: 'complete' | 'incomplete' | 'unknown'
  /** What is wrong, in words; empty when complete. */
  readonly problems: readonly string[]
  readonly missing_in_topic: readonly Range[]
}

/** Compares the three stages of one (session, dataset). An open session may be further along the way than the journal was when it was read. */
export function judge(stages: Stages): DatasetFinding {
  const { session, dataset, journal, topic, table, letters } = stages
  const problems = problemsOf(stages)
  const blind = blindSpots(stages, problems)
  return {
    session,
    dataset,
    journal: countIn(journal),
    topic: topic.distinct,
    table: table.rows,
    dead_letters: letters.open,
    verdict: blind.length > 0 ? 'unknown' : problems.length === 0 ? 'complete' : 'incomplete',
    problems: blind.length > 0 ? blind : problems,
    missing_in_topic: blind.length > 0 ? [] : missingInTopic(stages),
  }
}

function problemsOf(stages: Stages): string[] {
  const problems = [...topicProblems(stages), ...tableProblems(stages), ...deadLetterProblems(stages)]
  const isHeldBack = stages.isSuspended === true && problems.length > 0
  return isHeldBack
    ? [...problems, 'QuestDB has suspended the table and holds rows back: `tickhouse doctor` says what resumes it']
    : problems
}

/** Why nothing can be said; dead letters that cannot be read only matter where something is missing, since they may stand for it. */
export function blindSpots({ unreadable = [], lettersUnreadable = [] }: Stages, problems: readonly string[]): readonly string[] {
  return unreadable.length > 0 || problems.length === 0 ? unreadable : lettersUnreadable
}

/** The verdict on a dataset that nothing is known of, not even whether it has records. */
export function unjudged(dataset: string, reasons: readonly string[]): DatasetFinding {
  const none = { journal: 0, topic: 0, table: 0, dead_letters: 0, missing_in_topic: [] }
  return { session: '*', dataset, ...none, verdict: 'unknown', problems: reasons }
}

/** The numbers that neither a record of the topic nor a dead letter has. */
export function missingInTopic({ journal, topic, unread }: Stages): Range[] {
  return topic.missing(journal.last, unread, journal.first)
}

/** The number of rows that the table must hold, and how many of them are missing. */
export function shortInTable({ journal, table, letters }: Stages): { readonly expected: number; readonly short: number } {
  const expected = countIn(journal) - letters.open
  return { expected, short: expected - table.distinct }
}

/** What is wrong with the topic, in words. */
export function topicProblems(stages: Stages): string[] {
  const { journal, topic, open } = stages
  const missing = missingInTopic(stages)
  const lost = countOf(missing)
  return [
    ...(lost > 0 ? [`${lost} of ${countIn(journal)} records are not in the topic: seq ${rangesText(missing)}`] : []),
    ...(!open && topic.highest > journal.last ? [`the topic holds seq up to ${topic.highest}, the journal only ${journal.last}`] : []),
  ]
}

/** What is wrong with the table, in words. */
export function tableProblems(stages: Stages): string[] {
  const { journal, open, table, letters, missingRows = [] } = stages
  const { expected, short } = shortInTable(stages)
  const names = missingRows.length > 0 ? `: seq ${rangesText(missingRows)}` : ''
  return [
    ...(short > 0 ? [`${short} of ${expected} rows are not in the table${names}`] : []),
    ...(!open && short < 0 ? [`the table holds ${-short} rows more than the journal gives`] : []),
    ...(table.rows !== table.distinct ? [`${table.rows - table.distinct} rows are stored twice`] : []),
    ...(table.outOfOrder ? [`${table.outOfOrder} rows stand behind a row of a higher seq or a later time`] : []),
    ...(letters.open === 0 && table.rows > 0 && table.distinct !== table.highest - journal.first + 1
      ? [`the table holds ${table.distinct} rows, its highest seq is ${table.highest}`]
      : []),
  ]
}

/** Which dead letters are missing themselves, in words. */
export function deadLetterProblems({ letters: { written, stored } }: Stages): string[] {
  return stored < written ? [`${written - stored} of ${written} dead letters are not in their table`] : []
}

/** How many numbers the ranges hold. */
export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

/** `1-5, 9, 12-13`, at most ten of them. */
function rangesText(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, 10).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
  return ranges.length > 10 ? `${shown.join(', ')} and ${ranges.length - 10} more ranges` : shown.join(', ')
}
