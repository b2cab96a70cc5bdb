import type { Range, SequenceSet } from '@tickhouse/catalogue'

/** What one session says about one dataset at each station of the way. */
export interface Stations {
  readonly session: string
  readonly dataset: string
  /** True while the session may still grow. */
  readonly open: boolean
  /** Records that follow from the journal: their seq are 1 … this. */
  readonly journal: number
  readonly topic: SequenceSet
  readonly table: TableCounts
  /** Records of the topic that the sink could not store. */
  readonly refused: number
  /** Items that the collector could not read, whose dead letters have numbers of this dataset. */
  readonly unread: SequenceSet
  /** Dead letters of either kind that are in their table. */
  readonly lettersStored: number
}

export interface TableCounts {
  readonly rows: number
  readonly distinct: number
  readonly highest: number
}

/** The verdict on one (session, dataset). */
export interface Finding {
  readonly session: string
  readonly dataset: string
  readonly journal: number
  readonly topic: number
  readonly table: number
  readonly dead_letters: number
  readonly verdict: 'complete' | 'incomplete'
  /** What is wrong, in words; empty when complete. */
  readonly problems: readonly string[]
  readonly missing_in_topic: readonly Range[]
}

/** Compares the three stations of one (session, dataset). An open session may be further along the way than the journal was when it was read. */
export function judge(stations: Stations): Finding {
  const { session, dataset, journal, topic, table, refused, unread } = stations
  const missing = topic.missing(journal, unread)
  const letters = refused + sizeOf(topic.missing(journal)) - sizeOf(missing)
  const problems = [...topicProblems(stations, missing), ...tableProblems(stations, letters), ...letterProblems(stations)]
  return {
    session,
    dataset,
    journal,
    topic: topic.distinct,
    table: table.rows,
    dead_letters: letters,
    verdict: problems.length === 0 ? 'complete' : 'incomplete',
    problems,
    missing_in_topic: missing,
  }
}

function topicProblems({ journal, topic, open }: Stations, missing: readonly Range[]): string[] {
  const lost = sizeOf(missing)
  return [
    ...(lost > 0 ? [`${lost} of ${journal} records are not in the topic: seq ${rangesText(missing)}`] : []),
    ...(!open && topic.highest > journal ? [`the topic holds seq up to ${topic.highest}, the journal only ${journal}`] : []),
  ]
}

/** `letters`: how many numbers have no row because a dead letter stands for it. */
function tableProblems({ journal, open, table }: Stations, letters: number): string[] {
  const expected = journal - letters
  const short = expected - table.distinct
  return [
    ...(short > 0 ? [`${short} of ${expected} rows are not in the table`] : []),
    ...(!open && short < 0 ? [`the table holds ${-short} rows more than the journal gives`] : []),
    ...(table.rows !== table.distinct ? [`${table.rows - table.distinct} rows are stored twice`] : []),
    ...(letters === 0 && table.distinct !== table.highest
      ? [`the table holds ${table.distinct} rows, its highest seq is ${table.highest}`]
      : []),
  ]
}

function letterProblems({ refused, unread, lettersStored }: Stations): string[] {
  const expected = refused + unread.distinct
  return lettersStored < expected ? [`${expected - lettersStored} of ${expected} dead letters are not in their table`] : []
}

function sizeOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

/** `1-5, 9, 12-13`, at most ten of them. */
export function rangesText(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, 10).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
  return ranges.length > 10 ? `${shown.join(', ')} and ${ranges.length - 10} more ranges` : shown.join(', ')
}
