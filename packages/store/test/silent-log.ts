import { createLogger, type Logger } from '@tickhouse/runtime'

/** A logger for tests that look at what happens, not at what is said. */
export function silentLog(): Logger {
  return createLogger({ name: 'test', level: 'silent', pretty: false })
}
