import { dateAt, type TradingCalendar } from '@tickhouse/calendar'
import { type Logger, lookAgain, messageOf } from '@tickhouse/runtime'
import type { Store } from '@tickhouse/store'

/** What keeping the tables of the trading calendar needs. */
export interface CalendarDeps {
  readonly store: { readonly tables: Pick<Store['tables'], 'fillCalendar'> }
  readonly calendar: TradingCalendar
  readonly log: Logger
  readonly nowUs?: () => number
  readonly everyMs?: number
}

const hourMs = 3_600_000

/** Brings the tables of the trading calendar up to date once on every Korean date, until the signal aborts; tries again when QuestDB does not take it. */
export async function keepCalendar(
  { store, calendar, log, nowUs = () => Date.now() * 1000, everyMs = hourMs }: CalendarDeps,
  signal: AbortSignal,
): Promise<void> {
  let doneOn: string | undefined
  const look = async () => {
    const us = nowUs()
    if (dateAt(us) === doneOn) return
    try {
      await store.tables.fillCalendar(calendar, us, signal)
      doneOn = dateAt(us)
    } catch (error) {
      if (!signal.aborted) log.warn({ reason: messageOf(error) }, 'The tables of the trading calendar are not up to date, trying again')
    }
  }
  await lookAgain(look, () => everyMs, signal)
}
