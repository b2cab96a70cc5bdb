import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** How much may wait in a socket before its reader counts as slow. */
const slowBytes = 1 << 20
/** How long a client may take to answer the closing of its connection. */
const closeMs = 2_000

/** The connection below a session: what is written to it, how fast that is taken, and how it ends. */
export class Line {
  readonly #socket: WebSocket
  readonly #transport: Duplex

  /** `transport` is the socket below the WebSocket. */
  constructor(socket: WebSocket, transport: Duplex) {
    this.#socket = socket
    this.#transport = transport
  }

  /** True where its reader does not keep up. */
  get isSlow(): boolean {
    return this.#transport.writableLength > slowBytes
  }

  /** Resolves when what waits in the socket has been taken, or the connection has ended. */
  drained(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#transport.off('drain', done).off('close', done)
        resolve()
      }
      this.#transport.on('drain', done).on('close', done)
      if (!this.isSlow || this.#transport.destroyed) done()
    })
  }

  /** Sends several messages with as few writes as possible. */
  together(send: () => void): void {
    this.#transport.cork()
    send()
    this.#transport.uncork()
  }

  /** Sends a text message; false once the connection has ended. */
  send(text: string | Buffer): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    this.#socket.send(text, { binary: false })
    return true
  }

  /** Ends the connection with a closing handshake behind all that was sent, which the client has a moment to answer; resolves when it is over. */
  close(code: number, reason: string, withinMs = closeMs): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(() => this.#socket.terminate(), withinMs)
    this.#socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    this.#socket.close(code, reason)
    return promise
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#socket.terminate()
  }

  /** While stalled nothing is read. */
  stall(isStalled: boolean): void {
    if (isStalled) this.#socket.pause()
    else this.#socket.resume()
  }
}
