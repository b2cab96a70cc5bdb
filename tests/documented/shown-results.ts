import { type Cell, textTable } from '@tickhouse/runtime'

/** A question of a page with the answer that the page shows: a block of SQL, and the block of no language right behind it. */
export interface ShownResult {
  /** As a reader copies it, without comments. */
  readonly sql: string
  /** Where it stands, `docs/cookbook/prices.md:53`. */
  readonly place: string
  /** As the page shows it; undefined where it shows none. */
  readonly shown: string | undefined
}

/** An answer of QuestDB as /exec gives it. */
export interface Answer {
  readonly columns: readonly { readonly name: string }[]
  readonly dataset: readonly (readonly unknown[])[]
}

const shownResult = /^```sql\n(?<sql>[^`]*)^```\n(?:```\n(?<shown>[^`]*)^```\n)?/gm

/** The questions of a page in their order. */
export function shownResults(markdown: string, page: string): ShownResult[] {
  return [...markdown.matchAll(shownResult)].map(({ groups, index }) => ({
    sql: groups!['sql']!.replaceAll(/ *-- .*$/gm, '').trim(),
    place: `${page}:${markdown.slice(0, index).split('\n').length}`,
    shown: groups!['shown'],
  }))
}

/** The page with these answers behind its questions, in their order. */
export function withResults(markdown: string, results: readonly string[]): string {
  let next = 0
  return markdown.replaceAll(shownResult, (_, sql: string) => `\`\`\`sql\n${sql}\`\`\`\n\`\`\`\n${results[next++]!}\`\`\`\n`)
}

/** An answer as pages show it, numbers without the last digits of a binary fraction. */
export function textOf({ columns, dataset }: Answer): string {
  const names = columns.map(({ name }) => name)
  const rows = dataset.map(row => Object.fromEntries(names.map((name, column) => [name, cellOf(row[column])])))
  return `${textTable(rows, names)}\n`
}

function cellOf(value: unknown): Cell {
  return typeof value === 'number' ? Number(value.toPrecision(12)) : value === null ? null : String(value)
}
