import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { delay } from '@tickhouse/runtime'
import { freePort } from '@tickhouse/stack'

/** What the proxy stands before, and where it listens (a free port when left out). */
export interface TcpProxyOptions {
  readonly target: { readonly host?: string; readonly port: number }
  readonly port?: number
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  /** Answers that are held back go on in their order. */
  held: Promise<void>
}

/** How answers reach the client: late, or in pieces of at most so many bytes. */
export interface Impairment {
  readonly delayMs?: number
  readonly pieceBytes?: number
}

/** Chooses the request after which to cut, by its first bytes as they pass. */
export type RequestMatch = (bytes: Buffer) => boolean

/**
 * A TCP proxy on 127.0.0.1 whose connections can fail in the ways that networks do:
 * open (bytes pass) ⇄ cut (connections are reset, new ones refused); open ⇄ stalled (connections stay, new ones are accepted, no byte passes);
 * open ⇄ impaired (answers come late or in pieces). `restore` leads back to open from all of them.
 */
export class TcpProxy {
  readonly port: number
  /** How many connections were made through it. */
  connections = 0
  readonly #target: { host: string; port: number }
  readonly #links = new Set<Link>()
  #server: Server | undefined
  #stalled = false
  #impairment: Impairment | undefined
  #cutAfter: { match: RequestMatch; done: () => void } | undefined
  #swallow: { match: RequestMatch; done: () => void } | undefined

  private constructor(port: number, { host = '127.0.0.1', port: targetPort }: TcpProxyOptions['target']) {
    this.port = port
    this.#target = { host, port: targetPort }
  }

  /** Opens a proxy before `target`. */
  static async open({ target, port }: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(port ?? (await freePort()), target)
    await proxy.restore()
    return proxy
  }

  /** `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Resets every connection and refuses new ones. */
  async cut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    const closed = server && new Promise(resolve => server.close(resolve))
    this.reset()
    await closed
  }

  /** Resets every connection; new ones are served. */
  reset(): void {
    for (const link of this.#links) this.#end(link)
  }

  /** Keeps every connection and passes nothing on. */
  stall(): void {
    this.#stalled = true
    for (const { client, server } of this.#links) for (const socket of [client, server]) socket.pause()
  }

  /** From now on answers reach clients late, or in pieces. */
  impair(impairment: Impairment): void {
    this.#impairment = impairment
  }

  /** Passes everything on again, as it comes, and listens again. */
  async restore(): Promise<void> {
    this.#stalled = false
    this.#impairment = undefined
    for (const { client, server } of this.#links) for (const socket of [client, server]) socket.resume()
    if (this.#server === undefined) this.#server = await listen(this.port, client => this.#accept(client))
  }

  /**
   * Lets the next matching request reach the server whole, and resets its connection when the answer comes, so that the client cannot know
   * whether it was carried out. Resolves when that has happened; other connections go on.
   */
  cutAfterRequest(match: RequestMatch = () => true): Promise<void> {
    return new Promise(done => {
      this.#cutAfter = { match, done }
    })
  }

  /** The next matching request never reaches the server, and its connection stays as it is. Resolves when that has happened. */
  swallowRequest(match: RequestMatch): Promise<void> {
    return new Promise(done => {
      this.#swallow = { match, done }
    })
  }

  /** Ends the proxy and every connection. */
  close(): Promise<void> {
    return this.cut()
  }

  #accept(client: Socket): void {
    this.connections++
    const link = { client, server: connect(this.#target), held: unheld }
    this.#links.add(link)
    let onAnswer: (() => void) | undefined
    this.#pass(link, client, link.server, bytes => {
      onAnswer ??= this.#takeCut(link, bytes)
      return !this.#takeSwallow(bytes)
    })
    this.#pass(link, link.server, client, bytes => {
      onAnswer?.()
      return onAnswer === undefined && !this.#hold(link, bytes)
    })
    if (this.#stalled) for (const socket of [client, link.server]) socket.pause()
  }

  /** Passes bytes one way for as long as `allow` agrees, with backpressure. */
  #pass(link: Link, from: Socket, to: Socket, allow: (bytes: Buffer) => boolean): void {
    from.on('data', bytes => {
      if (!allow(bytes) || to.write(bytes)) return
      from.pause()
      to.once('drain', () => {
        if (!this.#stalled) from.resume()
      })
    })
    from.on('end', () => to.end())
    from.on('error', () => this.#end(link))
    from.on('close', () => this.#end(link))
  }

  #takeCut(link: Link, bytes: Buffer): (() => void) | undefined {
    const cut = this.#cutAfter
    if (cut === undefined || !cut.match(bytes)) return undefined
    this.#cutAfter = undefined
    return () => {
      this.#end(link)
      cut.done()
    }
  }

  #takeSwallow(bytes: Buffer): boolean {
    const swallow = this.#swallow
    if (swallow === undefined || !swallow.match(bytes)) return false
    this.#swallow = undefined
    swallow.done()
    return true
  }

  /** True where the bytes go on by themselves, later. Once a connection is impaired it stays so: what follows must not overtake. */
  #hold(link: Link, bytes: Buffer): boolean {
    const { delayMs = 0, pieceBytes = bytes.length } = this.#impairment ?? {}
    const dueMs = performance.now() + delayMs
    if (this.#impairment === undefined && link.held === unheld) return false
    link.held = link.held.then(async () => {
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await delay(waitMs)
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        link.client.write(bytes.subarray(at, at + pieceBytes))
        await nextTurn()
      }
    })
    return true
  }

  #end(link: Link): void {
    if (!this.#links.delete(link)) return
    link.client.resetAndDestroy()
    link.server.resetAndDestroy()
  }
}

const unheld = Promise.resolve()

function listen(port: number, onClient: (client: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onClient)
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
