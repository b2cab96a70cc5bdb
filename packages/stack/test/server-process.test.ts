import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type ServerDefinition, ServerProcess } from '../src/index.ts'

function shell(script: string, more: Partial<ServerDefinition> = {}): ServerProcess {
  const directory = mkdtempSync(join(tmpdir(), 'server-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const server = new ServerProcess({
    name: 'Fixture',
    command: 'sh',
    args: () => ['-c', script],
    outputFile: join(directory, 'output.log'),
    answers: async () => false,
    ...more,
  })
  onTestFinished(() => server.kill('SIGKILL'))
  return server
}

test('a server that ends while it starts is reported with the last lines of its log', async () => {
  await expect(shell('echo no room left; exit 3').start()).rejects.toThrow(/Fixture ended while it started.*no room left/s)
})

test('a start that is aborted leaves nothing running', async () => {
  const server = shell('sleep 300')
  const abort = new AbortController()
  const starting = server.start(abort.signal)
  await vi.waitFor(() => expect(server.pid).toBeDefined())
  abort.abort()
  await expect(starting).rejects.toThrow('aborted')
  expect(server.pid).toBeUndefined()
})

test('it can be killed and started again, and only an end that nobody asked for is told', async () => {
  const onExit = vi.fn()
  const server = shell('sleep 300', { answers: async () => true, onExit })
  await server.start()
  const first = server.pid
  await server.kill('SIGKILL')
  await server.start()
  expect(server.pid).not.toBe(first)
  expect(onExit).not.toHaveBeenCalled()
  process.kill(server.pid!, 'SIGKILL')
  await vi.waitFor(() => expect(onExit).toHaveBeenCalledWith({ code: null, signal: 'SIGKILL' }))
  expect(server.pid).toBeUndefined()
})
