import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../src/index.ts'

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
