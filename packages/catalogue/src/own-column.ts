import type { ColumnDefinition } from './definitions.ts'

/** A column that no field of the venue fills. */
export function column(name: string, questType: ColumnDefinition['questType'], description: string, required = false): ColumnDefinition {
  return { name, questType, required, description }
}

/** The designated timestamp of a table whose rows have no time: QuestDB deduplicates only tables that have one. */
export const withoutTime = column('timestamp', 'TIMESTAMP', 'Always 1970-01-01, a part of the key', true)
