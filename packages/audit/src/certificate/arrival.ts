import type { Bus } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import type { Gathered } from '../verify/gather.ts'
import {
  blindSpots,
  countOf,
  deadLetterProblems,
  missingInTopic,
  type Stages,
  shortInTable,
  tableProblems,
  topicProblems,
} from '../verify/judge.ts'
import type { TopicCounts } from '../verify/topic-counts.ts'

/** How far collector and sink have come, and what Kafka may have forgotten; sets of datasets. */
export interface PipelineProgress {
  /** Time of the latest record that was published: what lies before it in the journal was published, or never will be. */
  readonly publishedToUs: number
  /** The sink has not committed all that the topic holds of the date. */
  readonly behind: ReadonlySet<string>
  /** QuestDB takes rows without showing them. */
  readonly suspended: ReadonlySet<string>
  /** The topic may have dropped records of the date, as old as they are. */
  readonly expired: ReadonlySet<string>
}

/** The records of one (session, dataset) that are on their way, and those that are lost, in sentences. */
export interface Arrival {
  readonly late: readonly string[]
  readonly lost: readonly string[]
}

/** Tells what is on its way from what is lost: late is what comes behind everything that was published, or what the sink has not read yet. */
export function arrivalOf(stages: Stages, progress: PipelineProgress): Arrival {
  const { dataset, unreadable = [] } = stages
  if (unreadable.length > 0) return { late: [], lost: unreadable }
  const unpublished = lateInTopic(stages, progress)
  const unstored = lateInTable(stages, progress) - unpublished
  const lettersLate = progress.behind.has('dead_letter') || progress.suspended.has('dead_letter')
  const late = [
    ...(unpublished > 0 ? [`${unpublished} records are on their way to Kafka`] : []),
    ...(unstored > 0
      ? [
          `${unstored} rows are ${progress.suspended.has(dataset) ? 'held back: QuestDB has suspended the table' : 'on their way to QuestDB'}`,
        ]
      : []),
    ...(lettersLate ? deadLetterProblems(stages) : []),
  ]
  const lost = [
    ...(unpublished > 0 || progress.expired.has(dataset) ? [] : topicProblems(stages)),
    ...(unpublished + unstored > 0 ? [] : tableProblems(stages)),
    ...(lettersLate ? [] : deadLetterProblems(stages)),
  ]
  const blind = blindSpots(stages, lost)
  return { late, lost: blind.length > 0 ? [...lost, ...blind] : lost }
}

/** How many records at the end are not in the topic, while nothing behind them is in any. */
function lateInTopic(stages: Stages, { publishedToUs }: PipelineProgress): number {
  const missing = missingInTopic(stages)
  const isEnd = missing.length === 1 && missing[0]![0] > stages.topic.highest
  return isEnd && publishedToUs < stages.journal.lastUs ? countOf(missing) : 0
}

/** How many rows are not in the table, while some of the records before it have not been stored at all. */
function lateInTable(stages: Stages, progress: PipelineProgress): number {
  const { dataset } = stages
  const isLate = progress.behind.has(dataset) || progress.suspended.has(dataset) || lateInTopic(stages, progress) > 0
  return isLate ? Math.max(0, shortInTable(stages).short) : 0
}

/** The offset up to which the sink has stored each partition, by topic; what it never committed is not there. */
export type Committed = ReadonlyMap<string, ReadonlyMap<number, number>>

/** Asks how far the sink's group has come. */
export async function sinkOffsets(
  bus: Bus,
  group: string,
  datasets: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<Committed> {
  const topics = [...datasets].map(dataset => entityOf(dataset).topic.name)
  const committed = new Map<string, Map<number, number>>(topics.map(topic => [topic, new Map()]))
  for (const { topic, partition, committed: offset } of topics.length === 0 ? [] : await bus.lag(group, topics, signal))
    if (offset !== null) committed.get(topic)!.set(partition, offset)
  return committed
}

/** How far collector and sink have come with a date that begins at `fromUs`. */
export function progressOf({ topics, tables, stages }: Gathered, committed: Committed, fromUs: number, nowUs: number): PipelineProgress {
  const datasets = [...new Set(stages.map(({ dataset }) => dataset))]
  return {
    publishedToUs: topics.publishedToUs,
    behind: new Set([...topics.lastOffsets.keys()].filter(dataset => isBehind(dataset, topics, committed))),
    suspended: tables.suspended,
    expired: new Set(datasets.filter(dataset => isExpired(dataset, fromUs, nowUs))),
  }
}

function isBehind(dataset: string, { lastOffsets }: TopicCounts, committed: Committed): boolean {
  const offsets = committed.get(entityOf(dataset).topic.name)
  return [...lastOffsets.get(dataset)!].some(([partition, last]) => (offsets?.get(partition) ?? 0) <= last)
}

function isExpired(dataset: string, fromUs: number, nowUs: number): boolean {
  return fromUs / 1000 + Number(entityOf(dataset).topic.config['retention.ms']) < nowUs / 1000
}
