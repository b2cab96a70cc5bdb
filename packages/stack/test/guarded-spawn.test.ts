import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { spawnGuarded } from '../src/index.ts'

function outputFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'guard-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'output.log')
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a program ends when the process that started it is killed', async () => {
  const parent = fork(join(import.meta.dirname, 'guarding-parent.ts'), [outputFile()])
  const [pid] = (await once(parent, 'message')) as [number]
  expect(runs(pid)).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 10_000 })
})

test('a program that is stopped ends with it all the same', async () => {
  const file = outputFile()
  const parent = fork(join(import.meta.dirname, 'guarding-parent.ts'), [file])
  const [pid] = (await once(parent, 'message')) as [number]
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toBe('up\n'), { timeout: 10_000 })
  process.kill(pid, 'SIGSTOP')
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 10_000 })
})

test('a child that runs already is guarded in the same way', async () => {
  const parent = fork(join(import.meta.dirname, 'guarding-parent.ts'), [outputFile(), 'a child'])
  const [pid] = (await once(parent, 'message')) as [number]
  process.kill(pid, 'SIGSTOP')
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 10_000 })
})

test('a program gets its arguments as they are and its output goes to the file', async () => {
  const file = outputFile()
  const child = spawnGuarded('printf', ['%s|', 'a b', '$HOME', "it's"], file)
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(readFileSync(file, 'utf8')).toBe("a b|$HOME|it's|")
})

test('signals reach the program itself, and nothing of its group is left', async () => {
  const child = spawnGuarded('sleep', ['300'], outputFile())
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
  await vi.waitFor(() => expect(runs(-child.pid!)).toBe(false), { timeout: 10_000 })
})
