import type { Bus } from '@tickhouse/bus'
import type { Interval } from '@tickhouse/calendar'
import { entities, SequenceSet } from '@tickhouse/catalogue'
import type { Doing } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'
import { kafkaSinceMs } from '../journal/sessions.ts'
import type { Numbers, SessionCounts } from './journal-counts.ts'
import type { Stages } from './judge.ts'
import { openDeadLetters } from './open-dead-letters.ts'
import { type TableContents, tableCounts } from './table-counts.ts'
import { type TopicCounts, topicCounts } from './topic-counts.ts'

/** What topics and tables say about some sessions, and all three stages of each (session, dataset). */
export interface Gathered {
  readonly topics: TopicCounts
  readonly tables: TableContents
  /** Numbers that have no row because a dead letter stands for them, by `session/dataset`. */
  readonly openDeadLetters: ReadonlyMap<string, SequenceSet>
  readonly stages: readonly Stages[]
  /** Datasets whose topic or table cannot be read, whether they have records or not, and why. */
  readonly unreadable: ReadonlyMap<string, readonly string[]>
}

/** With what stages are asked. */
export interface Asking extends Partial<Doing> {
  readonly bus: Bus
  readonly store: Store
}

const nothing = { rows: 0, distinct: 0, lowest: 0, highest: 0 }

/** Asks topics and tables for what the sessions have in them, as far as it is of that time; `beforeTables` runs between the two. */
export async function gather(
  { bus, store, ...doing }: Asking,
  sessions: readonly SessionCounts[],
  time: Interval,
  beforeTables: (topics: TopicCounts) => Promise<void> = async () => {},
): Promise<Gathered> {
  const sinceMs = sinceMsOf(time.fromUs, sessions)
  const topics = await topicCounts(bus, { sinceMs, sessions: new Set(sessions.map(({ session }) => session)), time }, doing)
  await beforeTables(topics)
  const tables = await tableCounts(store, time, sessions, doing)
  const open = await openDeadLetters(store, topics, time, { unreadable: tables.unreadable, signal: doing.signal })
  const unreadable = unreadableIn(topics, tables)
  const stages = sessions.flatMap(({ session, open: isOpen, cut, numbers }) =>
    Object.entries(numbers).map(([dataset, journalled]): Stages => {
      const key = `${session}/${dataset}`
      const [topic, unread] = [topics.records.get(key) ?? new SequenceSet(), topics.unread.get(key) ?? new SequenceSet()]
      const written = unread.distinct + (topics.refused.get(key)?.distinct ?? 0)
      const letters = { written, stored: tables.letters.get(key) ?? 0, open: open.get(key)?.distinct ?? 0 }
      const journal = cut ? withPublished(journalled, topic) : journalled
      const table = tables.counts.get(key) ?? nothing
      const blind = { unreadable: unreadable.get(dataset) ?? [], lettersUnreadable: unreadable.get('dead_letter') ?? [] }
      const isSuspended = tables.suspended.has(dataset)
      return { session, dataset, open: isOpen, journal, topic, table, unread, letters, ...blind, isSuspended }
    }),
  )
  return { topics, tables, openDeadLetters: open, stages, unreadable }
}

/** Each collector has sessions that follow each other. */
function sinceMsOf(fromUs: number, sessions: readonly SessionCounts[]): number {
  const own = [...Map.groupBy(sessions, ({ collector }) => collector).values()]
  return Math.min(...(own.length === 0 ? [[]] : own).map(each => kafkaSinceMs(fromUs, each)))
}

function unreadableIn(topics: Pick<TopicCounts, 'unreadable'>, tables: Pick<TableContents, 'unreadable'>): Map<string, readonly string[]> {
  const reasons = entities.map(({ name }): [string, string[]] => [
    name,
    [topics.unreadable.get(name), tables.unreadable.get(name)].filter(reason => reason !== undefined),
  ])
  return new Map(reasons.filter(([, own]) => own.length > 0))
}

/** A journal that lost entries after their records were published does not tell how far the numbers go; the topic does. */
function withPublished(numbers: Numbers, { highest }: SequenceSet): Numbers {
  return { ...numbers, last: Math.max(numbers.last, highest) }
}
