import type { ColumnDefinition, ListDefinition, QuestType } from '../definitions.ts'
import { type Entity, entities } from '../entities.ts'
import { type Column, type Legend, unitOfRow } from '../fields.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** The keyword of a member's unit, an annotation of ours. */
export const unitKeyword = 'x-unit'

const number = { type: 'number' }
const nullableNumber = { type: ['number', 'null'] }
const types: Record<QuestType, JsonSchema> = {
  SYMBOL: { type: 'string' },
  VARCHAR: { type: 'string' },
  DOUBLE: number,
  LONG: { type: 'integer', maximum: Number.MAX_SAFE_INTEGER, minimum: Number.MIN_SAFE_INTEGER },
  INT: { type: 'integer', maximum: 2 ** 31 - 1, minimum: -(2 ** 31 - 1) },
  TIMESTAMP: { type: 'integer' },
  'DOUBLE[]': { type: 'array', items: nullableNumber },
  'DOUBLE[][]': { type: 'array', items: { type: 'array', items: nullableNumber } },
}

/** The JSON Schema (draft 2020-12) of a dataset's records: the value of one Kafka message. */
export function schemaOf({ name, description, topic, table, venue }: Entity): JsonSchema {
  const columns = table.columns.filter(column => !column.name.startsWith('kafka_'))
  const members = columns.map(column => [column.name, propertyOf(column, venue?.columns[column.name])])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:tickhouse:${topic.name}`,
    title: name,
    description: `${description}. Times are integers in microseconds since 1970-01-01 UTC; what is absent is left out. Readers take members and codes that they do not know: more may come within ${topicVersion(topic.name)}, as docs/contract.md says.`,
    type: 'object',
    required: columns.filter(column => column.required).map(column => column.name),
    properties: Object.fromEntries([...members, ...(table.lists ?? []).map(list => [list.name, listProperty(list)])]),
    additionalProperties: true,
  }
}

/** The version that a topic's name ends with: `v1`. */
export function topicVersion(topic: string): string {
  return topic.slice(topic.lastIndexOf('.') + 1)
}

/** The path of a dataset's schema below `generated/`. */
export function schemaFile({ name, topic }: Entity): string {
  return `schemas/${name}.${topicVersion(topic.name)}.json`
}

/** Every dataset's schema. */
export function recordSchemas(): { readonly entity: Entity; readonly schema: JsonSchema }[] {
  return entities.map(entity => ({ entity, schema: schemaOf(entity) }))
}

function propertyOf(column: ColumnDefinition, own: Column | undefined): JsonSchema {
  const { name, questType } = column
  if (name === 'unreadable')
    return { description: 'FID → raw text of what could not be read', type: 'object', additionalProperties: { type: 'string' } }
  const description = descriptionIn(column)
  if (name === 'seq') return { description, type: 'integer', minimum: 1 }
  if (name === 'venue') return { description, enum: ['KRX', 'NXT', 'SOR', '*'] }
  const unit = own?.shape === 'ladder' ? unitsOfRows(own.rows.map(unitOfRow)) : memberUnit(column)
  const type = column.legend === undefined ? types[questType] : openCodes(column.legend)
  return { description, ...type, ...(own && shapeOf(own)), ...(unit !== undefined && { [unitKeyword]: unit }) }
}

function listProperty({ description }: ListDefinition): JsonSchema {
  return { description: asInRecord(description), type: 'array', items: { type: 'string' } }
}

/** What a member holds, with its unit and its codes, for readers who see nothing else. */
function descriptionIn(column: ColumnDefinition): string {
  const { description, legend } = column
  const unit = memberUnit(column)
  const codes = Object.entries(legend ?? {}).map(([code, meaning]) => `\`${code}\` ${meaning}`)
  const text = asInRecord(unit === undefined ? description : `${description} (${unit})`)
  return codes.length === 0 ? text : `${text}. Codes: ${codes.join(', ')}`
}

/** What is null in a table is left out of a record. */
export function asInRecord(description: string): string {
  return description.replace(/\bnull\b/g, 'left out')
}

/** A time is a moment, unless its column is a calendar date. */
function memberUnit({ questType, unit }: ColumnDefinition): string | undefined {
  if (questType !== 'TIMESTAMP') return unit
  return unit === 'date' ? 'date_us' : 'epoch_us'
}

/** One unit for an array of numbers, one per row for an array of rows. */
function unitsOfRows(units: readonly string[]): string | readonly string[] | undefined {
  return units.length === 1 ? units[0] : units
}

/** A code is one of the known ones, which generated code lists, or one that comes later. No `type` beside them: registries take that for another type than a text. */
function openCodes(legend: Legend): JsonSchema {
  return { anyOf: [{ enum: Object.keys(legend) }, { type: 'string' }] }
}

/** What the catalogue knows beyond the type: the length of ladders, the two words of a side. */
function shapeOf(column: Column): JsonSchema {
  if (column.shape === 'ladder') {
    const row = { type: 'array', items: nullableNumber, minItems: column.levels, maxItems: column.levels }
    return column.questType === 'DOUBLE[]' ? row : { type: 'array', items: row, minItems: column.rows.length, maxItems: column.rows.length }
  }
  const isSide = column.shape === 'field' ? column.kind === 'side' : column.from.take === 'side'
  return isSide ? { enum: ['buy', 'sell'] } : {}
}
