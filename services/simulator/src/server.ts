import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { webSocketPath } from '@tickhouse/kiwoom'
import { type WebSocket, WebSocketServer } from 'ws'

/** One port for REST and WebSocket. */
export interface VenueServer {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

interface ServerParts {
  readonly host: string
  readonly port: number
  readonly rest: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** A WebSocket has been opened on the venue's path; `transport` is the socket below it. */
  readonly connected: (socket: WebSocket, transport: Duplex) => void
}

/** Longer messages than this are not even read; those above the venue's limit are answered by the session. */
const MAX_PAYLOAD_BYTES = 1 << 20

/** Listens; rejects where the port is taken. */
export async function listen({ host, port, rest, connected }: ServerParts): Promise<VenueServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false })
  const server = createServer((request, response) => {
    rest(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, transport, head) => {
    transport.on('error', () => transport.destroy())
    if (request.url?.split('?')[0] !== webSocketPath) return transport.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    sockets.handleUpgrade(request, transport, head, socket => connected(socket, transport))
  })
  await listening(server, host, port)
  return { host, port: (server.address() as AddressInfo).port, close: () => closeAll(server, sockets) }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate()
  sockets.close()
  server.closeAllConnections()
  return new Promise(resolve => server.close(() => resolve()))
}
