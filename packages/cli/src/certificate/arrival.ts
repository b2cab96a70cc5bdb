import {
  blindSpots,
  countOf,
  letterProblems,
  missingInTopic,
  type Stations,
  shortInTable,
  tableProblems,
  topicProblems,
} from '../verify/judge.ts'

/** How far collector and sink have come, and what Kafka may have forgotten; sets of datasets. */
export interface Progress {
  /** Time of the latest record that was published: what lies before it in the journal was published, or never will be. */
  readonly publishedToUs: number
  /** The sink has not committed all that the topic holds of the date. */
  readonly behind: ReadonlySet<string>
  /** QuestDB takes rows without showing them. */
  readonly suspended: ReadonlySet<string>
  /** The topic may have dropped records of the date, as old as they are. */
  readonly expired: ReadonlySet<string>
}

/** What of one (session, dataset) is on its way, and what is lost, in sentences. */
export interface Arrival {
  readonly late: readonly string[]
  readonly lost: readonly string[]
}

/** Tells what is on its way from what is lost: late is what comes behind everything that was published, or what the sink has not read yet. */
export function arrivalOf(stations: Stations, progress: Progress): Arrival {
  const { dataset, unreadable = [] } = stations
  if (unreadable.length > 0) return { late: [], lost: unreadable }
  const unpublished = lateInTopic(stations, progress)
  const unstored = lateInTable(stations, progress) - unpublished
  const lettersLate = progress.behind.has('dead_letter') || progress.suspended.has('dead_letter')
  const late = [
    ...(unpublished > 0 ? [`${unpublished} records are on their way to Kafka`] : []),
    ...(unstored > 0
      ? [
          `${unstored} rows are ${progress.suspended.has(dataset) ? 'held back: QuestDB has suspended the table' : 'on their way to QuestDB'}`,
        ]
      : []),
    ...(lettersLate ? letterProblems(stations) : []),
  ]
  const lost = [
    ...(unpublished > 0 || progress.expired.has(dataset) ? [] : topicProblems(stations)),
    ...(unpublished + unstored > 0 ? [] : tableProblems(stations)),
    ...(lettersLate ? [] : letterProblems(stations)),
  ]
  const blind = blindSpots(stations, lost)
  return { late, lost: blind.length > 0 ? [...lost, ...blind] : lost }
}

/** How many records at the end are not in the topic, while nothing behind them is in any. */
function lateInTopic(stations: Stations, { publishedToUs }: Progress): number {
  const missing = missingInTopic(stations)
  const isEnd = missing.length === 1 && missing[0]![0] > stations.topic.highest
  return isEnd && publishedToUs < stations.journal.lastUs ? countOf(missing) : 0
}

/** How many rows are not in the table, while some of the records before it have not been stored at all. */
function lateInTable(stations: Stations, progress: Progress): number {
  const { dataset } = stations
  const isLate = progress.behind.has(dataset) || progress.suspended.has(dataset) || lateInTopic(stations, progress) > 0
  return isLate ? Math.max(0, shortInTable(stations).short) : 0
}
