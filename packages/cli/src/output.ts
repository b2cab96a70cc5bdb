import { visible, visibleJson, visibleLines } from '@tickhouse/runtime'
import { Option } from 'commander'

export type Format = 'table' | 'json'

/** A value that a cell can show; null and undefined show as nothing. */
export type Cell = string | number | boolean | null | undefined

/** `--format table|json`, the same on every verb. */
export function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table')
}

/** Prints rows on stdout: as a table with the columns named, or as JSON with all they hold. */
export function print(rows: readonly object[], columns: readonly string[], format: Format): void {
  if (format === 'json') printJson(rows)
  else printLines(table(rows as readonly Record<string, Cell>[], columns).split('\n'))
}

/** Prints lines on stdout; what came from outside in them can neither act on the terminal nor make further lines. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${cut(visible(line), mostOfLine)}\n`)
}

/** Prints a value on stdout as JSON, exactly: what would act on the terminal is escaped as JSON does it. */
export function printJson(value: unknown): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value, null, 2))}\n`)
}

/** Prints a document on stdout as it is, for programs and for files; a terminal gets it with what would act on it written out. */
export function printExactly(document: string | Uint8Array): void {
  process.stdout.write(process.stdout.isTTY ? visibleLines(document.toString()) : document)
}

/** Says something on stderr, in one line or more. */
export function complain(text: string): void {
  process.stderr.write(`${visibleLines(text)}\n`)
}

/** Rows below their column names; figures to the right, everything else to the left. */
export function table(rows: readonly Readonly<Record<string, Cell>>[], columns: readonly string[]): string {
  const cells = rows.map(row => columns.map(column => text(row[column])))
  const widths = columns.map((column, index) => Math.max(width(column), ...cells.map(row => width(row[index]!))))
  const right = columns.map((_, index) => cells.length > 0 && cells.every(row => /^[\d.,:%?-]*$/.test(row[index]!)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => pad(cell, widths[index]!, right[index]!))
      .join('  ')
      .trimEnd()
  return [line(columns), line(widths.map(length => '─'.repeat(length))), ...cells.map(line)].join('\n')
}

/** Longer ones are cut: texts from outside may have any length, and JSON has them whole. */
const [mostOfCell, mostOfLine] = [400, 8_192]

/** The first part of a text, and how much more there is. */
export function cut(shown: string, most = mostOfCell): string {
  if (shown.length <= most) return shown
  const kept = shown.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  return `${kept}… (${grouped(shown.length - kept.length)} more)`
}

function text(cell: Cell): string {
  return cell === null || cell === undefined ? '' : cut(visible(String(cell)))
}

/** Places that a text takes on a terminal: Hangul and other wide characters take two. */
export function width(value: string): number {
  let places = 0
  for (const character of value)
    places += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1
  return places
}

/** A text filled up with blanks; `right` puts them before it. */
export function pad(value: string, length: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, length - width(value)))
  return right ? blanks + value : value + blanks
}

/** A number of things: `1 gap`, `1,234 gaps`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${plural(count, noun)}`
}

/** A noun as it stands behind a number. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}

/** A count with separators: `1,234,567`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}
