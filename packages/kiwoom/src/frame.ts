import { maxReadBytes } from '@tickhouse/catalogue'
import { innerCodeOf } from './venue-error.ts'

/** The parts of a LOGIN, REG or REMOVE answer; `returnCode` is null where the venue left it out or it is no number. */
export interface Answer {
  readonly returnCode: number | null
  readonly message: string
  /** The code inside the text, `[CODE=8005, …]`: often the only place where the reason stands. */
  readonly innerCode?: number
}

/** One WebSocket text message of the venue. */
export type Frame =
  | ({ readonly kind: 'login' } & Answer)
  | ({ readonly kind: 'reg' } & Answer)
  | ({ readonly kind: 'remove' } & Answer)
  | { readonly kind: 'ping' }
  /** The venue ends the session, or says something else; `code` is for instance `R10001`. */
  | { readonly kind: 'system'; readonly code: string; readonly message: string }
  /** Data. Only classified here: whether the rest can be read is for the one who parses it. */
  | { readonly kind: 'real' }
  /** Readable, but nothing we know; `trnm` is `""` in the answer to a request without one. */
  | ({ readonly kind: 'unknown'; readonly trnm: string } & Answer)
  | { readonly kind: 'unreadable'; readonly reason: string }

const REAL_END = ',"trnm":"REAL"}'
/** Messages of the venue are logged and kept as evidence; its own have some hundred characters. */
const LONGEST_MESSAGE = 1_000
const REAL: Frame = Object.freeze({ kind: 'real' })
const PING: Frame = Object.freeze({ kind: 'ping' })

/** Reads a message of the venue; total. A REAL frame as the venue writes it costs a look at its end and is not parsed; nor is what is too large. */
export function decodeFrame(message: string | Buffer): Frame {
  if (endsAsReal(message)) return REAL
  if (message.length > maxReadBytes) return { kind: 'unreadable', reason: `Expected at most ${maxReadBytes} bytes, was ${message.length}` }
  const text = typeof message === 'string' ? message : message.toString('utf8')
  if (text.trim() === 'PING') return PING
  const parsed = parse(text)
  return typeof parsed === 'string' ? { kind: 'unreadable', reason: parsed } : classify(parsed)
}

/**
 * True where `trnm` is the last member and says REAL. In valid JSON that begins with `{` these characters at the end can be
 * nothing else: the last brace closes the object, and after a comma `"trnm"` is a key and `"REAL"` its value; the last of two equal keys counts.
 */
function endsAsReal(message: string | Buffer): boolean {
  if (typeof message === 'string') return message.charCodeAt(0) === 0x7b && message.endsWith(REAL_END)
  return message[0] === 0x7b && message.toString('latin1', Math.max(0, message.length - REAL_END.length)) === REAL_END
}

/** The object in the text, or why there is none. */
function parse(text: string): Record<string, unknown> | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return `Expected JSON, was ${text.length} characters that do not parse`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'Expected a JSON object'
  return value as Record<string, unknown>
}

function classify(members: Record<string, unknown>): Frame {
  const { trnm } = members
  switch (trnm) {
    case 'REAL':
      return REAL
    case 'PING':
      return PING
    case 'LOGIN':
      return { kind: 'login', ...answerOf(members) }
    case 'REG':
      return { kind: 'reg', ...answerOf(members) }
    case 'REMOVE':
      return { kind: 'remove', ...answerOf(members) }
    case 'SYSTEM':
      return systemOf(members)
    default:
      return typeof trnm === 'string'
        ? { kind: 'unknown', trnm: trnm.slice(0, LONGEST_MESSAGE), ...answerOf(members) }
        : { kind: 'unreadable', reason: 'Expected a text as trnm' }
  }
}

function answerOf(members: Record<string, unknown>): Answer {
  const message = textOf(members['return_msg'])
  const innerCode = innerCodeOf(message)
  return {
    returnCode: numberOf(members['return_code']),
    message: message.slice(0, LONGEST_MESSAGE),
    ...(innerCode === undefined ? {} : { innerCode }),
  }
}

/** SYSTEM comes with `code` and `message`; one report has `return_code` and `return_msg` instead. */
function systemOf(members: Record<string, unknown>): Frame {
  const code = members['code'] ?? members['return_code']
  return {
    kind: 'system',
    code: (typeof code === 'number' ? String(code) : textOf(code)).slice(0, LONGEST_MESSAGE),
    message: textOf(members['message'] ?? members['return_msg']).slice(0, LONGEST_MESSAGE),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** An integer, or an integer as text; null for anything else. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : null
}

/** True where an answer says yes or no at all. */
export function isReadable({ returnCode, innerCode }: Answer): boolean {
  return returnCode !== null || innerCode !== undefined
}

/** True where a LOGIN, REG or REMOVE was accepted; an inner code or a missing return code means refused. */
export function isAccepted(answer: Answer): boolean {
  return answer.returnCode === 0 && answer.innerCode === undefined
}
