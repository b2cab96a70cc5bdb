import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { koreanTimeText } from '@tickhouse/kiwoom'
import { isOwnHost } from '@tickhouse/runtime'
import { restAccepted, restRefused, restTooMany } from './messages.ts'
import { RequestGate } from './request-gate.ts'
import type { TokenDesk } from './token-desk.ts'
import type { Venue } from './venue.ts'

/** An answer over HTTP; without a body it is empty. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** The JSON object of a request. */
export type Body = Readonly<Record<string, unknown>>

/** What answers `POST /address`. */
export type Routes = Readonly<Record<string, (body: Body, headers: IncomingHttpHeaders) => Reply>>

const maxBodyBytes = 65_536
const loopback = '127.0.0.1'

/** Where a venue is to be reached. */
export interface VenueAddress {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Addresses of our own beside the venue's. */
  readonly routes?: Routes
}

/**
 * Answers the venue's REST requests, `POST /oauth2/token` and `POST /oauth2/revoke`, and those at addresses of our own, which are for tools and not for pages in a browser.
 * On loopback no page gets a token either: it would have to ask for a name that was made to lead here.
 */
export function restOf(
  venue: Venue,
  { host, routes: own = {} }: VenueAddress,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { tokenRequestsPerSecond } = venue.options
  const gate = new RequestGate(tokenRequestsPerSecond, 1_000 / tokenRequestsPerSecond)
  const routes: Routes = {
    'POST /oauth2/token': body => (gate.passes(performance.now()) ? issue(venue, body) : { status: 429, body: restTooMany }),
    'POST /oauth2/revoke': body => revoke(venue, body),
    ...own,
  }
  const ownFolders = new Set(Object.keys(own).map(folderOf))
  return async (request, response) => {
    const address = `${request.method} ${request.url}`
    const route = routes[address]
    const isRefused = ownFolders.has(folderOf(address)) ? isForeign(request) : host === loopback && !isOwnHost(request.headers.host)
    const reply = isRefused ? refused : route ? route(await bodyOf(request), request.headers) : notThere
    response.writeHead(reply.status, { 'content-type': 'application/json;charset=UTF-8', ...reply.headers })
    response.end(reply.body ? JSON.stringify(reply.body) : undefined)
  }
}

const refused: Reply = { status: 403, body: { return_code: 2, return_msg: 'Not for pages of others' } }
const notThere: Reply = { status: 404, body: { return_code: 2, return_msg: 'No such address' } }

/** The first folder of `POST /folder/address`. */
function folderOf(address: string): string | undefined {
  return address.split('/')[1]
}

/** A page in a browser names where it comes from, or asks for a name that was made to lead here. */
function isForeign({ headers: { host, origin } }: IncomingMessage): boolean {
  return origin !== undefined || !isOwnHost(host)
}

function issue({ tokens, interference, options }: Venue, body: Body): Reply {
  const code = interference.refusalOf('token') ?? issueProblem(tokens, body)
  if (code !== null) return { status: 200, body: restRefused(code) }
  const { token, expiresAtMs } = tokens.issue(body['appkey'] as string, options.clock.nowMs())
  return { status: 200, body: { expires_dt: koreanTimeText(expiresAtMs), token_type: 'bearer', token, ...restAccepted } }
}

function issueProblem(tokens: TokenDesk, body: Body): number | null {
  if (body['grant_type'] === undefined) return 8011
  if (body['grant_type'] !== 'client_credentials') return 8012
  return keyProblem(tokens, body)
}

/** What is wrong with the key pair of a request, or null. */
function keyProblem(tokens: TokenDesk, { appkey, secretkey }: Body): number | null {
  if (typeof appkey !== 'string' || typeof secretkey !== 'string') return 8020
  return tokens.knows(appkey, secretkey) ? null : 8001
}

function revoke({ tokens, options }: Venue, body: Body): Reply {
  const { token } = body
  const nowMs = options.clock.nowMs()
  const code = keyProblem(tokens, body) ?? (typeof token !== 'string' ? 8016 : tokens.revoke(token, nowMs) ? null : 8005)
  return { status: 200, body: code === null ? restAccepted : restRefused(code) }
}

/** The JSON object of a request; an empty one where it cannot be read. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length <= maxBodyBytes) parts.push(part)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Body) : {}
  } catch {
    return {}
  }
}
