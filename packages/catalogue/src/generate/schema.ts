import type { ColumnDefinition, QuestType } from '../definitions.ts'
import { type Entity, entities } from '../entities.ts'
import type { Column } from '../fields.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

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
export function schemaOf(entity: Entity): JsonSchema {
  const columns = entity.table.columns.filter(column => !column.name.startsWith('kafka_'))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:tickhouse:${entity.topic.name}`,
    title: entity.name,
    description: `${entity.description}. Times are integers in microseconds since 1970-01-01 UTC; what is absent is left out. New members may come within v1.`,
    type: 'object',
    required: columns.filter(column => column.required).map(column => column.name),
    properties: Object.fromEntries(columns.map(column => [column.name, propertyOf(entity, column)])),
  }
}

function propertyOf(entity: Entity, column: ColumnDefinition): JsonSchema {
  const { name, questType, description } = column
  if (name === 'unreadable')
    return { description: 'FID → raw text of what could not be read', type: 'object', additionalProperties: { type: 'string' } }
  if (name === 'seq') return { description, type: 'integer', minimum: 1 }
  if (name === 'venue') return { description, enum: ['KRX', 'NXT', 'SOR', '*'] }
  const own = entity.venue?.columns[name]
  const unit = own && unitOf(own)
  return { description: unit ? `${description} (${unit})` : description, ...types[questType], ...(own ? shapeOf(own) : {}) }
}

function unitOf(column: Column): string | null {
  if (column.shape === 'ladder') return null
  return column.unit === 'none' || column.unit === 'time' || column.unit === 'date' ? null : column.unit
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

/** Every dataset's schema. */
export function schemas(): { readonly entity: Entity; readonly schema: JsonSchema }[] {
  return entities.map(entity => ({ entity, schema: schemaOf(entity) }))
}
