import { dateAt, momentOf } from '@tickhouse/calendar'
import { itemSilent } from '@tickhouse/catalogue'
import { type Store, timeLiteral } from '@tickhouse/store'

/** How much was lost since midnight in Seoul. */
export interface Today {
  readonly gaps: number
  readonly deadLetters: number
}

/** How much was lost since midnight in Seoul, without silent items, since it is unknown whether their records are missing. Undefined when QuestDB does not answer. */
export async function lostToday(store: Store): Promise<Today | undefined> {
  const since = timeLiteral(momentOf(dateAt(Date.now() * 1000), '00:00'))
  const count = (table: string) => `SELECT count() AS rows FROM ${table} WHERE timestamp >= ${since}`
  const sql = `${count('feed_gap')} AND reason != '${itemSilent}' UNION ALL ${count('dead_letter')}`
  const rows = await store.query<{ rows: number }>(sql, AbortSignal.timeout(1500)).catch(() => undefined)
  return rows && { gaps: rows[0]!.rows, deadLetters: rows[1]!.rows }
}
