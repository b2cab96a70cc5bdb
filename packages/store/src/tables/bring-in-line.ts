import type { TradingCalendar } from '@tickhouse/calendar'
import { dictionary, legend } from '@tickhouse/catalogue'
import type { TablePlan } from './table-plan.ts'
import type { Tables } from './tables.ts'
import type { WantedViews } from './view-plan.ts'
import type { Views } from './views.ts'

/** What QuestDB is brought in line with. */
export interface InLine {
  /** What its tables lack. */
  readonly plan: TablePlan
  readonly calendar: TradingCalendar
  readonly views: WantedViews
}

/**
 * Carries out a plan, fills the tables that hold what the catalogue and the calendar say, and makes the views: all of it that can be done. In the end throws
 * STORE_TABLE_DIFFERS for tables, without which rows cannot be stored, or else STORE_VIEW_REFUSED for views, without which they can.
 */
export async function bringInLine(
  store: { readonly tables: Tables; readonly views: Views },
  { plan, calendar, views }: InLine,
  signal: AbortSignal,
): Promise<void> {
  const applying = store.tables.apply(plan, signal)
  await applying.catch(() => {})
  await store.tables.fillDictionary(dictionary(), signal)
  await store.tables.fillLegend(legend(), signal)
  await store.tables.fillCalendar(calendar, Date.now() * 1000, signal)
  const viewing = store.views.plan(views, signal).then(found => store.views.apply(found, signal))
  await viewing.catch(() => {})
  await applying
  await viewing
}
