import type { ColumnDefinition } from './definitions.ts'

/** A column that no field of the venue fills. */
export function column(name: string, questType: ColumnDefinition['questType'], description: string, required = false): ColumnDefinition {
  return { name, questType, required, description }
}
