import { request } from 'node:http'
import { connect } from 'node:net'
import { createLogger } from '@tickhouse/runtime'
import { eventually } from '@tickhouse/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { type PageOptions, servePage } from '../src/serve/serve-page.ts'
import type { PageAnswer } from '../src/state/page-state.ts'
import { stateOf } from './states.ts'

const log = createLogger({ name: 'tests', level: 'silent' })

async function served(options: Partial<PageOptions> = {}): Promise<string> {
  const page = await servePage({ look: async () => stateOf(), port: 0, log, ...options })
  onTestFinished(() => page.close())
  return page.url
}

/** The status of an answer to a request with any Host header; fetch would not send it. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, response => resolve(response.resume().statusCode))
      .once('error', reject)
      .end()
  })
}

test('serves the page, its files and uPlot from here, with nothing from elsewhere', async () => {
  const url = await served()
  const html = await (await fetch(url)).text()
  const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!)
  expect(paths).toContain('/main.js')
  expect(html).not.toMatch(/https?:|<script>|<style|\son\w+=/)
  for (const path of [...paths, '/uplot.js', '/pipeline.js']) expect((await fetch(url + path)).status, path).toBe(200)
})

test('what came from outside can neither turn lines nor fill the page', async () => {
  const problem = {
    about: 'venue',
    condition: 'poor',
    problem: `The venue said: \u202e\u001b[2J<b>${'N'.repeat(65_536)}`,
    remedy: '',
  } as const
  const url = await served({ look: async () => ({ ...stateOf(), problems: [problem] }) })
  const { state } = (await (await fetch(`${url}/state.json`)).json()) as PageAnswer
  expect(state.problems[0]!.problem).toMatch(/^The venue said: \\u202e\\u001b\[2J<b>N+…$/)
  expect(state.problems[0]!.problem.length).toBeLessThan(2_100)
})

test('every answer forbids whatever is not its own', async () => {
  const url = await served()
  for (const path of ['/', '/state.json', '/nothing']) {
    const { headers } = await fetch(url + path)
    expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'self';.*frame-ancestors 'none'/)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
  }
})

test('answers GET and HEAD, and nothing else', async () => {
  const url = await served()
  const head = await fetch(url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await fetch(`${url}/state.json`, { method })
    expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'GET, HEAD'])
  }
})

test('a name that is not its own gets nothing: it may lead here from a foreign page', async () => {
  const url = await served({ hostNames: ['tick.example'] })
  for (const host of ['127.0.0.1:9500', 'localhost', '[::1]:9500', 'LOCALHOST:1', 'tick.example:9500'])
    expect(await statusFor(`${url}/state.json`, host), host).toBe(200)
  for (const host of ['evil.example', 'evil.example:9500', 'localhost.evil.example', '127.0.0.1.evil.example'])
    expect(await statusFor(`${url}/state.json`, host), host).toBe(421)
})

test('has the bounds that every endpoint has: long headers, and connections that say nothing, are refused', async () => {
  const url = await served()
  const { hostname, port } = new URL(url)
  expect((await fetch(url, { headers: { a: 'x'.repeat(9_000) } })).status).toBe(431)
  const sockets = Array.from({ length: 200 }, () => connect(Number(port), hostname))
  onTestFinished(() => sockets.forEach(socket => void socket.destroy()))
  for (const socket of sockets)
    socket
      .on('error', () => {})
      .resume()
      .write('GET / HTTP/1.1\r\n')
  await eventually(() => expect(sockets.filter(socket => !socket.closed).length).toBeLessThanOrEqual(64))
  await eventually(() => expect(sockets.filter(socket => !socket.closed)).toEqual([]), { timeoutMs: 20_000 })
  expect((await fetch(url)).status).toBe(200)
})

test('no path leads out of its files', async () => {
  const url = await served()
  for (const path of ['/../package.json', '/%2e%2e/package.json', '//etc/passwd', '/tsconfig.json', '/src/state/page-state.ts'])
    expect(await statusFor(url + path, 'localhost'), path).toBe(404)
})

test('tells the newest state, and of the points only those that are new', async () => {
  let atMs = 1000
  const url = await served({ look: async () => stateOf({ atMs: atMs++ }) })
  const ask = async (since: number) => (await (await fetch(`${url}/state.json?since=${since}`)).json()) as PageAnswer
  const first = await ask(0)
  expect([first.state.atMs, first.points.map(point => point.atMs)]).toEqual([1000, [1000]])
  await eventually(async () => expect((await ask(1000)).points.map(point => point.atMs).slice(0, 2)).toEqual([1001, 1002]))
})

test('goes on with what it knew when it could not look', async () => {
  let looks = 0
  const look = async () => {
    if (looks++ > 0) throw new Error('nobody home')
    return stateOf({ atMs: 7 })
  }
  const url = await served({ look })
  const ask = async () => ((await (await fetch(`${url}/state.json`)).json()) as PageAnswer).state.atMs
  await eventually(async () => {
    expect(await ask()).toBe(7)
    expect(looks).toBeGreaterThan(1)
  })
})

test('a port that is taken is named', async () => {
  const port = Number(new URL(await served()).port)
  await expect(served({ port })).rejects.toThrow(`Could not listen on 127.0.0.1:${port}`)
})

test('the market is answered with its status, to its own page and to nobody else', async () => {
  const asked: string[] = []
  const url = await served({
    market: async (path, params) => {
      asked.push(`${path}?${params}`)
      return path === '/market/chart.json' ? { status: 503, body: { name: '\u202e' } } : undefined
    },
  })
  const answer = await fetch(`${url}/market/chart.json?symbol=005930`)
  expect([answer.status, await answer.json()]).toEqual([503, { name: '\\u202e' }])
  expect((await fetch(`${url}/market/other.json`)).status).toBe(404)
  expect(asked).toEqual(['/market/chart.json?symbol=005930', '/market/other.json?'])
  for (const site of ['cross-site', 'same-site'])
    expect((await fetch(`${url}/market/chart.json`, { headers: { 'sec-fetch-site': site } })).status, site).toBe(403)
  expect(asked).toHaveLength(2)
})

test('serves the page of the market and all its files from here', async () => {
  const url = await served()
  const html = await (await fetch(`${url}/market`)).text()
  const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!)
  expect(paths).toEqual(expect.arrayContaining(['/market/main.js', '/lightweight-charts.js', '/market/market.css']))
  expect(html).not.toMatch(/<script>|<style|\son\w+=/)
  for (const path of [...paths, '/market/chart.js']) expect((await fetch(url + path)).status, path).toBe(200)
})
