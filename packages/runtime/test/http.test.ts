import { pino } from 'pino'
import { Counter } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { createRegistry, type Problem, serveHttp } from '../src/index.ts'

async function serve(state: { live?: Problem[]; ready?: Problem[] }) {
  const registry = createRegistry('test')
  new Counter({ name: 'tickhouse_test_received_total', help: 'x', registers: [registry] }).inc(3)
  const endpoint = await serveHttp({
    port: 0,
    registry,
    live: () => state.live ?? [],
    ready: () => state.ready ?? [],
    status: () => ({ service: 'test' }),
    log: pino({ level: 'silent' }),
  })
  onTestFinished(() => endpoint.close())
  return endpoint
}

test('listens on loopback, on a free port', async () => {
  const [a, b] = await Promise.all([serve({}), serve({})])
  expect(a.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(a.url).not.toBe(b.url)
})

test('says what keeps it from being ready and is live all the same', async () => {
  const { url } = await serve({ ready: [{ component: 'kafka', message: 'does not answer' }] })
  const ready = await fetch(`${url}/ready`)
  expect([ready.status, await ready.json()]).toEqual([503, { ok: false, problems: [{ component: 'kafka', message: 'does not answer' }] }])
  expect((await fetch(`${url}/live`)).status).toBe(200)
})

test('shows its status as JSON and its metrics with the service as a label', async () => {
  const { url } = await serve({})
  expect(await (await fetch(`${url}/status`)).json()).toEqual({ service: 'test' })
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('tickhouse_test_received_total{service="test"} 3')
  expect(metrics).toMatch(/tickhouse_build_info\{.*service="test".*\} 1/)
})

test('answers 404 elsewhere and 405 to anything but GET', async () => {
  const { url } = await serve({})
  expect((await fetch(`${url}/other`)).status).toBe(404)
  expect((await fetch(`${url}/live`, { method: 'POST' })).status).toBe(405)
})
