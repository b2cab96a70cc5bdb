import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { addressOf, type StoreConfiguration } from '../configuration.ts'
import { StoreError } from '../errors.ts'

/** What QuestDB answered, whatever the status. */
export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** `silenceMs` is the longest time in which nothing has to come. */
export interface DownloadOptions {
  readonly silenceMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * HTTP to one QuestDB over kept-alive connections. Every request has a deadline of its own.
 * Rejects with STORE_UNREACHABLE or STORE_TIMEOUT, both retriable, or with the AbortError of the signal.
 */
export class Transport {
  readonly address: string
  readonly #configuration: StoreConfiguration
  readonly #agent: http.Agent
  readonly #open: typeof http.request

  constructor(configuration: StoreConfiguration, { maxConnections = Number.POSITIVE_INFINITY } = {}) {
    const { secure, verifyCertificate, certificateAuthority } = configuration
    const pool = { keepAlive: true, maxSockets: maxConnections }
    this.address = addressOf(configuration)
    this.#configuration = configuration
    this.#open = secure ? https.request : http.request
    this.#agent = secure
      ? new https.Agent({ ...pool, rejectUnauthorized: verifyCertificate, ca: certificateAuthority })
      : new http.Agent(pool)
  }

  get(path: string, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.#request('GET', path, undefined, signal)
  }

  post(path: string, body: Buffer, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.#request('POST', path, body, signal)
  }

  /**
   * Lets `take` iterate over the body of a 200 as it comes; any other answer is given with its body. There is no deadline: it fails when nothing comes for
   * `silenceMs`. What `take` throws is thrown.
   */
  async download(path: string, take: (body: Readable) => Promise<void>, { silenceMs, signal }: DownloadOptions): Promise<HttpAnswer> {
    signal?.throwIfAborted()
    const headers = { 'statement-timeout': silenceMs }
    const request = this.#open({ ...this.#target('GET', path, undefined, headers), ...(signal && { signal }) })
    const { promise: lost, reject } = Promise.withResolvers<never>()
    lost.catch(() => {})
    const fail = (error: Error) => reject(signal?.aborted ? signal.reason : this.#translate(error, request))
    request.on('error', fail)
    request.setTimeout(silenceMs, () => request.destroy(this.#timedOut(silenceMs)))
    request.end()
    const [response] = (await Promise.race([lost, once(request, 'response')])) as [http.IncomingMessage]
    response.on('error', fail)
    const status = response.statusCode ?? 0
    if (status !== 200) return { status, body: await Promise.race([lost, text(response)]) }
    await Promise.race([lost, take(response)])
    return { status, body: '' }
  }

  /** Lets the next requests open connections of their own; those under way are not touched. */
  dropIdleConnections(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
  }

  /** Ends all connections, also of requests under way, which fail and are retriable; the next ones open others. */
  close(): void {
    this.#agent.destroy()
  }

  /** Goes on at once with another connection when a kept-alive one turns out to have been closed by the server meanwhile. */
  async #request(method: string, path: string, body: Buffer | undefined, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    for (;;) {
      signal?.throwIfAborted()
      try {
        return await this.#exchange(method, path, body, signal)
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error
      }
    }
  }

  #exchange(method: string, path: string, body: Buffer | undefined, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
    const request = this.#open({ ...this.#target(method, path, body), ...(signal && { signal }) })
    const timeoutMs = this.#deadlineMs(body?.length ?? 0)
    const timer = setTimeout(() => request.destroy(this.#timedOut(timeoutMs)), timeoutMs)
    const fail = (error: Error) => reject(signal?.aborted ? signal.reason : this.#translate(error, request))
    request.on('close', () => clearTimeout(timer))
    request.on('error', fail)
    request.on('response', response => collect(response, resolve, fail))
    request.end(body)
    return promise
  }

  #target(method: string, path: string, body: Buffer | undefined, more: http.OutgoingHttpHeaders = {}): http.RequestOptions {
    const { host, port, authorization } = this.#configuration
    const headers = { ...more }
    if (authorization) headers['authorization'] = authorization
    if (body) headers['content-length'] = body.length
    return { host, port, method, path, headers, agent: this.#agent }
  }

  #deadlineMs(bytes: number): number {
    const { requestTimeoutMs, minBytesPerSecond } = this.#configuration
    return Math.ceil(requestTimeoutMs + (bytes / minBytesPerSecond) * 1000)
  }

  #timedOut(timeoutMs: number): StoreError {
    const { address } = this
    return new StoreError('STORE_TIMEOUT', `QuestDB at ${address} did not answer within ${timeoutMs} ms`, { retriable: true, address })
  }

  #translate(error: Error, request: http.ClientRequest): Error {
    if (error instanceof StoreError) return error
    const { address } = this
    const reset = isReset(error)
    const options = { retriable: true, cause: error, address, reset }
    if (reset && request.reusedSocket)
      return new StaleConnection('STORE_UNREACHABLE', `QuestDB at ${address} closed the connection`, options)
    return new StoreError('STORE_UNREACHABLE', `QuestDB at ${address} cannot be reached`, options)
  }
}

class StaleConnection extends StoreError {}

/** True when the other side ended the connection during a request, which is also how a server refuses a body without reading it. */
function isReset(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function collect(response: http.IncomingMessage, resolve: (answer: HttpAnswer) => void, fail: (error: Error) => void): void {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk))
  response.on('error', fail)
  response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }))
}
