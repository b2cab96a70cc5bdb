import { dateAt, momentOf } from '@tickhouse/calendar'
import { type DataRecord, dataConditionTable, entities } from '@tickhouse/catalogue'
import { type Logger, messageOf } from '@tickhouse/runtime'
import { type Store, timeLiteral } from '@tickhouse/store'
import type { Heartbeats } from './heartbeats.ts'
import { lookAgain } from './look-again.ts'

/** What keeping conditions needs. */
export interface ConditionParts {
  readonly store: { readonly query: Store['query']; readonly tables: Pick<Store['tables'], 'fill'> }
  readonly heartbeats: Pick<Heartbeats, 'newestUs'>
  readonly log: Logger
  readonly nowUs?: () => number
  readonly everyMs?: number
}

/**
 * Says `pending` of every Korean date of which something was stored, until a certificate says more, so that a query by condition never leaves a date out
 * without a word.
 */
export async function keepConditions(
  { store, heartbeats, log, nowUs = () => Date.now() * 1000, everyMs = 10_000 }: ConditionParts,
  signal: AbortSignal,
): Promise<void> {
  let doneOn: string | undefined
  const look = async () => {
    const date = heartbeats.newestUs === undefined ? undefined : dateAt(heartbeats.newestUs)
    if (date === undefined || date === doneOn) return
    try {
      const timestamp = momentOf(date, '00:00')
      const sql = `SELECT count() AS rows FROM ${dataConditionTable.name} WHERE timestamp = ${timeLiteral(timestamp)}`
      const [known] = await store.query<{ rows: number }>(sql, signal)
      if (known?.rows === 0) await store.tables.fill(dataConditionTable, pendingRows(date, timestamp, nowUs()), signal)
      doneOn = date
    } catch (error) {
      if (!signal.aborted) log.warn({ date, reason: messageOf(error) }, 'That the date is pending could not be written down, trying again')
    }
  }
  await lookAgain(look, () => everyMs, signal)
}

function pendingRows(date: string, timestamp: number, checked_at: number): DataRecord[] {
  const names = ['*', ...entities.map(({ name }) => name)]
  return names.map(dataset => ({ timestamp, date, dataset, condition: 'pending', checked_at }) as unknown as DataRecord)
}
