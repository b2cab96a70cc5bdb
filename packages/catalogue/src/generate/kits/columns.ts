import type { ColumnDefinition, QuestType } from '../../definitions.ts'
import { type Entity, entities } from '../../entities.ts'
import type { Column } from '../../fields.ts'
import { asInRecord } from '../schema.ts'

/** What a value of a column is in JSON: a time is an integer in µs, a ladder an array of levels that may be null, `fids` an object of texts, `texts` an array of them. */
export type ValueKind = 'number' | 'integer' | 'time' | 'text' | 'ladder' | 'ladders' | 'fids' | 'texts'

/** One column of a record as a kit knows it. */
export interface KitColumn {
  readonly name: string
  readonly kind: ValueKind
  readonly required: boolean
  /** The words that a text is one of, where the catalogue allows no other. */
  readonly words?: readonly string[]
  /** What it means, with its unit and its codes. */
  readonly doc: string
}

/** One dataset as a kit knows it. */
export interface KitDataset {
  readonly name: string
  /** `order_book` is `OrderBook`. */
  readonly typeName: string
  readonly topic: string
  readonly version: number
  /** The venue's code; null for our own datasets. */
  readonly type: string | null
  readonly description: string
  readonly columns: readonly KitColumn[]
}

const kinds: Readonly<Record<QuestType, ValueKind>> = {
  SYMBOL: 'text',
  VARCHAR: 'text',
  DOUBLE: 'number',
  LONG: 'integer',
  INT: 'integer',
  TIMESTAMP: 'time',
  'DOUBLE[]': 'ladder',
  'DOUBLE[][]': 'ladders',
}

/** Columns of rows only. */
const ofRows: ReadonlySet<string> = new Set(['kafka_partition', 'kafka_offset'])

/** Every dataset that has a topic, in the catalogue's order. */
export const kitDatasets: readonly KitDataset[] = entities.map(entity => ({
  name: entity.name,
  typeName: entity.name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase()),
  topic: entity.topic.name,
  version: Number(/\.v(\d+)$/.exec(entity.topic.name)![1]),
  type: entity.venue?.type ?? null,
  description: entity.description,
  columns: [
    ...entity.table.columns.filter(({ name }) => !ofRows.has(name)).map(column => kitColumn(entity, column)),
    ...(entity.table.lists ?? []).map(
      ({ name, description }): KitColumn => ({ name, kind: 'texts', required: false, doc: asInRecord(description) }),
    ),
  ],
}))

/** The columns that every record has. */
export const headerColumns: readonly KitColumn[] = kitDatasets[0]!.columns.filter(({ required }) => required)

function kitColumn({ venue }: Entity, column: ColumnDefinition): KitColumn {
  const { name, questType, required } = column
  const words = wordsOf(name, venue?.columns[name])
  const kind = name === 'unreadable' ? 'fids' : kinds[questType]
  return { name, kind, required, doc: docOf(column), ...(words && { words }) }
}

function wordsOf(name: string, column: Column | undefined): readonly string[] | undefined {
  if (name === 'venue') return ['KRX', 'NXT', 'SOR', '*']
  const isSide = column?.shape === 'field' ? column.kind === 'side' : column?.shape === 'derived' && column.from.take === 'side'
  return isSide ? ['buy', 'sell'] : undefined
}

function docOf({ name, description, unit, legend }: ColumnDefinition): string {
  if (name === 'unreadable') return 'FID → raw text of what could not be read'
  const codes = Object.entries(legend ?? {}).map(([code, meaning]) => `\`${code}\` ${meaning}`)
  const ofUnit = unit === undefined || unit === 'none' || unit === 'time' || unit === 'date' ? '' : ` (${unit})`
  return `${asInRecord(description)}${ofUnit}${codes.length === 0 ? '' : `. Codes: ${codes.join(', ')}`}`
}
