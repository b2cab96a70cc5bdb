import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
}

/** What the server does with a request: answers, never answers, or closes the connection. */
export type Reply = { readonly status: number; readonly body?: string | object } | 'hang' | 'reset'

/** Decides the reply to a request. */
export type Responder = (request: Received) => Reply

/** An HTTP server on loopback that answers as its script says, in order, and then as `always` says (204 unless told). */
export class ScriptedQuest {
  readonly received: Received[] = []
  always: Responder = () => ({ status: 204 })
  readonly #script: Reply[]
  readonly #server: Server
  #port = 0

  constructor(...script: Reply[]) {
    this.#script = script
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  /** As QDB_CLIENT_CONF wants it. */
  get configurationString(): string {
    return `http::addr=127.0.0.1:${this.#port};`
  }

  /** Bodies of the writes, in order of arrival. */
  get bodies(): string[] {
    return this.received.map(({ body }) => body)
  }

  /** Listens on a free port, or again on the one it had. */
  async open(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers } = request
    const received = { method, path, authorization: headers.authorization, body: Buffer.concat(chunks).toString() }
    this.received.push(received)
    const reply = this.#script.shift() ?? this.always(received)
    if (reply === 'reset') request.socket.resetAndDestroy()
    else if (reply !== 'hang')
      response.writeHead(reply.status).end(typeof reply.body === 'object' ? JSON.stringify(reply.body) : reply.body)
  }
}

/** Refuses the first line that contains `poison` the way QuestDB does; with `line: false` without saying which. */
export function refusesPoison({ line = true } = {}): Responder {
  return ({ body }) => {
    const index = body.split('\n').findIndex(row => row.includes('poison'))
    if (index < 0) return { status: 204 }
    const message = `failed to parse line protocol:errors encountered on line(s):\nerror in line ${index + 1}: poison`
    return { status: 400, body: line ? { code: 'invalid', message, line: index + 1, errorId: 'x-1' } : 'Bad request' }
  }
}

/** Takes no more than so many bytes. */
export function refusesMoreThan(bytes: number): Responder {
  return ({ body }) =>
    body.length > bytes ? { status: 413, body: { code: 'request too large', message: 'too large', line: 1 } } : { status: 204 }
}
