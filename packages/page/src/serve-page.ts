import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpEndpoint, type HttpServerOptions, openHttp, visible } from '@tickhouse/runtime'
import { type Asset, loadAssets } from './assets.ts'
import type { PageState } from './state.ts'
import { Watcher } from './watcher.ts'

/** What a page shows, and where. */
export interface PageOptions extends Pick<HttpServerOptions, 'host' | 'port' | 'hostNames' | 'log'> {
  /** Looks at the pipeline; what does not answer is part of what it finds. */
  readonly look: () => Promise<PageState>
}

/** A page that is being served. */
export type Page = HttpEndpoint

/** Serves the page: GET / and its files, GET /state.json, and GET /ready for whoever watches over it. */
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

const mostShown = 2_000

function shown(text: string): string {
  const whole = visible(text)
  return whole.length > mostShown ? `${whole.slice(0, mostShown)}…` : whole
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}
