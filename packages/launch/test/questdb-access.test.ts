import { statSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, it } from 'vitest'
import { questdbAccess } from '../src/questdb-access.ts'

it('the QuestDB of a start has two passwords that are made once, and that their owner alone can read', () => {
  const folder = temporaryFolder()
  const files = { questdbPassword: join(folder, 'questdb-password'), questdbReaderPassword: join(folder, 'questdb-reader-password') }
  const { writer, reader } = questdbAccess(files)
  for (const { isNew, password } of [writer, reader]) expect([isNew, password.length]).toEqual([true, 32])
  expect(writer.password).not.toBe(reader.password)
  expect(questdbAccess(files)).toEqual({ writer: { ...writer, isNew: false }, reader: { ...reader, isNew: false } })
  for (const { passwordFile } of [writer, reader]) expect(statSync(passwordFile).mode & 0o077).toBe(0)
})
