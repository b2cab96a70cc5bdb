import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type HttpEndpoint, type HttpServerOptions, openHttp, visible } from '@tickhouse/runtime'
import type { PageState } from '../state/page-state.ts'
import { Watcher } from './watcher.ts'

/** What a page shows, and where. */
export interface PageOptions extends Pick<HttpServerOptions, 'host' | 'port' | 'hostNames' | 'log'> {
  /** Looks at the pipeline; what does not answer is part of what it finds. */
  readonly look: () => Promise<PageState>
}

/** A page that is being served. */
export type Page = HttpEndpoint

/** Serves the page: GET / and its files, GET /state.json, and GET /ready for a supervisor. */
export async function servePage({ look, log, ...place }: PageOptions): Promise<Page> {
  const served = { assets: loadAssets(), watcher: new Watcher({ look, log }) }
  try {
    const { url, close } = await openHttp({ ...place, log, answer: (request, response) => answer(request, response, served) })
    return { url, close: () => Promise.all([close(), served.watcher.close()]).then(() => {}) }
  } catch (error) {
    await served.watcher.close()
    throw error
  }
}

interface Served {
  readonly assets: ReadonlyMap<string, Asset>
  readonly watcher: Watcher
}

async function answer(request: IncomingMessage, response: ServerResponse, { assets, watcher }: Served): Promise<void> {
  for (const [name, value] of headers) response.setHeader(name, value)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response)
  const [path, query] = (request.url ?? '').split('?') as [string, string?]
  if (path === '/state.json') return sendJson(response, await watcher.answer(Number(new URLSearchParams(query).get('since') ?? 0)))
  if (path === '/ready') return sendJson(response, { ok: true, problems: [] })
  const asset = assets.get(path)
  if (asset === undefined) return send(response, 404, 'text/plain', 'Here are / and /state.json\n')
  send(response, 200, asset.type, asset.body)
}

/** Nothing but our own files is run or shown, and nobody else shows them. */
const headers = [
  ['content-security-policy', "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-store'],
] as const

function refuse(response: ServerResponse): void {
  response.setHeader('allow', 'GET, HEAD')
  send(response, 405, 'text/plain', 'Only GET and HEAD are answered\n')
}

/** What came from outside can neither turn the lines of a page nor fill it. */
function sendJson(response: ServerResponse, value: object): void {
  send(
    response,
    200,
    'application/json',
    JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? shown(inner) : inner)),
  )
}

const maxShown = 2_000

function shown(text: string): string {
  const whole = visible(text)
  return whole.length > maxShown ? `${whole.slice(0, maxShown)}…` : whole
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** A file that the browser asks for. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const folder = join(import.meta.dirname, '..', '..', 'public')

/** All that is served, by its path; nothing comes from elsewhere, so the page works without a network. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const own = readdirSync(folder).map(name => [`/${name}`, join(folder, name)] as const)
  const plots = [
    ['/uplot.js', fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))],
    ['/uplot.css', fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'))],
  ] as const
  const files = [...own, ...plots].filter(([, file]) => extname(file) in types)
  const assets = new Map(files.map(([path, file]) => [path, { type: types[extname(file)]!, body: readFileSync(file) }]))
  return assets.set('/', assets.get('/index.html')!)
}
