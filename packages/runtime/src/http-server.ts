import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TickhouseError } from './errors.ts'
import type { Logger } from './logger.ts'
import { isOwnHost } from './own-host.ts'

/** Where a server listens, and what it answers. */
export interface HttpServerOptions {
  /** Loopback unless told otherwise. */
  readonly host?: string
  readonly port: number
  /** Names under which it may be asked for, besides addresses and names without a dot. */
  readonly hostNames?: readonly string[]
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
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

/** Serves over HTTP within bounds, to whoever asks for it by a name of its own; what goes wrong stands in the log and not in the answer. */
export async function openHttp({ host = '127.0.0.1', port, hostNames = [], answer, log }: HttpServerOptions): Promise<HttpEndpoint> {
  const server = createServer(bounds, (request, response) => {
    if (!isOwnHost(request.headers.host, hostNames)) return sendText(response, 421, 'This name is not mine')
    answer(request, response).catch(error => {
      log.error({ err: error }, 'Could not answer an HTTP request')
      sendText(response, 500, 'This could not be answered; the log says why')
    })
  })
  server.maxConnections = mostConnections
  await listen(server, port, host)
  const address = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, close: () => closeServer(server) }
}

function sendText(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' }).end(`${sentence}\n`)
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
