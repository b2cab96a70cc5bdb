import type { DataRecord, TableDefinition } from '@tickhouse/catalogue'
import { unreadableText } from '../rows/column-values.ts'
import type { SqlRow, SqlValue } from './query.ts'

/** A column in which a row is not what its record says. */
export interface ColumnDifference {
  readonly column: string
  readonly found: SqlValue
  readonly expected: SqlValue
}

const positionColumns: ReadonlySet<string> = new Set(['kafka_partition', 'kafka_offset'])

/** The columns in which a row, as `query` gives it, is not what the record would have been stored as; its place in Kafka is not looked at. */
export function rowDifferences(table: TableDefinition, record: DataRecord, row: SqlRow): ColumnDifference[] {
  const differences: ColumnDifference[] = []
  for (const { name } of table.columns) {
    if (positionColumns.has(name)) continue
    const [found, expected] = [row[name] ?? null, storedValue(name, record[name])]
    if (!isSame(found, expected)) differences.push({ column: name, found, expected })
  }
  return differences
}

/** A member of a record as SQL gives it back. */
function storedValue(name: string, value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  return name === 'unreadable' ? unreadableText(value as Record<string, string>) : (value as SqlValue)
}

/** QuestDB gives an array without elements back as `[]`, whatever its dimensions were. */
function isSame(found: SqlValue, expected: SqlValue): boolean {
  if (found === expected) return true
  if (!isArray(found) || !isArray(expected)) return false
  if (found.length === 0) return expected.flat().length === 0
  return found.length === expected.length && found.every((element, index) => isSame(element, expected[index] ?? null))
}

function isArray(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value)
}
