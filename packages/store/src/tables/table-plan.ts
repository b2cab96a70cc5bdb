import { type ColumnDefinition, ddlOf, ddlOfColumn, type TableDefinition } from '@tickhouse/catalogue'

/** A table as QuestDB has it. */
export interface ExistingTable {
  readonly name: string
  readonly partitionBy: string
  readonly writeAheadLog: boolean
  readonly deduplicated: boolean
  readonly designatedTimestamp: string | null
  readonly columns: readonly ExistingColumn[]
}

export interface ExistingColumn {
  readonly name: string
  readonly type: string
  readonly dedupKey: boolean
}

/** What a table lacks. */
export interface MissingColumn {
  readonly table: string
  readonly column: ColumnDefinition
}

/** What differs and is not changed by us, because rows are at stake; a person decides. */
export interface Difference {
  readonly table: string
  /** Such as `column price` or `deduplication keys`. */
  readonly subject: string
  readonly expected: string
  readonly found: string
}

/** What is to be done so that QuestDB has the tables; only ever adds. */
export interface TablePlan {
  readonly create: readonly TableDefinition[]
  readonly add: readonly MissingColumn[]
  readonly refused: readonly Difference[]
  /** Columns that the definitions do not have (any more); they stay. */
  readonly extra: readonly { readonly table: string; readonly column: string }[]
  readonly unchanged: readonly string[]
}

/** Compares definitions with what is there. */
export function planTables(definitions: readonly TableDefinition[], existing: ReadonlyMap<string, ExistingTable>): TablePlan {
  const pairs = definitions.flatMap(wanted => {
    const found = existing.get(wanted.name)
    return found ? [{ wanted, found }] : []
  })
  const add = pairs.flatMap(({ wanted, found }) => missingColumns(wanted, found))
  const refused = pairs.flatMap(({ wanted, found }) => differences(wanted, found))
  const touched = new Set([...add, ...refused].map(({ table }) => table))
  return {
    create: definitions.filter(({ name }) => !existing.has(name)),
    add,
    refused,
    extra: pairs.flatMap(({ wanted, found }) => extraColumns(wanted, found)),
    unchanged: pairs.map(({ wanted }) => wanted.name).filter(name => !touched.has(name)),
  }
}

/** One statement of a plan: a table that is made, or one that gets a column. */
export interface TableStatement {
  readonly table: string
  readonly column?: string
  readonly statement: string
}

/** What carries out a plan; each statement may be run again, and none needs another one. */
export function changesOf({ create, add }: TablePlan): TableStatement[] {
  return [
    ...create.map(table => ({ table: table.name, statement: ddlOf(table).trim().replace(/;$/, '') })),
    ...add.map(({ table, column }) => ({
      table,
      column: column.name,
      statement: `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${ddlOfColumn(column)}`,
    })),
  ]
}

/** The statements that carry out a plan. */
export function statementsOf(plan: TablePlan): string[] {
  return changesOf(plan).map(({ statement }) => statement)
}

/** One line per difference, for people; empty when the tables are as wanted. */
export function diffOf({ create, add, refused }: TablePlan): string {
  return [
    ...create.map(({ name }) => `${name}: is missing`),
    ...add.map(({ table, column }) => `${table}: column ${column.name}: is missing`),
    ...refused.map(({ table, subject, expected, found }) => `${table}: ${subject}: expected ${expected}, found ${found}`),
  ].join('\n')
}

function missingColumns(wanted: TableDefinition, found: ExistingTable): MissingColumn[] {
  const names = new Set(found.columns.map(({ name }) => name))
  return wanted.columns.filter(({ name }) => !names.has(name)).map(column => ({ table: wanted.name, column }))
}

function extraColumns(wanted: TableDefinition, found: ExistingTable): { table: string; column: string }[] {
  const names = new Set(wanted.columns.map(({ name }) => name))
  return found.columns.filter(({ name }) => !names.has(name)).map(({ name }) => ({ table: wanted.name, column: name }))
}

function differences(wanted: TableDefinition, found: ExistingTable): Difference[] {
  const expectedKeys = [...wanted.dedupKeys].sort().join(', ')
  const foundKeys = found.columns.filter(({ dedupKey }) => dedupKey).map(({ name }) => name)
  return [
    ['write-ahead log', 'on', found.writeAheadLog ? 'on' : 'off'],
    ['designated timestamp', 'timestamp', found.designatedTimestamp ?? 'none'],
    ['partitioning', wanted.partitionBy, found.partitionBy],
    ['deduplication keys', expectedKeys, found.deduplicated ? foundKeys.sort().join(', ') : 'deduplication off'],
    ...columnTypes(wanted, found),
  ]
    .filter(([, expected, actual]) => expected !== actual)
    .map(([subject, expected, actual]) => ({ table: wanted.name, subject: subject!, expected: expected!, found: actual! }))
}

function columnTypes(wanted: TableDefinition, found: ExistingTable): string[][] {
  const types = new Map(found.columns.map(({ name, type }) => [name, type]))
  return wanted.columns.filter(({ name }) => types.has(name)).map(({ name, questType }) => [`column ${name}`, questType, types.get(name)!])
}
