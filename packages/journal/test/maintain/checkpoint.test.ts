import { expect, test } from 'vitest'
import { Checkpoint } from '../../src/index.ts'
import { log } from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

const path = '/journal/checkpoint.json'

function open(files: MemoryFileSystem, everyMs = 1): Promise<Checkpoint<{ at: number }>> {
  return Checkpoint.open({ path, log, files, everyMs })
}

test('has no value at first, and after a restart the last one', async () => {
  const files = new MemoryFileSystem()
  const checkpoint = await open(files)
  expect(checkpoint.value).toBeUndefined()
  checkpoint.moveTo({ at: 1 })
  checkpoint.moveTo({ at: 2 })
  await checkpoint.close()
  expect((await open(files)).value).toEqual({ at: 2 })
})

test('writes by itself after a while, the newest value only', async () => {
  const files = new MemoryFileSystem()
  const checkpoint = await open(files, 20)
  for (let at = 1; at <= 100; at++) checkpoint.moveTo({ at })
  expect(files.contents.has(path)).toBe(false)
  await expect.poll(() => files.contents.get(path)?.toString()).toBe('{"at":100}\n')
})

test('keeps the older value when the disk is full, and writes the newest when it can', async () => {
  const files = new MemoryFileSystem()
  const checkpoint = await open(files)
  checkpoint.moveTo({ at: 1 })
  await checkpoint.flush()
  files.writeError = 'ENOSPC'
  checkpoint.moveTo({ at: 2 })
  await checkpoint.flush()
  expect((await open(files)).value).toEqual({ at: 1 })
  files.writeError = undefined
  await checkpoint.flush()
  expect((await open(files)).value).toEqual({ at: 2 })
})

test('counts a file that cannot be read as none', async () => {
  const files = new MemoryFileSystem()
  await files.createText(path, '{"at":')
  expect((await open(files)).value).toBeUndefined()
})

test('leaves a half-written successor behind without harm', async () => {
  const files = new MemoryFileSystem()
  await files.createText(path, '{"at":1}')
  await files.createText(`${path}.next`, '{"a')
  const checkpoint = await open(files)
  expect(checkpoint.value).toEqual({ at: 1 })
  checkpoint.moveTo({ at: 2 })
  await checkpoint.close()
  expect((await open(files)).value).toEqual({ at: 2 })
})
