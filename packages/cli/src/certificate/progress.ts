import type { Bus } from '@tickhouse/bus'
import { entityOf } from '@tickhouse/catalogue'
import type { Gathered } from '../verify/gather.ts'
import type { TopicCounts } from '../verify/topic-counts.ts'
import type { Progress } from './arrival.ts'

/** The offset up to which the sink has stored each partition, by topic; what it never committed is not there. */
export type Committed = ReadonlyMap<string, ReadonlyMap<number, number>>

/** Asks how far the sink's group has come. */
export async function committedOffsets(
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
export function progressOf({ topics, tables, stations }: Gathered, committed: Committed, fromUs: number, nowUs: number): Progress {
  const datasets = [...new Set(stations.map(({ dataset }) => dataset))]
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
