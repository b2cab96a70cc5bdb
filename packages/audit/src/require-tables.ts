import type { TableDefinition } from '@tickhouse/catalogue'
import { UsageError } from '@tickhouse/runtime'
import { diffOf, type Store } from '@tickhouse/store'

/** Throws when tables are not as the catalogue has them: rows could be neither read nor written whole. */
export async function requireTables(store: Store, tables: readonly TableDefinition[], signal: AbortSignal): Promise<void> {
  const plan = await store.tables.plan(tables, signal)
  if (plan.create.length + plan.add.length + plan.refused.length === 0) return
  throw new UsageError(`Tables are not as the catalogue has them: run \`tickhouse tables apply\` first\n${diffOf(plan)}`)
}
