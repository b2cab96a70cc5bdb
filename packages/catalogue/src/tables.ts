import { dataConditionTable } from './data-condition.ts'
import type { TableDefinition } from './definitions.ts'
import { entities } from './entities.ts'

/** Every table that is made from the catalogue: one per dataset, and the condition of each day. */
export const tableDefinitions: readonly TableDefinition[] = [...entities.map(({ table }) => table), dataConditionTable]
