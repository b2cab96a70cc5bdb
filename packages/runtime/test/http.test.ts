import { connect } from 'node:net'
import { pino } from 'pino'
import { Counter } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { createRegistry, type Problem, serveHttp } from '../src/index.ts'

const silent = pino({ level: 'silent' })

async function serve(state: { live?: Problem[]; ready?: Problem[] }) {
  const registry = createRegistry('test')
  new Counter({ name: 'tickhouse_test_received_total', help: 'x', registers: [registry] }).inc(3)
  const endpoint = await serveHttp({
    port: 0,
    registry,
    live: () => state.live ?? [],
    ready: () => state.ready ?? [],
    status: () => ({ service: 'test' }),
    hostNames: ['ops.example'],
    log: silent,
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

test('every answer is for now only, and is not taken for anything else', async () => {
  const { url } = await serve({})
  for (const path of ['/live', '/ready', '/status', '/metrics', '/other']) {
    const { headers } = await fetch(`${url}${path}`)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-type')).toMatch(/^(application\/json|text\/plain)/)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test.each([
  ['127.0.0.1:9300', 200],
  ['[::1]:9300', 200],
  ['localhost:9300', 200],
  ['collector:9300', 200],
  ['ops.example:9300', 200],
  ['evil.example:9300', 421],
  ['127.0.0.1.evil.example', 421],
])('asked for as %s it answers %i: a foreign name may have been made to lead here', async (host, status) => {
  const { url } = await serve({})
  expect(await exchange(url, `GET /live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
    new RegExp(`^HTTP/1.1 ${status} `),
  )
})

test('a failure is in the log and not in the answer', async () => {
  const status = () => {
    throw new Error('password=s3cret')
  }
  const endpoint = await serveHttp({ port: 0, registry: createRegistry('test'), live: () => [], ready: () => [], status, log: silent })
  onTestFinished(() => endpoint.close())
  const answer = await fetch(`${endpoint.url}/status`)
  expect([answer.status, await answer.text()]).toEqual([500, 'This could not be answered; the log says why\n'])
})

test.each([
  ['too long a path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '431'],
  ['too many headers', `GET /live HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(5_000)}\r\n`, '431'],
  ['what is no HTTP', '\u0000\u0001\u0002\r\n\r\n', '400'],
  ['a method of its own', 'BREW /live HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
  ['a body without end', 'POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\nabc', '405'],
  ['headers that never end', 'GET /live HTTP/1.1\r\nHost: x\r\n', '408'],
])('%s is answered with a refusal and the connection is closed, while others are served', async (_, request, status) => {
  const { url } = await serve({})
  const refused = exchange(url, request)
  expect((await fetch(`${url}/live`)).status).toBe(200)
  expect(await refused).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
})

/** What comes back until the other side closes. */
async function exchange(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(request)
  let answer = ''
  try {
    for await (const chunk of socket) answer += chunk
  } catch {
    // It may also be reset.
  }
  return answer
}
