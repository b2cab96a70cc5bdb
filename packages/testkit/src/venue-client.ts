import {
  type Credentials,
  decodeFrame,
  loginRequest,
  registerRequest,
  simulatorCredentials,
  TokenClient,
  webSocketPath,
} from '@tickhouse/kiwoom'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

/** Where a venue is reached. */
interface VenueUrls {
  readonly url: string
  readonly wsUrl: string
}

/** A client of a venue that keeps all it got, in order, and echoes PING unless told not to. */
export class VenueClient {
  readonly messages: string[] = []
  /** The code and reason the connection ended with, once it has. */
  ended: { code: number; reason: string } | null = null
  echoes = true
  readonly #socket: WebSocket
  readonly #waiting = new Set<() => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', bytes => this.#receive(String(bytes)))
    socket.on('close', (code, reason) => {
      this.ended = { code, reason: String(reason) }
      this.#look()
    })
    socket.on('error', () => {})
  }

  /** Opens a connection without logging in. */
  static open({ wsUrl }: Pick<VenueUrls, 'wsUrl'>): Promise<VenueClient> {
    const socket = new WebSocket(wsUrl + webSocketPath, { perMessageDeflate: false })
    const client = new VenueClient(socket)
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client))
      socket.once('error', reject)
    })
  }

  /** Opens a connection, logs in and registers every type with every item, if any. */
  static async live(
    venue: VenueUrls,
    types: readonly string[] = [],
    items: readonly string[] = [],
    credentials: Credentials = simulatorCredentials,
  ): Promise<VenueClient> {
    const client = await VenueClient.open(venue)
    await client.ask(loginRequest(await tokenOf(venue, credentials)))
    if (types.length > 0) await client.ask(registerRequest({ groupNumber: '1', items, types }))
    return client
  }

  /** The REAL frames so far. */
  readonly real: string[] = []

  get systemCodes(): string[] {
    return this.messages.map(decodeFrame).flatMap(frame => (frame.kind === 'system' ? [frame.code] : []))
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  /** Sends a request and gives the next message that is neither data nor PING. */
  async ask(text: string): Promise<Record<string, unknown>> {
    const answers = () => this.messages.filter(message => !['real', 'ping'].includes(decodeFrame(message).kind))
    const before = answers().length
    this.send(text)
    await this.until(() => answers().length > before)
    return JSON.parse(answers()[before]!)
  }

  /** Resolves as soon as the condition holds, looking after every message; rejects after ten seconds. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!holds()) return
        this.#waiting.delete(look)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => reject(new Error(`Still not: ${holds}; got ${this.messages.length} messages`)), 10_000)
      this.#waiting.add(look)
    })
  }

  /** Resolves when so many REAL frames have come. */
  frames(count: number): Promise<void> {
    return this.until(() => this.real.length >= count)
  }

  /** Stops and starts reading from the socket. */
  pause(paused: boolean): void {
    if (paused) this.#socket.pause()
    else this.#socket.resume()
  }

  close(): void {
    this.#socket.terminate()
  }

  #receive(message: string): void {
    const { kind } = decodeFrame(message)
    this.messages.push(message)
    if (kind === 'real') this.real.push(message)
    if (this.echoes && kind === 'ping') this.send(message)
    this.#look()
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }
}

/** A token for the key pair that the simulator knows, or another one. */
export function tokenOf({ url }: Pick<VenueUrls, 'url'>, credentials: Credentials = simulatorCredentials): Promise<string> {
  return new TokenClient({ restUrl: url, ...credentials }).token()
}

/** Closes a thing when the test that opened it is done, what was opened last first. */
export function own<T extends { close(): unknown }>(thing: T): T {
  onTestFinished(async () => void (await thing.close()))
  return thing
}
