import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Logger, messageOf, TickhouseError } from '@tickhouse/runtime'
import { type Asset, loadAssets } from './assets.ts'
import { isOwnHost } from './own-host.ts'
import type { PageState } from './state.ts'
import { Watcher } from './watcher.ts'

/** What a page shows, and where. */
export interface PageOptions {
  /** Looks at the pipeline; what does not answer is part of what it finds. */
  readonly look: () => Promise<PageState>
  /** Loopback unless told otherwise. */
  readonly host?: string
  readonly port: number
  /** Names under which it may be asked for, besides `localhost` and addresses. */
  readonly hostNames?: readonly string[]
  readonly log: Logger
}

/** A page that is being served. */
export interface Page {
  readonly url: string
  close(): Promise<void>
}

/** Serves the page: GET / and its files, GET /state.json, and GET /ready for whoever watches over it. */
export async function servePage({ look, host = '127.0.0.1', port, hostNames = [], log }: PageOptions): Promise<Page> {
  const assets = loadAssets()
  const watcher = new Watcher({ look, log })
  const server = createServer((request, response) => {
    answer(request, response, { assets, watcher, hostNames }).catch(error => {
      log.error({ err: error }, 'Could not answer a request for the page')
      send(response, 500, 'text/plain', `${messageOf(error)}\n`)
    })
  })
  const close = async () => {
    await Promise.all([closed(server), watcher.close()])
  }
  try {
    await listen(server, port, host)
  } catch (error) {
    await watcher.close()
    throw error
  }
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`, close }
}

interface Served {
  readonly assets: ReadonlyMap<string, Asset>
  readonly watcher: Watcher
  readonly hostNames: readonly string[]
}

async function answer(request: IncomingMessage, response: ServerResponse, { assets, watcher, hostNames }: Served): Promise<void> {
  for (const [name, value] of headers) response.setHeader(name, value)
  if (!isOwnHost(request.headers.host, hostNames)) return send(response, 421, 'text/plain', 'This name is not mine\n')
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

function sendJson(response: ServerResponse, value: object): void {
  send(response, 200, 'application/json', JSON.stringify(value))
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', cause =>
      reject(new TickhouseError('PAGE_LISTEN_FAILED', `Could not serve the page on ${host}:${port}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
