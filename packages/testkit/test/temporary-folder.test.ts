import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../src/index.ts'

const folders: string[] = []

test('gives a new folder each time', () => {
  folders.push(temporaryFolder(), temporaryFolder())
  expect(new Set(folders).size).toBe(2)
  for (const folder of folders) writeFileSync(join(folder, 'file'), 'x')
})

test('a folder is gone when its test is done', () => {
  expect(folders.map(folder => existsSync(folder))).toEqual([false, false])
})
