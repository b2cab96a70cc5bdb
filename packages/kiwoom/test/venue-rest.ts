import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it arrived. */
export interface Received {
  readonly path: string
  readonly body: Record<string, unknown>
}

/** What the scripted server answers, without a Date header unless a time is given; `hang` never does. */
export type Reply =
  | {
      readonly status?: number
      readonly json?: unknown
      readonly text?: string
      readonly dateMs?: number
      readonly headers?: Readonly<Record<string, string>>
    }
  | 'hang'

/** A REST server on loopback that answers as the script says and remembers what it was asked. */
export interface VenueRest extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
}

/** Starts the server; `reply` gets each request, its number, from 1, and its headers. */
export async function venueRest(reply: (request: Received, number: number, headers: IncomingHttpHeaders) => Reply): Promise<VenueRest> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    received.push({ path: request.url ?? '', body: text === '' ? {} : JSON.parse(text) })
    const answer = reply(received.at(-1)!, received.length, request.headers)
    if (answer === 'hang') return
    response.sendDate = false
    if (answer.dateMs !== undefined) response.setHeader('date', new Date(answer.dateMs).toUTCString())
    const headers = { 'content-type': 'application/json', ...answer.headers }
    response.writeHead(answer.status ?? 200, headers).end(answer.text ?? JSON.stringify(answer.json))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received, [Symbol.asyncDispose]: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise(resolve => server.close(() => resolve()))
}
