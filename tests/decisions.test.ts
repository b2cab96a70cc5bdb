import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = join(import.meta.dirname, '..', 'infra', 'decisions')
const files = readdirSync(folder).filter(name => name !== 'README.md')
const texts = new Map(files.map(file => [file, readFileSync(join(folder, file), 'utf8')]))

/** The lines of the index: number, file, title, date, status. */
const lines = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| \[(\d{4})\]\(([^)]+)\) (.+) \| (\S+) \| (.+) \|$/gm)].map(
  ([, number, file, title, date, status]) => ({ number: number!, file: file!, title: title!, date: date!, status: status! }),
)

it('the index names each decision once, by the title that it has', () => {
  expect(lines.map(({ file }) => file).sort()).toEqual([...files].sort())
  for (const { number, file, title } of lines) expect(texts.get(file)!.split('\n')[0]).toBe(`# ${number} ${title}`)
})

it('no number is given twice', () => {
  const numbers = files.map(file => file.slice(0, 4))
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])
})

it.each(lines)('$number has a date, a status, and says what was given up', ({ file, date, status }) => {
  expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  const [, other] = /^(?:in force|(?:extended|changed) by \[\d{4}\]\(([^)]+)\))$/.exec(status) ?? [null, 'a status that is known']
  if (other !== undefined) expect(files).toContain(other)
  for (const part of ['**Context.**', '**Choice.**', '**Given up.**']) expect(texts.get(file), part).toContain(part)
})
