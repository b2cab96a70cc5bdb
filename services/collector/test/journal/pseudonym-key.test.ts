import { statSync } from 'node:fs'
import { join } from 'node:path'
import { diskFileSystem } from '@tickhouse/journal'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, test } from 'vitest'
import { pseudonymKey } from '../../src/journal/pseudonym-key.ts'
import { log } from '../feed-fixture.ts'

test('is made once, readable by its owner only, and the same ever after', async () => {
  const directory = join(temporaryFolder(), 'journal')
  const made = await pseudonymKey(undefined, directory, diskFileSystem, log)
  expect(made.length).toBe(64)
  expect(await pseudonymKey(undefined, directory, diskFileSystem, log)).toEqual(made)
  expect(statSync(join(directory, 'pseudonym.key')).mode & 0o777).toBe(0o600)
})

test('is the one that was given', async () => {
  expect(await pseudonymKey('given', temporaryFolder(), diskFileSystem, log)).toEqual(Buffer.from('given'))
})
