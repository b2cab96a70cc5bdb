import { koreanTime } from '@tickhouse/calendar'
import type { Column, ColumnDefinition, DataRecord, Entity, QuestType } from '@tickhouse/catalogue'
import { cutText, padText, textWidth, visible, visibleJson } from '@tickhouse/runtime'

/** A column as `tail` shows it. */
export interface ShownColumn {
  readonly name: string
  readonly isNumber: boolean
  readonly show: (value: unknown) => string
}

const maxColumns = 8
const shownLevels = 3
const maxTextLength = 40

const suffixes: Readonly<Record<string, string>> = { KRW: '₩', share: 'sh', percent: '%', second: 's', index_point: 'pt', factor: '×' }

/**
 * The columns of a dataset that a line has room for: the books where there are any, else the first ones in the catalogue's order.
 * Units that are not in a column's name are shown behind its values.
 */
function shownColumns({ venue, table }: Entity): ShownColumn[] {
  if (venue === null) return ownColumns(table.columns).map(column => shown(column.name, column, showAs(column.questType === 'TIMESTAMP')))
  const columns = Object.entries(venue.columns)
  const books = columns.filter(([, { questType }]) => questType === 'DOUBLE[][]')
  const chosen = books.length > 0 ? books : columns.filter(([, { shape }]) => shape !== 'ladder').slice(0, maxColumns)
  return chosen.map(([name, column]) => shown(name, column, shower(column)))
}

function shown(name: string, { questType }: { questType: QuestType }, show: ShownColumn['show']): ShownColumn {
  return { name, isNumber: ['DOUBLE', 'LONG', 'INT'].includes(questType), show }
}

/** What our own datasets have besides the header and their place in Kafka. */
function ownColumns(columns: readonly ColumnDefinition[]): ColumnDefinition[] {
  const header = new Set(['timestamp', 'symbol', 'venue', 'session', 'seq', 'kafka_partition', 'kafka_offset'])
  return columns.filter(({ name }) => !header.has(name)).slice(0, maxColumns)
}

function shower(column: Column): (value: unknown) => string {
  if (column.shape === 'ladder') return value => bestLevels(value as readonly (readonly (number | null)[])[])
  const suffix = suffixes[column.unit] ?? ''
  const show = showAs(column.questType === 'TIMESTAMP', column.unit === 'date')
  return value => show(value) + suffix
}

function showAs(isTime: boolean, isDate = false): (value: unknown) => string {
  if (isDate) return value => new Date(Number(value) / 1000).toISOString().slice(0, 10)
  if (isTime) return value => koreanClockText(Number(value)).slice(0, 8)
  return value => (typeof value === 'number' ? value.toLocaleString('en-US') : oneLine(String(value)))
}

/** `272,000×53 272,500×120 …`: price and size of the best levels; empty ones are left out. */
function bestLevels([prices = [], sizes = []]: readonly (readonly (number | null)[])[]): string {
  return prices
    .slice(0, shownLevels)
    .flatMap((price, level) => (price === null ? [] : [`${price.toLocaleString('en-US')}×${(sizes[level] ?? 0).toLocaleString('en-US')}`]))
    .join(' ')
}

/** A text of the venue cannot move the cursor or fill the screen. */
function oneLine(text: string): string {
  const plain = visible(text)
  return plain.length > maxTextLength ? `${plain.slice(0, maxTextLength - 1)}…` : plain
}

/** Korean wall time of a moment in µs: `10:08:22.123`. */
function koreanClockText(us: number): string {
  return koreanTime(us).slice(11, 23)
}

/** Makes lines of records. */
export interface Lines {
  /** What stands above all lines, if anything does. */
  readonly heading: string | undefined
  of(record: DataRecord, json: string): string
}

/** Each record as it stands in Kafka: a JSON object per line. A line break can only stand between its members. */
export const jsonLines: Lines = { heading: undefined, of: (_, json) => visibleJson(json).replaceAll('\n', ' ') }

/** Aligned lines: Korean time, symbol, venue, and the columns of the dataset that matter most. A cell that is wider than all before it widens its column. */
export function textLines(entity: Entity): Lines {
  const columns = shownColumns(entity)
  const names = [...headerCells, ...columns.map(({ name }) => name)]
  const widths = names.map((name, index) => Math.max(textWidth(name), minWidths[index] ?? 9))
  const line = (cells: readonly string[]) => {
    cells.forEach((cell, index) => {
      widths[index] = Math.max(widths[index]!, textWidth(cell))
    })
    return cells
      .map((cell, index) => padText(cell, widths[index]!, columns[index - headerCells.length]?.isNumber === true))
      .join('  ')
      .trimEnd()
  }
  const cellsOf = (record: DataRecord) => columns.map(({ name, show }) => (isAbsent(record[name]) ? '' : show(record[name])))
  return {
    heading: line(names),
    of: record =>
      line([koreanClockText(record.timestamp), record.symbol, record.venue, ...cellsOf(record)].map(cell => cutText(visible(cell)))),
  }
}

const headerCells = ['Korean time', 'symbol', 'venue']
/** Of these, and 9 for the others: most values fit from the first line on. */
const minWidths = [12, 6, 5]

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}
