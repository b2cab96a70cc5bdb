import type { Bus } from '@tickhouse/bus'
import { entities, SequenceSet } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'
import { kafkaSinceMs } from '../journal/kafka-times.ts'
import type { Interval } from '../korean-time.ts'
import type { Doing } from '../progress.ts'
import type { Numbers, SessionCounts } from './journal-counts.ts'
import type { Stations } from './judge.ts'
import { openLetters } from './open-letters.ts'
import { type Tables, tableCounts } from './table-counts.ts'
import { type TopicCounts, topicCounts } from './topic-counts.ts'

/** What topics and tables say about some sessions, and all three stations of each (session, dataset). */
export interface Gathered {
  readonly topics: TopicCounts
  readonly tables: Tables
  /** Numbers that have no row because a dead letter stands for them, by `session/dataset`. */
  readonly openLetters: ReadonlyMap<string, SequenceSet>
  readonly stations: readonly Stations[]
  /** Datasets whose topic or table cannot be read, whether they have records or not, and why. */
  readonly unreadable: ReadonlyMap<string, readonly string[]>
}

/** With what stations are asked. */
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
  const open = await openLetters(store, topics, time, { unreadable: tables.unreadable, signal: doing.signal })
  const unreadable = unreadableIn(topics, tables)
  const stations = sessions.flatMap(({ session, open: isOpen, cut, numbers }) =>
    Object.entries(numbers).map(([dataset, journalled]): Stations => {
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
  return { topics, tables, openLetters: open, stations, unreadable }
}

/** Each collector has sessions that follow each other. */
function sinceMsOf(fromUs: number, sessions: readonly SessionCounts[]): number {
  const own = [...Map.groupBy(sessions, ({ collector }) => collector).values()]
  return Math.min(...(own.length === 0 ? [[]] : own).map(each => kafkaSinceMs(fromUs, each)))
}

function unreadableIn(topics: Pick<TopicCounts, 'unreadable'>, tables: Pick<Tables, 'unreadable'>): Map<string, readonly string[]> {
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
