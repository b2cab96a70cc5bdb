import type { Bus } from '@tickhouse/bus'
import { SequenceSet } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'
import { kafkaSinceMs } from '../journal/kafka-times.ts'
import type { Interval } from '../korean-time.ts'
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
}

const nothing = { rows: 0, distinct: 0, lowest: 0, highest: 0 }

/** Asks topics and tables for what the sessions have in them, as far as it is of that time; `beforeTables` runs between the two. */
export async function gather(
  { bus, store, signal }: { readonly bus: Bus; readonly store: Store; readonly signal: AbortSignal },
  sessions: readonly SessionCounts[],
  time: Interval,
  beforeTables: () => Promise<void> = async () => {},
): Promise<Gathered> {
  const sinceMs = kafkaSinceMs(time.fromUs, sessions)
  const topics = await topicCounts(bus, sinceMs, new Set(sessions.map(({ session }) => session)), time, signal)
  await beforeTables()
  const tables = await tableCounts(store, time, sessions, signal)
  const open = await openLetters(store, topics, time, signal)
  const stations = sessions.flatMap(({ session, open: isOpen, cut, numbers }) =>
    Object.entries(numbers).map(([dataset, journalled]): Stations => {
      const key = `${session}/${dataset}`
      const [topic, unread] = [topics.records.get(key) ?? new SequenceSet(), topics.unread.get(key) ?? new SequenceSet()]
      const written = unread.distinct + (topics.refused.get(key)?.distinct ?? 0)
      const letters = { written, stored: tables.letters.get(key) ?? 0, open: open.get(key)?.distinct ?? 0 }
      const journal = cut ? withPublished(journalled, topic) : journalled
      return { session, dataset, open: isOpen, journal, topic, table: tables.counts.get(key) ?? nothing, unread, letters }
    }),
  )
  return { topics, tables, openLetters: open, stations }
}

/** A journal that lost entries after their records were published does not tell how far the numbers go; the topic does. */
function withPublished(numbers: Numbers, { highest }: SequenceSet): Numbers {
  return { ...numbers, last: Math.max(numbers.last, highest) }
}
