import { type Bus, BusError } from '@tickhouse/bus'
import type { TradingCalendar } from '@tickhouse/calendar'
import { dictionary, type TopicDefinition, tableDefinitions } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'

/** What is brought in line, and where a person hears about it. */
export interface ApplyContext {
  readonly bus: Bus
  readonly store: Store
  readonly definitions: readonly TopicDefinition[]
  readonly calendar: TradingCalendar
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/**
 * Brings topics and tables in line with the catalogue, both at once, as far as it can be done. Topics that differ are told, and the others work;
 * throws for tables that differ, since rows could not be stored, and when there is no topic at all.
 */
export async function applyCatalogue(context: ApplyContext): Promise<void> {
  const [topics, tables] = await Promise.allSettled([applyTopics(context), applyTables(context)])
  for (const { reason } of [topics, tables].filter(result => result.status === 'rejected')) throw reason
}

async function applyTopics({ bus, definitions, say, signal }: ApplyContext): Promise<void> {
  try {
    await bus.topics.apply(await bus.topics.plan(definitions, signal), signal)
  } catch (error) {
    if (!(error instanceof BusError) || error.details['failed'] === undefined) throw error
    const { create } = await bus.topics.plan(definitions, signal)
    if (create.length === definitions.length) throw error
    say(`Warning: ${error.message}`)
  }
}

async function applyTables({ store, calendar, signal }: ApplyContext): Promise<void> {
  await store.connect(signal)
  const applying = store.tables.plan(tableDefinitions, signal).then(plan => store.tables.apply(plan, signal))
  await applying.catch(() => {})
  await store.tables.fillDictionary(dictionary(), signal)
  await store.tables.fillCalendar(calendar, Date.now() * 1000, signal)
  await applying
}
