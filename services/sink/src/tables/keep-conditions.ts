import { dateAt, momentOf } from '@tickhouse/calendar'
import { type DataRecord, dataConditionTable, entities } from '@tickhouse/catalogue'
import { type Logger, lookAgain, messageOf } from '@tickhouse/runtime'
import { type Store, timeLiteral } from '@tickhouse/store'

/** What keeping conditions needs. */
export interface ConditionDeps {
  readonly store: { readonly query: Store['query']; readonly tables: Pick<Store['tables'], 'fill'> }
  /** Capture time of the newest heartbeat that can be queried, µs. */
  readonly heartbeats: { readonly newestUs: number | undefined }
  readonly log: Logger
  readonly nowUs?: () => number
  readonly everyMs?: number
}

/**
 * Says `pending` of every Korean date of which something was stored, until a certificate says more, so that a query by condition never leaves a date out
 * without a word.
 */
export async function keepConditions(
  { store, heartbeats, log, nowUs = () => Date.now() * 1000, everyMs = 10_000 }: ConditionDeps,
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
      if (!signal.aborted) log.warn({ date, reason: messageOf(error) }, 'The date could not be marked as pending, trying again')
    }
  }
  await lookAgain(look, () => everyMs, signal)
}

function pendingRows(date: string, timestamp: number, checked_at: number): DataRecord[] {
  const names = ['*', ...entities.map(({ name }) => name)]
  return names.map(dataset => ({ timestamp, date, dataset, condition: 'pending', checked_at }) as unknown as DataRecord)
}
