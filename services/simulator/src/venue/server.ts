import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { webSocketPath } from '@tickhouse/kiwoom'
import { listenOn } from '@tickhouse/runtime'
import { type WebSocket, WebSocketServer } from 'ws'

/** One port for REST and WebSocket. */
export interface VenueServer {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

interface ServerOptions {
  readonly host: string
  readonly port: number
  readonly rest: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** A WebSocket has been opened on the venue's path; `transport` is the socket below it. */
  readonly connected: (socket: WebSocket, transport: Duplex) => void
}

/** Longer messages than this are not even read; those above the venue's limit are answered by the session. */
const maxPayloadBytes = 1 << 20

/** Listens; rejects where the port is taken. */
export async function listen({ host, port, rest, connected }: ServerOptions): Promise<VenueServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxPayloadBytes, perMessageDeflate: false })
  const server = createServer((request, response) => {
    rest(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, transport, head) => {
    transport.on('error', () => transport.destroy())
    if (request.url?.split('?')[0] !== webSocketPath) return transport.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    sockets.handleUpgrade(request, transport, head, socket => connected(socket, transport))
  })
  const listening = await listenOn(server, host, port)
  const close = () => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    return listening.close()
  }
  return { host, port: listening.port, close }
}
