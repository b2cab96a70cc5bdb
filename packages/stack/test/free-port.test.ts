import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../src/index.ts'

test('never gives a port twice, and two processes that start together look in different places', async () => {
  const looking = `import { freePort } from '${import.meta.resolve('../src/free-port.ts')}'
    console.log(JSON.stringify(await Promise.all(Array.from({ length: 40 }, () => freePort()))))`
  const both = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, ['--input-type=module', '-e', looking])))
  const ports = both.flatMap(({ stdout }) => JSON.parse(stdout) as number[])
  expect(new Set(ports).size).toBe(80)
})

test('gives the preferred port while it is free, else one outside the range of outgoing connections', async () => {
  const preferred = await freePort()
  expect(await freePort(preferred)).toBe(preferred)
  const server = createServer().listen(preferred, '127.0.0.1')
  onTestFinished(() => void server.close())
  const other = await freePort(preferred)
  expect(other).not.toBe(preferred)
  expect(other).toBeGreaterThanOrEqual(20_000)
  expect(other).toBeLessThan(30_000)
})
