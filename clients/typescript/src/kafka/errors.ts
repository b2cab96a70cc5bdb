import { RecordError } from '../decode.ts'

/** Whether the login may not do that, in which case repeating is of no use. */
export function isForbidden(error: unknown): boolean {
  return /AUTHORIZATION_FAILED/.test(typeOf(error) ?? '')
}

/** Whether Kafka has no such topic. */
export function isMissing(error: unknown): boolean {
  return typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
}

/** Whether Kafka says that it will be able to later: a leader moves, a coordinator loads. */
export function isPassing(error: unknown): boolean {
  return (rootOf(error) as { retriable?: boolean }).retriable === true && typeOf(error) !== undefined
}

/** Whether repeating cannot mend it: no right, no login, a codec that is not there. */
export function isHopeless(error: unknown): boolean {
  const root = rootOf(error)
  return (
    isForbidden(error) || root instanceof RecordError || ['KafkaJSSASLAuthenticationError', 'KafkaJSNotImplemented'].includes(root.name)
  )
}

function typeOf(error: unknown): string | undefined {
  return (rootOf(error) as { type?: string }).type
}

function rootOf(error: unknown): Error {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error && !(error instanceof RecordError) ? rootOf(cause) : (error as Error)
}
