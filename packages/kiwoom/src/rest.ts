import { type Clock, systemClock } from '@tickhouse/runtime'
import { innerCodeOf, VenueError } from './venue-error.ts'
import { type DateReading, readingOf } from './venue-time.ts'

/** Answers have some hundred bytes, but for lists. */
const MAX_ANSWER_BYTES = 64 * 1024

/** What the portal of the venue hands out for one environment. */
export interface Credentials {
  readonly appKey: string
  readonly secretKey: string
}

/** A REST answer of the venue; a refusal has a `returnCode` other than 0, and texts without any of the secrets. */
export interface RestAnswer {
  readonly members: Record<string, unknown>
  readonly returnCode: number | null
  readonly innerCode?: number
  readonly message: string
  /** What it said of the time. */
  readonly reading: DateReading | undefined
  readonly headers: Pick<Headers, 'get'>
}

interface PostOptions {
  readonly timeoutMs: number
  /** Ends the request; then its reason is thrown. */
  readonly signal?: AbortSignal | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Longest answer that is read. */
  readonly maxBytes?: number
  /** Texts that never appear in an answer's message, should the venue repeat them. */
  readonly secrets: readonly string[]
  readonly clock?: Clock
}

const SHOWN_LENGTH = 120

/** Posts JSON to the venue. Refusals come as HTTP 200 with a return code, or as 429; anything that is no JSON object throws. */
export async function postJson(url: URL, body: object, options: PostOptions): Promise<RestAnswer> {
  const { status, text, reading, headers } = await exchange(url, body, options)
  const members = objectIn(text)
  if (members === null) throw unreadable(url, status, hide(text, options.secrets))
  const message = hide(typeof members['return_msg'] === 'string' ? members['return_msg'] : '', options.secrets)
  const innerCode = innerCodeOf(message) ?? (status === 429 ? 1700 : undefined)
  const returnCode = returnCodeOf(members['return_code'], status)
  return { members, returnCode, message, reading, headers, ...(innerCode === undefined ? {} : { innerCode }) }
}

interface Exchange extends Pick<RestAnswer, 'reading' | 'headers'> {
  readonly status: number
  readonly text: string
}

async function exchange(url: URL, body: object, options: PostOptions): Promise<Exchange> {
  const { timeoutMs, signal, headers, maxBytes = MAX_ANSWER_BYTES, clock = systemClock } = options
  const late = AbortSignal.timeout(timeoutMs)
  const sentUs = clock.monotonicUs()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    })
    const reading = readingOf(response.headers, sentUs, clock.monotonicUs())
    return { status: response.status, text: await textOf(response, maxBytes), reading, headers: response.headers }
  } catch (cause) {
    signal?.throwIfAborted()
    throw new VenueError('KIWOOM_UNREACHABLE', `No answer from ${url.origin}${url.pathname}`, { cause })
  }
}

/** The text of an answer, no more of it than such an answer of the venue has: what is longer does not parse. */
async function textOf({ body }: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    parts.push(part)
    length += part.length
    if (length > maxBytes) break
  }
  return Buffer.concat(parts).toString('utf8')
}

function unreadable(url: URL, status: number, text: string): VenueError {
  if (status === 429) return new VenueError('KIWOOM_RATE_LIMITED', `Too many requests to ${url.pathname} (HTTP 429)`)
  return new VenueError('KIWOOM_ANSWER_UNREADABLE', `Expected JSON from ${url.origin}${url.pathname}, was HTTP ${status} ${shown(text)}`, {
    status,
  })
}

/** The beginning of a web page, on one line; anything else could hold a token, and is only counted. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (!line.startsWith('<')) return `with ${text.length} characters that are none`
  return `with the page ${JSON.stringify(line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line)}`
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** 0 means done only with an HTTP status that agrees. */
function returnCodeOf(value: unknown, status: number): number | null {
  const code = typeof value === 'string' ? Number.parseInt(value, 10) : value
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) return null
  return code === 0 && (status < 200 || status > 299) ? null : code
}

function hide(message: string, secrets: readonly string[]): string {
  return secrets.filter(secret => secret !== '').reduce((text, secret) => text.replaceAll(secret, '[hidden]'), message)
}
