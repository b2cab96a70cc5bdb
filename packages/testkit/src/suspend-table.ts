import type { Store } from '@tickhouse/store'
import { eventually } from './eventually.ts'

/** Looks in a row that must find the table suspended. */
const looks = 5

/**
 * Suspends a table, for a reason that QuestDB then shows, until it stays so: under load a suspension has been seen to be
 * gone a moment later.
 */
export async function suspendTable(store: Store, table: string, reason?: string): Promise<void> {
  let held = 0
  await eventually(
    async () => {
      const suspended = await store.suspendedTables()
      if (suspended.some(state => state.table === table)) held += 1
      else {
        held = 0
        await store.query(`ALTER TABLE ${table} SUSPEND WAL${reason === undefined ? '' : ` WITH 28, '${reason}'`}`)
      }
      return held >= looks
    },
    { timeoutMs: 30_000 },
  )
}
