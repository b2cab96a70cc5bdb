import { expect, test } from 'vitest'
import { newClusterId } from '../src/cluster-id.ts'

test('a cluster id is 22 characters and never looks like an option', () => {
  for (let index = 0; index < 5_000; index++) expect(newClusterId()).toMatch(/^[A-Za-f][\w-]{21}$/)
})
