import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')

it('every path in ARCHITECTURE.md leads somewhere', () => {
  const paths = [...text.matchAll(/`((?:packages|services|infra|tests|docs|bench)(?:\/[\w.-]+)*)`/g)].map(([, path]) => path!)
  expect(paths.length).toBeGreaterThan(15)
  expect(paths.filter(path => !existsSync(join(root, path)))).toEqual([])
})

it('the page is read in five minutes', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(60)
})
