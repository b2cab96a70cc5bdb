import { isAbort, type Logger, retry } from '@tickhouse/runtime'
import { isRefused, reasonOf, rootOf, translate } from './errors.ts'

/** What waiting for Kafka needs to know and to say. */
export interface Reach {
  readonly brokers: readonly string[]
  readonly log: Logger
  readonly signal?: AbortSignal | undefined
  /** Codes of errors that are not waited for. */
  readonly failOn?: readonly string[]
}

/** Calls `connect` until Kafka answers; says so each time it does not. Wrong credentials and missing rights end it at once. */
export function untilReached<T>(connect: () => Promise<T>, { brokers, log, signal, failOn = [] }: Reach): Promise<T> {
  return retry(connect, {
    signal: signal ?? new AbortController().signal,
    minMs: 200,
    maxMs: 5_000,
    shouldRetry: error => !isAbort(error) && !isRefused(error) && !failOn.includes((error as { code?: string }).code ?? ''),
    onRetry: (error, attempt, delayMs) =>
      log.warn(
        { brokers, attempt, delayMs, reason: reasonOf(error), detail: rootOf(error).message },
        'Kafka does not answer, trying again',
      ),
  }).catch(error => {
    throw translate(error, 'Connecting to Kafka')
  })
}
