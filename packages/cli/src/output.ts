import { type Cell, cutText, textTable, visible, visibleJson, visibleLines } from '@tickhouse/runtime'
import { Option } from 'commander'

export type Format = 'table' | 'json'

/** Longer lines are cut; JSON has them whole. */
const maxLineLength = 8_192

/** `--format table|json`, the same on every verb. */
export function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table')
}

/** Prints rows on stdout: as a table with the columns named, or as JSON with all they hold. */
export function print(rows: readonly object[], columns: readonly string[], format: Format): void {
  if (format === 'json') printJson(rows)
  else printLines(textTable(rows as readonly Record<string, Cell>[], columns).split('\n'))
}

/** Prints lines on stdout; what came from outside in them can neither act on the terminal nor make further lines. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${cutText(visible(line), maxLineLength)}\n`)
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
