import type { TableDefinition } from '@tickhouse/catalogue'
import { openStore, type RequestReport, type Store, type StoreOptions } from '@tickhouse/store'
import { servers } from '@tickhouse/testkit'
import { silentLog } from './silent-log.ts'

/** A store on the QuestDB of the tests that retries quickly, with the reports of its requests. */
export function testStore(options: Partial<StoreOptions> = {}): { store: Store; reports: RequestReport[] } {
  const reports: RequestReport[] = []
  const store = openStore({
    configurationString: options.configurationString ?? servers().questdb,
    log: silentLog(),
    onRequest: report => reports.push(report),
    baseRetryMs: 10,
    maxRetryMs: 200,
    ...options,
  })
  return { store, reports }
}

let namesMade = 0
const run = `${process.pid}_${Date.now().toString(36)}`

/** A table name that nobody has used. */
export function freshName(word: string): string {
  return `test_${word}_${run}_${++namesMade}`
}

/** Makes a table under a fresh name. */
export async function freshTable(store: Store, definition: TableDefinition): Promise<TableDefinition> {
  const table = { ...definition, name: freshName(definition.name) }
  await store.tables.apply(await store.tables.plan([table]))
  return table
}
