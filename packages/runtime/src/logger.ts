import { isatty } from 'node:tty'
import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { visible, visibleJson, visibleLines } from './visible.ts'

export type { Logger }

/** Standard error, for every thread of a process. */
const stderrFile = 2

/** How a process logs: `level` as pino's, `pretty` for people (the default when stderr is a terminal), else one JSON object per line. */
export interface LoggerOptions {
  readonly name: string
  readonly level?: string
  readonly pretty?: boolean
}

/** Names of values that never reach a log, at the top of a line's object or one level below. */
const secretNames = [
  'appkey',
  'appKey',
  'secretkey',
  'secretKey',
  'token',
  'access_token',
  'authorization',
  'Authorization',
  'password',
  'pseudonymKey',
]

/** A logger that writes to stderr; stdout stays free for data. What came from outside cannot act on the terminal. */
export function createLogger({ name, level = 'info', pretty: readable = isatty(stderrFile) }: LoggerOptions): Logger {
  const options = { name, level, redact: { paths: secretNames.flatMap(secret => [secret, `*.${secret}`]), censor: '[redacted]' } }
  if (!readable) return pino({ ...options, hooks: { streamWrite: visibleJson } }, pino.destination({ fd: stderrFile, sync: true }))
  return pino(
    { ...options, hooks: { streamWrite: forPeople } },
    pretty({ destination: stderrFile, sync: true, colorize: isatty(stderrFile), ignore: 'pid,hostname' }),
  )
}

/** What is to be made readable holds no text that acts; a stack keeps its lines. */
function forPeople(line: string): string {
  const shown = (key: string, value: unknown) =>
    typeof value !== 'string' ? value : key === 'stack' ? visibleLines(value) : visible(value)
  return `${JSON.stringify(JSON.parse(line), shown)}\n`
}
