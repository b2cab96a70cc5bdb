import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Env, isAlive } from '@tickhouse/runtime'
import { eventually, temporaryFolder } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { ServiceProcess } from '../src/service-process.ts'

function service(env: Env, logFile = join(temporaryFolder(), 'small.log')) {
  const said: string[] = []
  const restarts = { count: 0 }
  const process = new ServiceProcess({
    name: 'small',
    main: join(import.meta.dirname, 'small-service.ts'),
    env,
    logFile,
    say: sentence => void said.push(sentence),
    onRestart: () => void restarts.count++,
  })
  onTestFinished(() => process.stop())
  return { process, said, restarts }
}

test('gives what the service announces and tells its warnings once each', async () => {
  const { process, said } = service({ HTTP_PORT: '1' })
  expect(await process.start()).toMatchObject({ http: 'http://127.0.0.1:1', pid: process.pid })
  await eventually(() => expect(said).toEqual(['small: Kafka does not answer']))
})

test('a disk that takes no log ends nothing', async () => {
  const { process, said } = service({ HTTP_PORT: '1' }, '/dev/full')
  await process.start()
  await eventually(() => expect(said).toEqual(['small: Kafka does not answer']))
  expect(isAlive(process.pid!)).toBe(true)
})

test('a service that is killed is reported and runs again; one that is stopped does not', async () => {
  const { process, said, restarts } = service({ HTTP_PORT: '1' })
  const { pid } = await process.start()
  globalThis.process.kill(pid, 'SIGKILL')
  await eventually(() => expect(restarts.count).toBe(1))
  expect(said.find(sentence => sentence.startsWith('small ended (SIGKILL), see '))).toBeDefined()
  expect(process.pid).not.toBe(pid)
  const again = process.pid!
  await process.stop()
  expect([isAlive(again), process.pid]).toEqual([false, undefined])
})

test('a wrong configuration is told with all its problems', async () => {
  const { process } = service({})
  await expect(process.start()).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('HTTP_PORT: expected an integer'),
  })
})

test('the log goes to its file', async () => {
  const folder = temporaryFolder()
  const process = new ServiceProcess({
    name: 'small',
    main: join(import.meta.dirname, 'small-service.ts'),
    env: { HTTP_PORT: '1' },
    logFile: join(folder, 'small.log'),
    say: () => {},
    onRestart: () => {},
  })
  await process.start()
  await process.stop()
  await eventually(() => expect(readFileSync(join(folder, 'small.log'), 'utf8')).toContain('"msg":"Stopped"'))
})
