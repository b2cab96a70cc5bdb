import type { DataRecord, Entity } from '@tickhouse/catalogue'
import { visible, visibleJson } from '@tickhouse/runtime'
import { cut, pad, width } from '../output.ts'
import { koreanClock, shownColumns } from './columns.ts'

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
  const widths = names.map((name, index) => Math.max(width(name), leastWidths[index] ?? 9))
  const line = (cells: readonly string[]) => {
    cells.forEach((cell, index) => {
      widths[index] = Math.max(widths[index]!, width(cell))
    })
    return cells
      .map((cell, index) => pad(cell, widths[index]!, columns[index - headerCells.length]?.isNumber === true))
      .join('  ')
      .trimEnd()
  }
  const cellsOf = (record: DataRecord) => columns.map(({ name, show }) => (isAbsent(record[name]) ? '' : show(record[name])))
  return {
    heading: line(names),
    of: record => line([koreanClock(record.timestamp), record.symbol, record.venue, ...cellsOf(record)].map(cell => cut(visible(cell)))),
  }
}

const headerCells = ['Korean time', 'symbol', 'venue']
/** Of these, and 9 for the others: most values fit from the first line on. */
const leastWidths = [12, 6, 5]

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}
