import { isAbort, type Logger, retry, untilAborted } from '@tickhouse/runtime'
import { BusError, isRefused, reasonOf, rootOf, translate } from './errors.ts'

/** What waiting for Kafka needs to know and to say. */
export interface ReachOptions {
  readonly brokers: readonly string[]
  readonly log: Logger
  readonly signal?: AbortSignal | undefined
  /** Codes of errors that are not waited for. */
  readonly failOn?: readonly string[]
}

/**
 * Calls `connect` until Kafka answers and the topics are there; says so each time. Wrong credentials and missing rights end it at once.
 * `discard` gets what was connected when nobody waited for it any more.
 */
export function untilReached<T>(
  connect: () => Promise<T>,
  { brokers, log, signal, failOn = [] }: ReachOptions,
  discard: (late: T) => unknown = () => {},
): Promise<T> {
  return retry(() => unlessLate(connect(), signal, discard), {
    signal: signal ?? new AbortController().signal,
    baseMs: 200,
    maxMs: 2_000,
    shouldRetry: error => !isAbort(error) && !isRefused(error) && !failOn.includes(codeIn(error)),
    onRetry: (error, attempt, delayMs) => log.warn({ brokers, attempt, delayMs, ...factsOf(error) }, sentenceFor(error)),
  }).catch(error => {
    throw translate(error, 'Connecting to Kafka')
  })
}

async function unlessLate<T>(connecting: Promise<T>, signal: AbortSignal | undefined, discard: (late: T) => unknown): Promise<T> {
  try {
    return await untilAborted(connecting, signal)
  } catch (error) {
    connecting.then(discard).catch(() => {})
    throw error
  }
}

function codeIn(error: unknown): string {
  return (error as { code?: string }).code ?? ''
}

function factsOf(error: unknown): object {
  if (error instanceof BusError) return error.details
  return { reason: reasonOf(error), detail: rootOf(error).message }
}

function sentenceFor(error: unknown): string {
  if (codeIn(error) === 'BUS_TOPIC_MISSING') return 'Topics are missing: run `tickhouse topics apply`; waiting for them'
  return 'Kafka does not answer, trying again'
}
