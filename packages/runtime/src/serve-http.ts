import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'
import { type HttpEndpoint, openHttp } from './http-server.ts'
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
  /** Names under which it may be asked for, besides addresses and names without a dot. */
  readonly hostNames?: readonly string[]
  readonly registry: Pick<Registry, 'contentType' | 'metrics'>
  /** Comes before every answer: brings up to date what the process knows of itself. */
  readonly look?: () => Promise<void>
  readonly live: () => Problem[]
  readonly ready: () => Problem[]
  readonly status: () => object
  readonly log: Logger
}

/** What a process says of itself is for now, and is not to be taken for anything but what its type says. */
const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** Serves GET /live, /ready (200 or 503 with the problems), /metrics (Prometheus) and /status (JSON); on loopback by default. */
export function serveHttp(options: HttpOptions): Promise<HttpEndpoint> {
  const { host, port, hostNames, log } = options
  const place = { port, log, ...(host !== undefined && { host }), ...(hostNames && { hostNames }) }
  return openHttp({ ...place, answer: (request, response) => answer(options, request, response) })
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
