import { createServer } from 'node:http'
import { webSocketPath } from '@tickhouse/kiwoom'
import { listenOn } from '@tickhouse/runtime'
import { WebSocketServer } from 'ws'
import { restOf, type VenueAddress } from './rest.ts'
import type { Venue } from './venue.ts'

/** A venue that can be reached: one port for REST and WebSocket. */
export interface VenueServer {
  /** For `KIWOOM_REST_URL`. */
  readonly url: string
  /** For `KIWOOM_WS_URL`; without the path. */
  readonly wsUrl: string
  /** Ends every connection at once. */
  close(): Promise<void>
}

/** Longer messages than this are not even read; those above the venue's limit are answered by the session. */
const maxPayloadBytes = 1 << 20

/** Lets clients reach a venue; rejects where the port is taken. */
export async function serveVenue(venue: Venue, address: VenueAddress): Promise<VenueServer> {
  const { host, port } = address
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxPayloadBytes, perMessageDeflate: false })
  const rest = restOf(venue, address)
  const server = createServer((request, response) => {
    rest(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, transport, head) => {
    transport.on('error', () => transport.destroy())
    if (request.url?.split('?')[0] !== webSocketPath) return transport.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    sockets.handleUpgrade(request, transport, head, socket => venue.connect(socket, transport))
  })
  const listening = await listenOn(server, host, port)
  const close = () => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    return listening.close()
  }
  return { url: `http://${host}:${listening.port}`, wsUrl: `ws://${host}:${listening.port}`, close }
}
