import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { childService, eventually } from '../src/index.ts'

const path = join(import.meta.dirname, 'small-service.ts')

test('gives what the service announced, with only the environment it was given', async () => {
  vi.stubEnv('KIWOOM_SECRET_KEY', 'of the person who runs the tests')
  onTestFinished(() => void vi.unstubAllEnvs())
  const service = await childService<{ word: string; secret: string }>(path, { WORD: 'hello' })
  onTestFinished(() => service.close())
  expect(service.announced).toMatchObject({ word: 'hello', secret: 'none', pid: service.pid })
  await eventually(() => expect(service.stderr()).toContain('up'))
  expect(await service.stop()).toMatchObject({ code: 0, signal: null })
})

test('a service that cannot start fails with what it said', async () => {
  await expect(childService(path, { FAIL: '1' })).rejects.toThrow(/ended with 1.*no disk/s)
})

test('a killed service tells how it ended', async () => {
  const service = await childService(path, {})
  service.kill('SIGKILL')
  expect(await service.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
})
