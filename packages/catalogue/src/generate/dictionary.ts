import type { VenueDataset } from '../dataset.ts'
import { entities, entityOf } from '../entities.ts'
import { type Column, type Field, type Legend, unitOfRow } from '../fields.ts'
import { ownTables } from '../tables.ts'
import { views } from '../views/index.ts'
import type { ViewColumn } from '../views/view.ts'

/** One row of the dictionary: a column of a table and, where it has one, the FID that fills it. */
export interface DictionaryRow {
  readonly dataset: string
  /** The venue's type code; null for our own datasets. */
  readonly type: string | null
  readonly column: string
  /** Place of the column in its table or view, from 1. */
  readonly ordinal: number
  readonly quest_type: string
  readonly fid: number | null
  /** `row:level` in a `DOUBLE[][]`, `level` in a `DOUBLE[]`, both from 1. */
  readonly position: string | null
  readonly korean_title: string | null
  readonly description: string
  readonly kind: string
  readonly unit: string
  readonly legend: Legend | null
  readonly note: string | null
}

/** Every column of every table and view, in the order of the table; ladders once per FID. */
export function dictionary(): DictionaryRow[] {
  const rows = entities.flatMap(({ name, table, venue }) =>
    table.columns.flatMap((column, index) => {
      const described = venue && describedBy(venue, column.name)
      const found = described ? rowsOf(venue, column.name, described) : [ownRow(name, venue?.type ?? null, column)]
      return found.map(row => numbered(row, index))
    }),
  )
  const own = ownTables.flatMap(({ table: { name, columns } }) =>
    columns.map((column, index) => numbered(ownRow(name, null, column), index)),
  )
  const ofViews = views.flatMap(({ name, columns }) =>
    columns.map((column, index) => numbered({ ...ownRow(name, null, column), kind: 'view' }, index)),
  )
  return [...rows, ...own, ...ofViews]
}

/** One code of one column. */
export interface LegendRow {
  readonly dataset: string
  readonly column: string
  readonly code: string
  readonly meaning: string
}

/** Every code that has a meaning, so that codes can be joined with it. */
export function legend(): LegendRow[] {
  return dictionary().flatMap(({ dataset, column, legend: codes }) =>
    Object.entries(codes ?? {}).map(([code, meaning]) => ({ dataset, column, code, meaning })),
  )
}

/** A row without its place in the table. */
type Unnumbered = Omit<DictionaryRow, 'ordinal'>

function numbered({ dataset, type, column, ...rest }: Unnumbered, index: number): DictionaryRow {
  return { dataset, type, column, ordinal: index + 1, ...rest }
}

function describedBy(dataset: VenueDataset, column: string): Column | undefined {
  if (column === 'exchange_time') return dataset.exchangeTime
  if (column === 'symbol') return dataset.symbol
  return dataset.columns[column]
}

function rowsOf(dataset: VenueDataset, column: string, described: Column): Unnumbered[] {
  if (described.shape === 'field') return [fieldRow(dataset, column, described)]
  if (described.shape === 'derived') {
    const row = headerRow(dataset.name, dataset.type, column, described.questType, described.description)
    return [{ ...row, fid: null, kind: 'derived', unit: described.unit, note: `From FID ${described.from.fid}.` }]
  }
  return described.rows.flatMap((row, index) =>
    Array.from({ length: described.levels }, (_, level) => ({
      dataset: dataset.name,
      type: dataset.type,
      column,
      quest_type: described.questType,
      fid: row.firstFid + level,
      position: described.questType === 'DOUBLE[]' ? String(level + 1) : `${index + 1}:${level + 1}`,
      korean_title: row.title.replaceAll('{n}', String(level + 1)),
      description: row.description.replaceAll('{n}', String(level + 1)),
      kind: row.kind,
      unit: unitOfRow(row),
      legend: null,
      note: row.note || null,
    })),
  )
}

