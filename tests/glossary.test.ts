import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Words that the glossary avoids. Those with a capital end the names of types, the others stand anywhere in a name. */
const avoided = avoidedIn(readFileSync(join(root, 'docs', 'glossary.md'), 'utf8'))

it('the glossary names words to avoid', () => {
  expect(avoided).toEqual(expect.arrayContaining(['parcel', 'station', 'owed', 'tally', 'Parts']))
})

it('no exported name has a word that the glossary avoids', () => {
  expect(exportedNames().filter(hasAvoidedWord)).toEqual([])
})

it('a name is judged by its words', () => {
  expect(['StationName', 'openLetters', 'leastBytes', 'SessionParts'].filter(hasAvoidedWord)).toHaveLength(4)
  expect(['deadLetters', 'partsOf', 'almost', 'background', 'FakeContexts'].filter(hasAvoidedWord)).toEqual([])
})

function avoidedIn(glossary: string): string[] {
  const rows = [...glossary.matchAll(/^\| (?!word)[^|]+\|[^|]+\| ([^|]+?) \|$/gm)]
  return rows.flatMap(([, words]) => words!.split(', '))
}

function exportedNames(): string[] {
  const files = globSync(['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'], { cwd: root })
  const names = files.flatMap(path => {
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(/^export (?:async )?(?:abstract )?(?:const|function\*?|class|interface|type) (\w+)/gm)].map(
      ([, name]) => name!,
    )
  })
  return [...new Set(names)].sort()
}

function hasAvoidedWord(name: string): boolean {
  const words = name.replaceAll(/[Dd]eadLetter/g, '').match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []
  const found = new Set(words.map(word => word.toLowerCase().replace(/s$/, '')))
  return avoided.some(word => (/^[A-Z]/.test(word) ? name.endsWith(word) : found.has(word)))
}
