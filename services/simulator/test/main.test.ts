import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { Client } from './client.ts'

const main = new URL('../src/main.ts', import.meta.url)

/** The simulator as a process of its own; ended at the end of the scope. */
function started(env: Record<string, string>) {
  const child = fork(main, { env: { PATH: process.env['PATH'], LOG_LEVEL: 'silent', ...env }, silent: true })
  const errors: string[] = []
  child.stderr!.on('data', part => errors.push(String(part)))
  const exited = once(child, 'exit').then(([code]) => code as number)
  return {
    child,
    exited,
    stderr: () => errors.join(''),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

describe('the simulator as a process', () => {
  test('announces where it is, serves, shows its status and metrics, and ends cleanly on SIGTERM', async () => {
    await using simulator = started({ SIMULATOR_RATE: '500', SIMULATOR_MAX_FRAMES: '30', SIMULATOR_PING_SECONDS: '0' })
    const [message] = (await once(simulator.child, 'message')) as [{ announce: { url: string; wsUrl: string; http: string; pid: number } }]
    const { url, wsUrl, http, pid } = message.announce
    expect(pid).toBe(simulator.child.pid)
    const client = await Client.live({ url, wsUrl }, ['0B'], ['005930'])
    await client.frames(30)
    const status = await (await fetch(`${http}/status`)).json()
    expect(status).toMatchObject({
      service: 'simulator',
      pid,
      url,
      sessions: 1,
      frames: 30,
      done: true,
      sent: { trade: expect.any(Number) },
    })
    const metrics = await (await fetch(`${http}/metrics`)).text()
    expect(metrics).toMatch(/tickhouse_simulator_items_sent_total\{dataset="trade"[^}]*\} \d\d/)
    expect(metrics).toMatch(/tickhouse_simulator_sessions(\{[^}]*\})? 1/)
    simulator.child.kill('SIGTERM')
    expect(await simulator.exited).toBe(0)
    await client.until(() => client.ended !== null)
  })

  test('lets several log in at once, each with an app key of its own', async () => {
    await using simulator = started({ SIMULATOR_APP_KEY: 'one,two', SIMULATOR_SECRET_KEY: 'secret' })
    const [message] = (await once(simulator.child, 'message')) as [{ announce: { url: string; wsUrl: string } }]
    const live = (appKey: string) => Client.live(message.announce, ['0B'], ['005930'], { appKey, secretKey: 'secret' })
    const [one, two] = [await live('one'), await live('two')]
    await Promise.all([one.frames(5), two.frames(5)])
    await live('one')
    await one.until(() => one.ended !== null)
    expect(two.ended).toBeNull()
  })

  test('names every wrong setting and exits with 2', async () => {
    await using simulator = started({ SIMULATOR_RATE: 'fast', SIMULATOR_PORT: '70000' })
    expect(await simulator.exited).toBe(2)
    expect(simulator.stderr()).toMatch(/SIMULATOR_RATE[\s\S]*"fast"|SIMULATOR_PORT[\s\S]*SIMULATOR_RATE/)
    expect(simulator.stderr()).toContain('SIMULATOR_PORT')
  })
})
