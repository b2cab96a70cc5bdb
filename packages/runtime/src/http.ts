import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { messageOf, TickhouseError } from './errors.ts'
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
  readonly registry: Registry
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

/** Serves GET /live, /ready (200 or 503 with the problems), /metrics (Prometheus) and /status (JSON); on loopback unless told otherwise. */
export async function serveHttp(options: HttpOptions): Promise<HttpEndpoint> {
  const { host = '127.0.0.1', port, log } = options
  const server = createServer((request, response) => {
    answer(options, request.method ?? '', (request.url ?? '').split('?')[0]!, response).catch(error => {
      log.error({ err: error }, 'Could not answer an HTTP request')
      send(response, 500, 'application/json', JSON.stringify({ error: messageOf(error) }))
    })
  })
  await listen(server, port, host)
  const address = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, close: () => closeServer(server) }
}

async function answer(options: HttpOptions, method: string, path: string, response: ServerResponse): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'text/plain', 'Only GET is answered\n')
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
  response.writeHead(status, { 'content-type': type }).end(body)
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
