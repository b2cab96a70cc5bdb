import { entities } from '@tickhouse/catalogue'
import { quoted, type Store } from '@tickhouse/store'
import type { JournalSession } from '../journal/sessions.ts'
import type { Interval } from '../korean-time.ts'
import { conditionOf, isOfOneTable } from '../verify/table-counts.ts'

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

async function sessionsWithRows(store: Store, day: Interval, signal: AbortSignal): Promise<string[]> {
  const sessions = new Set<string>()
  for (const { table } of entities)
    try {
      const rows = await store.query<{ session: string }>(`SELECT DISTINCT session FROM ${table.name} WHERE ${conditionOf(day)}`, signal)
      for (const { session } of rows) sessions.add(session)
    } catch (error) {
      // A table that is missing tells of no session; that it is missing is told where its rows are counted.
      if (!isOfOneTable(error)) throw error
    }
  return [...sessions]
}
