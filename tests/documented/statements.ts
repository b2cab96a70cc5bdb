import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A statement of SQL, a command, or a script of several lines that only work together. */
export interface Statement {
  readonly kind: 'sql' | 'shell' | 'python'
  /** As a reader copies it, without the comment behind it. */
  readonly text: string
  /** Where it stands, `docs/runbook.md:53`; the same text may stand in several places. */
  readonly places: readonly string[]
}

const root = join(import.meta.dirname, '..', '..')

/** The pages whose statements are run by tests. */
export const pages: readonly string[] = [
  ...['', 'docs/', 'docs/cookbook/'].flatMap(pagesIn),
  'infra/compose/README.md',
  'examples/research/README.md',
  'examples/consumers/README.md',
]

/** What blocks of other languages are: nothing that a reader runs. */
const notRun: readonly string[] = ['', 'yaml', 'promql']

function pagesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter(name => name.endsWith('.md'))
  return names.map(name => `${folder}${name}`)
}

/** Every statement of these pages, in their order. */
export function statements(): Statement[] {
  const found = pages.flatMap(page => statementsIn(readFileSync(join(root, page), 'utf8'), page))
  return [...Map.groupBy(found, ({ text }) => text).values()].map(same => ({ ...same[0]!, places: same.flatMap(({ places }) => places) }))
}

/** The statements of a text in Markdown: blocks of sh, sql and python, and what looks like a command or like SQL in a line. Throws for a block of an unknown language. */
export function statementsIn(markdown: string, page: string): Statement[] {
  const found: Statement[] = []
  let block: { language: string; from: number; lines: string[] } | undefined
  markdown.split('\n').forEach((line, index) => {
    const fence = /^ *```(\w*)$/.exec(line)
    if (fence === null) {
      if (block !== undefined) block.lines.push(line)
      else found.push(...inLine(line).map(statement => ({ ...statement, places: [`${page}:${index + 1}`] })))
    } else if (block === undefined) block = { language: fence[1]!, from: index + 1, lines: [] }
    else {
      const place = `${page}:${block.from}`
      found.push(...inBlock(block.language, block.lines, place).map(statement => ({ ...statement, places: [place] })))
      block = undefined
    }
  })
  return found
}

type Found = Omit<Statement, 'places'>

function inBlock(language: string, lines: readonly string[], place: string): Found[] {
  if (language === 'sh') return shell(lines)
  if (language === 'sql') return sql(lines)
  if (language === 'python') return [{ kind: 'python', text: lines.join('\n') }]
  if (notRun.includes(language)) return []
  throw new Error(
    `${place}: expected a block of sh, sql, python, ${notRun.filter(Boolean).join(', ')} or of no language, was ${language}: no test runs it`,
  )
}

/** Lines that need each other are one script: what is exported or defined is used further down. */
function shell(lines: readonly string[]): Found[] {
  const isScript = lines.some(line => /^export |^\w+\(\) \{|<</.test(line))
  const texts = isScript ? [lines.map(withoutComment).join('\n')] : lines.map(withoutComment)
  return texts.filter(Boolean).map(text => ({ kind: 'shell', text }))
}

function sql(lines: readonly string[]): Found[] {
  const texts = lines.map(line => line.replace(/ +-- .*$/, '')).join('\n')
  return texts
    .split(/(?<=;)\s*\n/)
    .map(text => text.trim())
    .filter(Boolean)
    .map(text => ({ kind: 'sql', text }))
}

const command = /^([A-Z_]+=\S+ )*((npx tickhouse|npm|docker|git|curl|psql|rsync|touch|df|iostat|kafka-[\w-]+\.sh) \S|(timedatectl|dmesg)\b)/
const query = /^(SELECT|ALTER|DROP|CREATE|TRUNCATE|CHECKPOINT|INSERT) /

function inLine(line: string): Found[] {
  const texts = [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => text!.replaceAll('\\|', '|'))
  return texts.flatMap<Found>(text => (command.test(text) ? { kind: 'shell', text } : query.test(text) ? { kind: 'sql', text } : []))
}

function withoutComment(line: string): string {
  return line.replace(/ +# .*$/, '').trimEnd()
}
