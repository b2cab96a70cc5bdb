import type { ColumnDefinition, QuestType, TableDefinition } from '@tickhouse/catalogue'

/** How a column's value is checked and written. */
export type ColumnForm =
  | 'designated'
  | 'symbol'
  | 'text'
  | 'double'
  | 'long'
  | 'int'
  | 'timestamp'
  | 'array'
  | 'matrix'
  /** The object FID → raw text, stored as one text. */
  | 'unreadable'

/** A column as the encoder meets it. */
export interface PlannedColumn {
  readonly name: string
  readonly form: ColumnForm
  readonly required: boolean
  /** Place in `fields`. */
  readonly index: number
  /** What precedes the value: comma, name, `=`, and for binary values the bytes that announce them. */
  readonly prefix: Uint8Array
}

/** A table prepared for encoding; all sizes in bytes. */
export interface ColumnPlan {
  readonly tableName: Uint8Array
  readonly symbols: readonly PlannedColumn[]
  /** Every column that a record may have, in table order, the symbols too. */
  readonly fields: readonly PlannedColumn[]
  readonly byName: ReadonlyMap<string, PlannedColumn>
  /** Required columns that are no symbols. */
  readonly requiredFields: readonly PlannedColumn[]
  readonly partition: PlannedColumn | undefined
  readonly offset: PlannedColumn | undefined
  /** The most that a row takes besides its texts and array elements. */
  readonly fixedBytes: number
}

const equals = 0x3d
const quote = 0x22
/** A sign, 16 digits and a type letter; or two dimensions of an array and its last byte: the larger of both. */
const maxValueBytes = 18

/** Protocol version 2: `=`, entity type (16 double, 14 array), and for arrays element type (10 double) and dimensions. */
const announcements: Readonly<Partial<Record<ColumnForm, readonly number[]>>> = {
  double: [equals, 16],
  array: [equals, 14, 10, 1],
  matrix: [equals, 14, 10, 2],
  text: [quote],
  unreadable: [quote],
}

const forms: Readonly<Record<QuestType, ColumnForm>> = {
  SYMBOL: 'symbol',
  VARCHAR: 'text',
  DOUBLE: 'double',
  LONG: 'long',
  INT: 'int',
  TIMESTAMP: 'timestamp',
  'DOUBLE[]': 'array',
  'DOUBLE[][]': 'matrix',
}

/** Prepares a table: what can be known before the first record is worked out here, once. */
export function planColumns(table: TableDefinition): ColumnPlan {
  const fromRecord = table.columns.filter(({ name }) => !isPosition(name))
  const fields = fromRecord.map(planColumn)
  const tableName = Buffer.from(table.name)
  const prefixBytes = table.columns.reduce((sum, column) => sum + planColumn(column, 0).prefix.length, 0)
  return {
    tableName,
    symbols: fields.filter(({ form }) => form === 'symbol'),
    fields,
    byName: new Map(fields.map(field => [field.name, field])),
    requiredFields: fields.filter(({ form, required }) => required && form !== 'symbol'),
    partition: positionColumn(table, 'kafka_partition'),
    offset: positionColumn(table, 'kafka_offset'),
    fixedBytes: tableName.length + prefixBytes + (table.columns.length + 1) * maxValueBytes,
  }
}

function planColumn(column: ColumnDefinition, index: number): PlannedColumn {
  const form = formOf(column)
  const prefix = Buffer.concat([Buffer.from(`,${column.name}=`), Buffer.from(announcements[form] ?? [])])
  return { name: column.name, form, required: column.required, index, prefix }
}

function formOf({ name, questType }: ColumnDefinition): ColumnForm {
  if (name === 'timestamp') return 'designated'
  if (name === 'unreadable') return 'unreadable'
  return forms[questType]
}

function isPosition(name: string): boolean {
  return name === 'kafka_partition' || name === 'kafka_offset'
}

function positionColumn(table: TableDefinition, name: string): PlannedColumn | undefined {
  const column = table.columns.find(candidate => candidate.name === name)
  return column && planColumn(column, 0)
}
