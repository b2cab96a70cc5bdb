import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** A message of the client, decoded. */
export type ClientMessage = Readonly<Record<string, unknown>> & { readonly trnm: string }

/** One connection as the venue sees it. */
export interface VenueConnection {
  readonly received: ClientMessage[]
  send(message: object | string | Buffer): void
  /** A part of a message. */
  sendPart(text: string, isLast?: boolean): void
  /** Reads nothing any more. */
  pause(): void
  close(code?: number): void
  terminate(): void
  readonly isOpen: boolean
  /** Hears messages that are no JSON. */
  onText: (text: string) => void
}

/** What the venue answers; each may be replaced by a test. */
export interface VenueScript {
  /** The body of the answer to a token request. */
  token(count: number): object
  message(connection: VenueConnection, message: ClientMessage): void
  /** The time that its REST answers tell, ms; undefined: they have no Date. */
  nowMs(): number | undefined
}

const accepted = (trnm: string) => ({ trnm, return_code: 0, return_msg: '' })

/** The answers of a venue that is content with everything. */
export const contentScript: VenueScript = {
  token: count => ({ return_code: 0, return_msg: '', token_type: 'bearer', token: `token-${count}`, expires_dt: '20991231235959' }),
  message: (connection, { trnm }) => {
    if (trnm === 'LOGIN' || trnm === 'REG') connection.send(accepted(trnm))
  },
  nowMs: () => Date.now(),
}

/** The refusal of a login as the venue words it: the inner code stands only in the text. */
export function loginRefusal(code: number): object {
  return { trnm: 'LOGIN', return_code: 805004, return_msg: `토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=${code}, MESSAGE=…]` }
}

/** A REAL frame with one trade, in the form of the venue. */
export function tradeFrame(number: number, item = '005930'): string {
  const values = `"10":"+61300","15":"+1","13":"${number}","20":"101530"`
  return `{"data":[{"values":{${values}},"type":"0B","name":"주식체결","item":"${item}"}],"trnm":"REAL"}`
}

/** A trade that cannot become a record. */
export const emptyTradeFrame = '{"data":[{"values":{},"type":"0B","name":"주식체결","item":"005930"}],"trnm":"REAL"}'

/** The venue on a loopback port, REST and WebSocket: it says what its script says and whatever else a test wants. */
export class ScriptedVenue {
  readonly connections: VenueConnection[] = []
  readonly script: VenueScript
  tokenRequests = 0
  readonly #http = createServer((request, response) => this.#answer(request, response))
  readonly #sockets = new WebSocketServer({ server: this.#http, perMessageDeflate: false })

  private constructor(script: Partial<VenueScript>) {
    this.script = { ...contentScript, ...script }
    this.#sockets.on('connection', socket => this.#connect(socket))
  }

  static async open(script: Partial<VenueScript> = {}): Promise<ScriptedVenue> {
    const venue = new ScriptedVenue(script)
    venue.#http.listen(0, '127.0.0.1')
    await once(venue.#http, 'listening')
    return venue
  }

  get restUrl(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  get webSocketUrl(): string {
    return this.restUrl.replace('http', 'ws')
  }

  /** The newest connection. */
  get connection(): VenueConnection {
    const connection = this.connections.at(-1)
    if (connection === undefined) throw new Error('Expected a connection')
    return connection
  }

  /** How many requests of that kind came over the newest connection. */
  countOf(trnm: string): number {
    return this.connections.at(-1)?.received.filter(message => message.trnm === trnm).length ?? 0
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#sockets.close()
    this.#http.closeAllConnections()
    this.#http.close()
    await once(this.#http, 'close')
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    if (request.url === '/oauth2/token') this.tokenRequests += 1
    const body = request.url === '/oauth2/token' ? this.script.token(this.tokenRequests) : { return_code: 0, return_msg: '' }
    const nowMs = this.script.nowMs()
    response.sendDate = false
    if (nowMs !== undefined) response.setHeader('date', new Date(nowMs).toUTCString())
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  #connect(socket: WebSocket): void {
    const connection: VenueConnection = {
      received: [],
      send: message =>
        socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message), { binary: false }),
      sendPart: (text, isLast = false) => socket.send(text, { binary: false, fin: isLast }),
      pause: () => socket.pause(),
      close: (code = 1000) => socket.close(code),
      terminate: () => socket.terminate(),
      onText: () => {},
      get isOpen() {
        return socket.readyState === socket.OPEN
      },
    }
    this.connections.push(connection)
    socket.on('error', () => {})
    socket.on('message', bytes => {
      const text = String(bytes)
      if (!text.startsWith('{')) return connection.onText(text)
      const message = JSON.parse(text) as ClientMessage
      connection.received.push(message)
      this.script.message(connection, message)
    })
  }
}