function fieldRow(dataset: VenueDataset, column: string, field: Field): Unnumbered {
  return {
    dataset: dataset.name,
    type: dataset.type,
    column,
    quest_type: field.questType,
    fid: field.fid,
    position: null,
    korean_title: field.title,
    description: field.description,
    kind: field.kind,
    unit: field.unit,
    legend: field.legend ?? null,
    note: field.note || null,
  }
}

function ownRow(dataset: string, type: string | null, { name, questType, description, legend, unit }: ViewColumn): Unnumbered {
  return { ...headerRow(dataset, type, name, questType, description), legend: legend ?? null, unit: unit ?? 'none' }
}

function headerRow(dataset: string, type: string | null, column: string, questType: string, description: string): Unnumbered {
  return {
    dataset,
    type,
    column,
    quest_type: questType,
    fid: null,
    position: null,
    korean_title: null,
    description,
    kind: 'header',
    unit: 'none',
    legend: null,
    note: null,
  }
}

/** The dictionary as Markdown: one section per dataset, ladders one line per row. */
export function dictionaryMarkdown(): string {
  const sections = entities.map(entity => {
    const { topic, table, venue } = entity
    return section(
      entity.name,
      venue ? `## ${entity.name} — ${venue.type} ${venue.title}` : `## ${entity.name}`,
      `${entity.description}.`,
      `Topic \`${topic.name}\` (${topic.partitions} partition${topic.partitions === 1 ? '' : 's'}), table \`${table.name}\` (one partition per ${table.partitionBy.toLowerCase()}).`,
    )
  })
  const own = ownTables.map(({ table: { name, partitionBy }, description, writtenBy }) => {
    const table = `No topic; table \`${name}\` (one partition per ${partitionBy.toLowerCase()}), ${writtenBy}.`
    return section(name, `## ${name}`, description, table)
  })
  return `# Dictionary\n\nEvery column of every table. Generated by \`npm run generate\`; the source is \`packages/catalogue/src/datasets\`. Elements of an array are counted from 1: \`asks[1][2]\` is the price of the second level. The columns of the views are in [views.md](../../../docs/views.md).\n\n${[...sections, ...own].join('\n')}`
}

function section(name: string, heading: string, description: string, place: string): string {
  const rows = dictionary().filter(row => row.dataset === name && !(row.position && !/(^|:)1$/.test(row.position)))
  const lines = rows.map(
    row =>
      `| \`${columnText(row)}\` | ${row.quest_type} | ${fidText(row)} | ${titleText(row)} | ${cell(descriptionText(row))} | ${row.unit === 'none' ? '' : row.unit} |`,
  )
  const head = ['| column | type | FID | Korean title | meaning | unit |', '|---|---|---|---|---|---|']
  return [heading, '', description, '', place, '', ...head, ...lines, ''].join('\n')
}

/** A column; of a ladder with the indexes at which its elements stand. */
function columnText({ dataset, column, position }: DictionaryRow): string {
  const ladder = position === null ? undefined : entityOf(dataset).venue?.columns[column]
  if (ladder?.shape !== 'ladder') return column
  const row = ladder.questType === 'DOUBLE[]' ? '' : `[${position!.split(':')[0]}]`
  return `${column}${row}[1 … ${ladder.levels}]`
}

function fidText(row: DictionaryRow): string {
  if (row.fid === null) return ''
  return row.position === null ? String(row.fid) : `${row.fid} …`
}

/** A ladder's line stands for all its levels: the level's number is left off. */
function titleText({ korean_title: title, position }: DictionaryRow): string {
  return (position ? title?.replace(/1$/, '') : title) ?? ''
}

/** What a row says of its column, with the codes and the note. */
export function descriptionText(row: Pick<DictionaryRow, 'description' | 'legend' | 'note' | 'position'>): string {
  const legend =
    row.legend &&
    `Codes: ${Object.entries(row.legend)
      .map(([code, meaning]) => `\`${code}\` ${meaning}`)
      .join(', ')}.`
  const text = row.position ? row.description.replace(/ 1$/, ' 1, 2, 3 …') : row.description
  return [text.endsWith('…') ? text : `${text}.`, legend, row.note].filter(Boolean).join(' ')
}

/** A text as a cell of a table in Markdown. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
