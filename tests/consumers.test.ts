import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8')

describe.each([
  ['typescript', 'trades.ts'],
  ['python', 'trades.py'],
])('the page of the kit for %s', (language, example) => {
  const page = read(`clients/${language}/README.md`)

  it('shows the very example that a test runs', () => {
    expect(page).toContain(read(`examples/consumers/${language}/${example}`))
  })

  it('is read in two minutes', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(66)
  })
})
