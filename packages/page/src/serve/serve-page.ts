import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type HttpEndpoint, type HttpServerOptions, openHttp, visible } from '@tickhouse/runtime'
import type { PageState } from '../state/page-state.ts'
import { Watcher } from './watcher.ts'

/** What a page shows, and where. */
export interface PageOptions extends Pick<HttpServerOptions, 'host' | 'port' | 'hostNames' | 'log'> {
  /** Looks at the pipeline; what does not answer is part of what it finds. */
  readonly look: () => Promise<PageState>
  /** Answers what lies below /market/; left out, nothing does. */
  readonly market?: AnswerMarket
}

/** Answers a path in JSON; undefined for a path that is none of its own. The signal aborts when whoever asks has left. */
export type AnswerMarket = (
  path: string,
  params: URLSearchParams,
  signal: AbortSignal,
) => Promise<{ status: number; body: object } | undefined>

/** A page that is being served. */
export type Page = HttpEndpoint

/** Serves the page: GET / and /market with their files, GET /state.json, what the market answers, and GET /ready for a supervisor. */
export async function servePage({ look, market, log, ...place }: PageOptions): Promise<Page> {
  const served = { assets: loadAssets(), watcher: new Watcher({ look, log }), market }
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
  readonly market: AnswerMarket | undefined
}

async function answer(request: IncomingMessage, response: ServerResponse, { assets, watcher, market }: Served): Promise<void> {
  for (const [name, value] of headers) response.setHeader(name, value)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response)
  const [path, query] = (request.url ?? '').split('?') as [string, string?]
  const params = new URLSearchParams(query)
  if (path === '/state.json') return sendJson(response, 200, await watcher.answer(Number(params.get('since') ?? 0)))
  if (path === '/ready') return sendJson(response, 200, { ok: true, problems: [] })
  if (market !== undefined && /^\/market\/\w+\.json$/.test(path)) return await answerMarket(request, response, { market, path, params })
  const asset = assets.get(path)
  if (asset === undefined) return send(response, 404, 'text/plain', 'Here are /, /market and /state.json\n')
  send(response, 200, asset.type, asset.body)
}

interface MarketRequest {
  readonly market: AnswerMarket
  readonly path: string
  readonly params: URLSearchParams
}

/** A foreign page cannot read an answer; nor can it make QuestDB work for one. */
async function answerMarket(request: IncomingMessage, response: ServerResponse, { market, path, params }: MarketRequest): Promise<void> {
  const site = request.headers['sec-fetch-site'] ?? 'none'
  if (site !== 'same-origin' && site !== 'none') return send(response, 403, 'text/plain', 'Only this page asks for this\n')
  const left = new AbortController()
  response.once('close', () => left.abort())
  try {
    const reply = await market(path, params, left.signal)
    if (reply === undefined) return send(response, 404, 'text/plain', 'The market has chart.json, moment.json and symbols.json\n')
    sendJson(response, reply.status, reply.body)
  } catch (error) {
    if (!left.signal.aborted) throw error
  }
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
function sendJson(response: ServerResponse, status: number, value: object): void {
  send(
    response,
    status,
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
function loadAssets(): ReadonlyMap<string, Asset> {
  const own = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    name => [`/${name.replaceAll(sep, '/')}`, join(folder, name)] as const,
  )
  const libraries = [
    ['/uplot.js', fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))],
    ['/uplot.css', fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css'))],
    ['/lightweight-charts.js', chartLibrary()],
  ] as const
  const files = [...own, ...libraries].filter(([path]) => extname(path) in types)
  const assets = new Map(files.map(([path, file]) => [path, { type: types[extname(path)]!, body: readFileSync(file) }]))
  return assets.set('/', assets.get('/index.html')!).set('/market', assets.get('/market/market.html')!)
}

/** The bundle with all it needs; the package does not export its path. */
function chartLibrary(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('lightweight-charts'))), 'lightweight-charts.standalone.production.mjs')
}
