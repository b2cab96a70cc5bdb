import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { TickhouseError } from './errors.ts'
import type { Logger } from './logger.ts'

/** Something that keeps a process from being live or ready. */
export interface Problem {
  readonly component: string
  readonly message: string
}

/** What a process shows of itself. */
export interface HttpOptions {
  readonly host?: string
  readonly port: number
  readonly registry: Pick<Registry, 'contentType' | 'metrics'>
  /** Comes before every answer: brings up to date what the process knows of itself. */
  readonly look?: () => Promise<void>
  readonly live: () => Problem[]
  readonly ready: () => Problem[]
  readonly status: () => object
  readonly log: Logger
}

/** A running HTTP endpoint. */
export interface HttpEndpoint {
  readonly url: string
  close(): Promise<void>
}

/** A request line with its headers needs a few hundred bytes, and milliseconds to arrive. Nothing is ever read beyond them. */
const bounds = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
}
const mostConnections = 64
/** What a process says of itself is for now, and is not to be taken for anything but what its type says. */
const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** Serves GET /live, /ready (200 or 503 with the problems), /metrics (Prometheus) and /status (JSON); on loopback unless told otherwise. */
export async function serveHttp(options: HttpOptions): Promise<HttpEndpoint> {
  const { host = '127.0.0.1', port, log } = options
  const server = createServer(bounds, (request, response) => {
    answer(options, request, response).catch(error => {
      log.error({ err: error }, 'Could not answer an HTTP request')
      send(response, 500, 'text/plain', 'This could not be answered; the log says why\n')
    })
  })
  server.maxConnections = mostConnections
  await listen(server, port, host)
  const address = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, close: () => closeServer(server) }
}

async function answer(options: HttpOptions, { method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = url.split('?')[0]
  await options.look?.()
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  // A body is not read: the connection ends with the answer.
  if (hasBody) response.setHeader('connection', 'close')
  if (method !== 'GET' && method !== 'HEAD')
    return send(response.setHeader('allow', 'GET, HEAD'), 405, 'text/plain', 'Only GET is answered\n')
  if (path === '/live') return sendProblems(response, options.live())
  if (path === '/ready') return sendProblems(response, options.ready())
  if (path === '/status') return send(response, 200, 'application/json', JSON.stringify(options.status()))
  if (path === '/metrics') return send(response, 200, options.registry.contentType, await options.registry.metrics())
  send(response, 404, 'text/plain', 'Here are /live, /ready, /metrics and /status\n')
}

function sendProblems(response: ServerResponse, problems: Problem[]): void {
  send(response, problems.length === 0 ? 200 : 503, 'application/json', JSON.stringify({ ok: problems.length === 0, problems }))
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...headers, 'content-type': type }).end(body)
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error =>
      reject(new TickhouseError('HTTP_LISTEN_FAILED', `Could not listen on ${host}:${port}`, { cause: error, host, port })),
    )
    server.listen(port, host, resolve)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
