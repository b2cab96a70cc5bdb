import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { lockHolder } from '../../src/index.ts'
import { directory, openInMemory } from '../journal-fixture.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'

const lockPath = `${directory}/lock`

async function pidOfEndedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid as number
}

test('lets one process at a time write a journal, and the next one after it closed', async () => {
  const { journal, files } = await openInMemory()
  await expect(openInMemory(files)).rejects.toMatchObject({
    code: 'JOURNAL_LOCKED',
    retriable: true,
    message: expect.stringContaining(String(process.pid)),
  })
  await journal.close()
  const next = await openInMemory(files)
  await next.journal.close()
  expect(files.contents.has(lockPath)).toBe(false)
})

test('takes over the lock of a process that is gone', async () => {
  const files = new MemoryFileSystem()
  await files.createText(lockPath, JSON.stringify({ pid: await pidOfEndedProcess(), host: hostname(), startedAt: '1' }))
  const { journal } = await openInMemory(files)
  expect(await files.readText(lockPath)).toContain(`"pid":${process.pid}`)
  await journal.close()
})

test('takes over the lock of an earlier process with the same id, as in a restarted container', async () => {
  const files = new MemoryFileSystem()
  await files.createText(lockPath, JSON.stringify({ pid: process.pid, host: hostname(), startedAt: 'long ago' }))
  const { journal } = await openInMemory(files)
  await journal.close()
})

// Whoever opens the journal looks for seconds whether another host keeps its lock up.
test.concurrent('respects the lock of another host while it is kept up, and takes it over when it is silent', async ({ expect }) => {
  const files = new MemoryFileSystem()
  await files.createText(lockPath, JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: '1' }))
  await expect(openInMemory(files)).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' })
  await files.touch(lockPath, Date.now() - 60_000)
  const { journal } = await openInMemory(files)
  await journal.close()
})

test.concurrent.for([-2, 2])(
  'does not take over the lock of another host that is kept up by a clock %d h away',
  async (hours, { expect, onTestFinished }) => {
    const files = new MemoryFileSystem()
    await files.createText(lockPath, JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: '1' }))
    const touch = () => files.touch(lockPath, Date.now() + hours * 3_600_000)
    await touch()
    const holder = setInterval(touch, 1_000)
    onTestFinished(() => clearInterval(holder))
    await expect(openInMemory(files)).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' })
  },
)

test.concurrent('takes over a lock that a power loss left empty', async ({ expect }) => {
  const files = new MemoryFileSystem()
  await files.createText(lockPath, '')
  await expect(openInMemory(files)).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' })
  await files.touch(lockPath, Date.now() - 60_000)
  const { journal } = await openInMemory(files)
  await journal.close()
})

test('tells a visitor who holds it, and whether that process is there', async () => {
  const { journal, files } = await openInMemory()
  expect(await lockHolder(directory, files)).toEqual({ pid: process.pid, host: hostname(), isHeld: true })
  await journal.close()
  expect(await lockHolder(directory, files)).toBeUndefined()
  const gone = await pidOfEndedProcess()
  const text = JSON.stringify({ pid: gone, host: hostname(), startedAt: '1' })
  await files.createText(lockPath, text)
  expect(await lockHolder(directory, files)).toEqual({ pid: gone, host: hostname(), isHeld: false })
  expect(await files.readText(lockPath)).toBe(text)
})
