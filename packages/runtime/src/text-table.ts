import { visible } from './visible.ts'
import { cutText } from './wording.ts'

/** A value that a cell can show; null and undefined show as nothing. */
export type Cell = string | number | boolean | null | undefined

/** Rows below their column names; figures to the right, everything else to the left. */
export function textTable(rows: readonly Readonly<Record<string, Cell>>[], columns: readonly string[]): string {
  const cells = rows.map(row => columns.map(column => text(row[column])))
  const widths = columns.map((column, index) => Math.max(textWidth(column), ...cells.map(row => textWidth(row[index]!))))
  const right = columns.map((_, index) => cells.length > 0 && cells.every(row => /^[\d.,:%?-]*$/.test(row[index]!)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => padText(cell, widths[index]!, right[index]!))
      .join('  ')
      .trimEnd()
  return [line(columns), line(widths.map(length => '─'.repeat(length))), ...cells.map(line)].join('\n')
}

function text(cell: Cell): string {
  return cell === null || cell === undefined ? '' : cutText(visible(String(cell)))
}

/** Places that a text takes on a terminal: Hangul and other wide characters take two. */
export function textWidth(value: string): number {
  let places = 0
  for (const character of value)
    places += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1
  return places
}

/** A text filled up with blanks; `right` puts them before it. */
export function padText(value: string, length: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, length - textWidth(value)))
  return right ? blanks + value : value + blanks
}
