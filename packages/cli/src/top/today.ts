import { dateAt, momentOf } from '@tickhouse/calendar'
import { itemSilent } from '@tickhouse/catalogue'
import { type Store, timeLiteral } from '@tickhouse/store'
import type { Today } from './state.ts'

/** How much was lost since midnight in Seoul, silent items left out: nobody knows whether anything of them is missing; undefined when QuestDB does not answer. */
export async function lostToday(store: Store): Promise<Today | undefined> {
  const since = timeLiteral(momentOf(dateAt(Date.now() * 1000), '00:00'))
  const count = (table: string) => `SELECT count() AS rows FROM ${table} WHERE timestamp >= ${since}`
  const sql = `${count('feed_gap')} AND reason != '${itemSilent}' UNION ALL ${count('dead_letter')}`
  const rows = await store.query<{ rows: number }>(sql, AbortSignal.timeout(1500)).catch(() => undefined)
  return rows && { gaps: rows[0]!.rows, deadLetters: rows[1]!.rows }
}
