import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRunFile, writeRunFile } from '@tickhouse/page'
import { UsageError } from '@tickhouse/runtime'
import { temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { awaitFormerRun, claimDataFolder, emptyDataFolder } from '../src/data-folder.ts'

async function claimed() {
  const folder = await claimDataFolder(join(temporaryFolder(), 'data'))
  onTestFinished(() => folder.close())
  return folder
}

/** A process that runs until the test is done. */
function sleeper(): ChildProcess {
  const child = spawn('sleep', ['60'])
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

function rememberProcess(data: string, pid: number): void {
  const process = { name: 'kafka', pid, address: 'a', http: null }
  writeRunFile(data, {
    pid,
    startedAt: '',
    brokers: '',
    configurationString: '',
    journalDirectory: '',
    page: '',
    questdb: null,
    postgres: null,
    processes: [process],
  })
}

test('a second start on the same folder is refused with the process that uses it', async () => {
  const folder = await claimed()
  const refusal = await claimDataFolder(folder.path).catch(error => error)
  expect(refusal).toBeInstanceOf(UsageError)
  expect(refusal.message).toContain(`process ${process.pid}`)
  expect(refusal.message).toContain('--data')
})

test('the folder is free again once it is closed, and tells of no run', async () => {
  const folder = await claimDataFolder(join(temporaryFolder(), 'data'))
  rememberProcess(folder.path, process.pid)
  await folder.close()
  expect(readRunFile(folder.path)).toBeUndefined()
  await (await claimDataFolder(folder.path)).close()
})

test('a fresh start removes the data of former runs and keeps the jars', async () => {
  const folder = await claimed()
  for (const name of ['jars', 'kafka', 'questdb', 'journal']) {
    mkdirSync(join(folder.path, name))
    writeFileSync(join(folder.path, name, 'file'), 'x')
  }
  emptyDataFolder(folder)
  expect(['jars', 'kafka', 'questdb', 'journal', 'logs'].map(name => existsSync(join(folder.path, name)))).toEqual([
    true,
    false,
    false,
    false,
    true,
  ])
  await expect(claimDataFolder(folder.path)).rejects.toThrow(UsageError)
})

test('waits for the processes of a start that was killed', async () => {
  const folder = await claimed()
  const former = sleeper()
  rememberProcess(folder.path, former.pid!)
  const waiting = awaitFormerRun(folder, new AbortController().signal)
  expect(await Promise.race([waiting.then(() => 'over'), new Promise(resolve => setTimeout(resolve, 200, 'waiting'))])).toBe('waiting')
  former.kill('SIGKILL')
  await once(former, 'exit')
  await waiting
  expect(readRunFile(folder.path)).toBeUndefined()
})
