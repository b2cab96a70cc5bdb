import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { TickhouseError } from './errors.ts'
import type { Logger } from './logger.ts'

/** Where a server listens, and what it answers. */
export interface HttpServerOptions {
  /** Loopback by default. */
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
const maxConnections = 64

/** Serves over HTTP within bounds, to whoever asks for it by a name of its own; what goes wrong stands in the log and not in the answer. */
export async function openHttp({ host = '127.0.0.1', port, hostNames = [], answer, log }: HttpServerOptions): Promise<HttpEndpoint> {
  const server = createServer(bounds, (request, response) => {
    if (!isOwnHost(request.headers.host, hostNames)) return sendText(response, 421, 'This name is not mine')
    answer(request, response).catch(error => {
      log.error({ err: error }, 'Could not answer an HTTP request')
      sendText(response, 500, 'This could not be answered; the log says why')
    })
  })
  server.maxConnections = maxConnections
  return listenOn(server, host, port)
}

/** Listens and tells where; rejects where the port is taken. `close` ends every connection. */
export async function listenOn(server: Server, host: string, port: number): Promise<HttpEndpoint & { readonly port: number }> {
  await listen(server, port, host)
  const taken = (server.address() as AddressInfo).port
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, port: taken, close: () => closeServer(server) }
}

/** Whether somebody else listens on the port: what is thrown where a server could not listen. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof TickhouseError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE'
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

/**
 * Whether a request is meant for us, by its Host header. A name can be made to lead to a loopback address by whoever owns it, so that a foreign page
 * in the same browser could read ours; bare addresses, names without a dot (`localhost`, a service of compose), which nobody can own, and names that
 * were given to us cannot.
 */
export function isOwnHost(host: string | undefined, ownNames: readonly string[] = []): boolean {
  // No browser leaves it out; health checks do.
  if (host === undefined) return true
  const bare = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return isIP(bare) !== 0 || /^[a-z0-9_-]+$/.test(bare) || ownNames.some(name => name.toLowerCase() === bare)
}
