import type { IncomingMessage, ServerResponse } from 'node:http'
import { koreanTimeText } from '@tickhouse/kiwoom'
import { isOwnHost } from '@tickhouse/runtime'
import { type Fault, type Refusals, readFault } from './faults.ts'
import { restRefused, restTooMany } from './messages.ts'
import { RequestGate } from './request-gate.ts'
import type { TokenDesk } from './token-desk.ts'

/** What the REST side works with. */
export interface RestParts {
  readonly tokens: TokenDesk
  readonly refusals: Refusals
  readonly tokenRequestsPerSecond: number
  readonly inject: (fault: Fault) => void
  readonly status: () => object
  readonly nowMs: () => number
}

interface Reply {
  readonly status: number
  readonly body?: object
}

type Body = Readonly<Record<string, unknown>>

const DONE = { return_code: 0, return_msg: '정상적으로 처리되었습니다' }
const MAX_BODY_BYTES = 65_536

/**
 * Answers the venue's REST requests, `POST /oauth2/token` and `POST /oauth2/revoke`, and two of our own:
 * `POST /simulator/fault` with a `Fault` as JSON makes it happen, `GET /simulator/status` tells what was sent.
 */
export function restOf(parts: RestParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const gate = new RequestGate(parts.tokenRequestsPerSecond, 1_000 / parts.tokenRequestsPerSecond)
  const routes: Readonly<Record<string, (body: Body) => Reply>> = {
    'POST /oauth2/token': body => (gate.passes(performance.now()) ? issue(parts, body) : { status: 429, body: restTooMany }),
    'POST /oauth2/revoke': body => revoke(parts, body),
    'POST /simulator/fault': body => inject(parts, body),
    'GET /simulator/status': () => ({ status: 200, body: parts.status() }),
  }
  return async (request, response) => {
    const route = routes[`${request.method} ${request.url}`]
    const reply = isForeign(request)
      ? refused
      : route
        ? route(await bodyOf(request))
        : { status: 404, body: { return_code: 2, return_msg: 'No such address' } }
    response.writeHead(reply.status, { 'content-type': 'application/json;charset=UTF-8' })
    response.end(reply.body ? JSON.stringify(reply.body) : undefined)
  }
}

const refused: Reply = { status: 403, body: { return_code: 2, return_msg: 'Not for pages of others' } }

/** Our own addresses are for tools: a page in a browser names where it comes from, or asks for a name that was made to lead here. */
function isForeign({ url, headers: { host, origin } }: IncomingMessage): boolean {
  return url?.startsWith('/simulator/') === true && (origin !== undefined || !isOwnHost(host))
}

function issue({ tokens, refusals, nowMs }: RestParts, body: Body): Reply {
  const code = refusals.take('token') ?? issueProblem(tokens, body)
  if (code !== null) return { status: 200, body: restRefused(code) }
  const { token, expiresAtMs } = tokens.issue(body['appkey'] as string, nowMs())
  return { status: 200, body: { expires_dt: koreanTimeText(expiresAtMs), token_type: 'bearer', token, ...DONE } }
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

function revoke({ tokens, nowMs }: RestParts, body: Body): Reply {
  const { token } = body
  const code = keyProblem(tokens, body) ?? (typeof token !== 'string' ? 8016 : tokens.revoke(token, nowMs()) ? null : 8005)
  return { status: 200, body: code === null ? DONE : restRefused(code) }
}

function inject(parts: RestParts, body: Body): Reply {
  const fault = readFault(body)
  if (fault === null) return { status: 400, body: { return_code: 2, return_msg: 'Expected a fault' } }
  parts.inject(fault)
  return { status: 200, body: DONE }
}

/** The JSON object of a request; an empty one where it cannot be read. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length <= MAX_BODY_BYTES) parts.push(part)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Body) : {}
  } catch {
    return {}
  }
}
