import { type Bus, BusError } from '@tickhouse/bus'
import type { TradingCalendar } from '@tickhouse/calendar'
import { type TopicDefinition, tableDefinitions } from '@tickhouse/catalogue'
import { bringInLine, type Store, StoreError, type WantedViews } from '@tickhouse/store'

/** What is brought in line, and how the user is told. */
export interface ApplyDeps {
  readonly bus: Bus
  readonly store: Store
  readonly definitions: readonly TopicDefinition[]
  readonly calendar: TradingCalendar
  readonly views: WantedViews
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/**
 * Brings topics, tables and views in line with the catalogue, as far as it can be done. Topics and views that differ are told, and the others work;
 * throws for tables that differ, since rows could not be stored, and when there is no topic at all.
 */
export async function applyCatalogue(deps: ApplyDeps): Promise<void> {
  const [topics, tables] = await Promise.allSettled([applyTopics(deps), applyTables(deps)])
  for (const { reason } of [topics, tables].filter(result => result.status === 'rejected')) throw reason
}

async function applyTopics({ bus, definitions, say, signal }: ApplyDeps): Promise<void> {
  try {
    await bus.topics.apply(await bus.topics.plan(definitions, signal), signal)
  } catch (error) {
    if (!(error instanceof BusError) || error.details['failed'] === undefined) throw error
    const { create } = await bus.topics.plan(definitions, signal)
    if (create.length === definitions.length) throw error
    say(`Warning: ${error.message}`)
  }
}

async function applyTables({ store, calendar, views, say, signal }: ApplyDeps): Promise<void> {
  await store.connect(signal)
  try {
    const plan = await store.tables.plan(tableDefinitions, signal)
    await bringInLine(store, { plan, calendar, views }, signal)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_VIEW_REFUSED') throw error
    say(`Warning: ${error.message}`)
  }
}
