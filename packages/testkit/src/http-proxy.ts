import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the proxy differs from the server that it stands before; what is left out goes through. */
export interface HttpProxyOptions {
  readonly target: string
  /** The status with which a request is answered that does not go through; undefined lets it through. */
  readonly refuse?: (request: IncomingMessage) => number | undefined
  /** What becomes of the body of a good answer. */
  readonly change?: (url: string, body: Buffer) => Buffer | string
}

/** An HTTP proxy on 127.0.0.1 before a real server, that refuses requests or changes answers. */
export class HttpProxy {
  readonly #server: Server
  readonly #options: HttpProxyOptions

  private constructor(options: HttpProxyOptions) {
    this.#options = options
    this.#server = createServer((incoming, outgoing) => {
      const refusal = options.refuse?.(incoming)
      if (refusal === undefined) return this.#forward(incoming, outgoing)
      incoming.resume().on('end', () => outgoing.writeHead(refusal).end())
    })
  }

  static async open(options: HttpProxyOptions): Promise<HttpProxy> {
    const proxy = new HttpProxy(options)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  /** `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { target, change } = this.#options
    const { method, headers, url = '' } = incoming
    const forwarded = request(new URL(url, target), { method, headers }, async answer => {
      const body = Buffer.concat(await answer.toArray())
      const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers
      outgoing.writeHead(answer.statusCode!, kept).end(answer.statusCode === 200 && change ? change(url, body) : body)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  }
}
