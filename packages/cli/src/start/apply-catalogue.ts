import type { Bus } from '@tickhouse/bus'
import { dictionary, entities, tableDefinitions } from '@tickhouse/catalogue'
import type { Store } from '@tickhouse/store'

/** Brings topics and tables in line with the catalogue, both at once; throws when something differs that is not changed automatically. */
export async function applyCatalogue(bus: Bus, store: Store, signal: AbortSignal): Promise<void> {
  await Promise.all([applyTopics(bus, signal), applyTables(store, signal)])
}

async function applyTopics({ topics }: Bus, signal: AbortSignal): Promise<void> {
  const definitions = entities.map(({ topic }) => topic)
  await topics.apply(await topics.plan(definitions, signal), signal)
}

async function applyTables(store: Store, signal: AbortSignal): Promise<void> {
  await store.connect(signal)
  await store.tables.apply(await store.tables.plan(tableDefinitions, signal), signal)
  await store.tables.fillDictionary(dictionary(), signal)
}
