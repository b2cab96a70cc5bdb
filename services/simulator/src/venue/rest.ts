import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { instrumentPath, koreanTimeText } from '@tickhouse/kiwoom'
import { isOwnHost } from '@tickhouse/runtime'
import { restRefused, restTooMany } from './messages.ts'
import type { Refusals } from './refusals.ts'
import { RequestGate } from './request-gate.ts'
import type { TokenDesk } from './token-desk.ts'

/** What the REST side works with. */
export interface RestDeps {
  readonly tokens: TokenDesk
  readonly refusals: Refusals
  readonly tokenRequestsPerSecond: number
  /** Answers requests about instruments. */
  readonly instruments: (body: Body, headers: IncomingHttpHeaders) => Reply
  /** Makes a fault happen, as it came as JSON; false where it is none. */
  readonly inject: (fault: unknown) => boolean
  readonly status: () => object
  readonly nowMs: () => number
}

/** What a request is answered. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** The JSON of a request. */
export type Body = Readonly<Record<string, unknown>>

const done = { return_code: 0, return_msg: '정상적으로 처리되었습니다' }
const maxBodyBytes = 65_536

/**
 * Answers the venue's REST requests, `POST /oauth2/token`, `POST /oauth2/revoke` and those about instruments, and two of our own:
 * `POST /simulator/fault` with a `Fault` as JSON makes it happen, `GET /simulator/status` tells what was sent.
 */
export function restOf(deps: RestDeps): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const gate = new RequestGate(deps.tokenRequestsPerSecond, 1_000 / deps.tokenRequestsPerSecond)
  const routes: Readonly<Record<string, (body: Body, headers: IncomingHttpHeaders) => Reply>> = {
    'POST /oauth2/token': body => (gate.passes(performance.now()) ? issue(deps, body) : { status: 429, body: restTooMany }),
    'POST /oauth2/revoke': body => revoke(deps, body),
    [`POST ${instrumentPath}`]: deps.instruments,
    'POST /simulator/fault': body => inject(deps, body),
    'GET /simulator/status': () => ({ status: 200, body: deps.status() }),
  }
  return async (request, response) => {
    const route = routes[`${request.method} ${request.url}`]
    const reply = isForeign(request)
      ? refused
      : route
        ? route(await bodyOf(request), request.headers)
        : { status: 404, body: { return_code: 2, return_msg: 'No such address' } }
    response.writeHead(reply.status, { 'content-type': 'application/json;charset=UTF-8', ...reply.headers })
    response.end(reply.body ? JSON.stringify(reply.body) : undefined)
  }
}

const refused: Reply = { status: 403, body: { return_code: 2, return_msg: 'Not for pages of others' } }

/** Our own addresses are for tools: a page in a browser names where it comes from, or asks for a name that was made to lead here. */
function isForeign({ url, headers: { host, origin } }: IncomingMessage): boolean {
  return url?.startsWith('/simulator/') === true && (origin !== undefined || !isOwnHost(host))
}

function issue({ tokens, refusals, nowMs }: RestDeps, body: Body): Reply {
  const code = refusals.take('token') ?? issueProblem(tokens, body)
  if (code !== null) return { status: 200, body: restRefused(code) }
  const { token, expiresAtMs } = tokens.issue(body['appkey'] as string, nowMs())
  return { status: 200, body: { expires_dt: koreanTimeText(expiresAtMs), token_type: 'bearer', token, ...done } }
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

function revoke({ tokens, nowMs }: RestDeps, body: Body): Reply {
  const { token } = body
  const code = keyProblem(tokens, body) ?? (typeof token !== 'string' ? 8016 : tokens.revoke(token, nowMs()) ? null : 8005)
  return { status: 200, body: code === null ? done : restRefused(code) }
}

function inject(deps: RestDeps, body: Body): Reply {
  return deps.inject(body) ? { status: 200, body: done } : { status: 400, body: { return_code: 2, return_msg: 'Expected a fault' } }
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
