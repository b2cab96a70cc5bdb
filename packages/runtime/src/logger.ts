import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type { Logger }

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

/** A logger that writes to stderr; stdout stays free for data. */
export function createLogger({ name, level = 'info', pretty: readable = process.stderr.isTTY === true }: LoggerOptions): Logger {
  const options = { name, level, redact: { paths: secretNames.flatMap(secret => [secret, `*.${secret}`]), censor: '[redacted]' } }
  if (!readable) return pino(options, pino.destination({ fd: 2, sync: true }))
  return pino(options, pretty({ destination: 2, sync: true, colorize: process.stderr.isTTY === true, ignore: 'pid,hostname' }))
}
