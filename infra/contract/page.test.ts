import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonSchema, unitKeyword } from '@tickhouse/catalogue'
import { expect, it } from 'vitest'
import { contractIn, generatedFolder } from './contract.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'contract.md'), 'utf8')
const { topics } = contractIn(generatedFolder, 'now')
const dayMs = 86_400_000

/** The lines of the table under these heads: what its first column names, and what its second says. */
function tableUnder(heads: string): { readonly names: readonly string[]; readonly says: string }[] {
  const [, table] = page.split(`| ${heads} |\n|---|---|\n`)
  const rows = [...table!.split('\n\n')[0]!.matchAll(/^\| (.+?) \| (.+) \|$/gm)]
  return rows.map(([, names, says]) => ({ names: names!.replaceAll('`', '').split(', '), says: says! }))
}

it('docs/contract.md explains each unit that a schema has, and no other', () => {
  const units = topics.flatMap(({ schema }) =>
    Object.values(schema['properties'] as Readonly<Record<string, JsonSchema>>).flatMap(member => member[unitKeyword] ?? []),
  )
  const explained = tableUnder('`x-unit` in the schema | meaning').flatMap(({ names }) => names)
  expect(explained.sort()).toEqual([...new Set(units.flat())].sort())
})

it('docs/contract.md says of each topic how long it keeps records', () => {
  const kept = tableUnder('topics | kept')
  for (const { name, retentionMs, cleanupPolicy } of topics) {
    const rows = kept.filter(({ names }) => names.some(pattern => name.startsWith(pattern.replace('*', ''))))
    expect(
      rows.map(({ says }) => says),
      name,
    ).toEqual([`${retentionMs / dayMs} days`])
    expect(cleanupPolicy).toEqual(['delete'])
  }
})
