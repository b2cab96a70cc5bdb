import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { busErrorCodes } from '../src/index.ts'

test('the README lists every error code and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const listed = [...readme.matchAll(/^\| `(BUS_\w+)` +\|/gm)].map(match => match[1])
  expect(listed).toEqual([...busErrorCodes])
})
