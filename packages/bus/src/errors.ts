import { TickhouseError } from '@tickhouse/runtime'

/** What can go wrong between us and Kafka; the README says what each means. */
export const busErrorCodes = [
  'BUS_UNAVAILABLE',
  'BUS_AUTHENTICATION_FAILED',
  'BUS_NOT_ALLOWED',
  'BUS_TOPIC_MISSING',
  'BUS_TOPIC_UNAVAILABLE',
  'BUS_PARTITION_MISSING',
  'BUS_BATCH_UNREADABLE',
  'BUS_TOPICS_REFUSED',
  'BUS_MESSAGE_TOO_LARGE',
  'BUS_CLOCK_DIFFERS',
  'BUS_REFUSED',
  'BUS_ACKNOWLEDGEMENT_INCOMPLETE',
  'BUS_MEMBERSHIP_LOST',
  'BUS_UNEXPECTED',
] as const

export type BusErrorCode = (typeof busErrorCodes)[number]

/** Every error that this package throws, except the AbortError of a caller's signal. */
export class BusError extends TickhouseError {
  declare readonly code: BusErrorCode

  constructor(code: BusErrorCode, message: string, options?: ConstructorParameters<typeof TickhouseError>[2]) {
    super(code, message, options)
  }
}

/** A request was sent, and no answer came in time. */
export class KafkaSilence extends Error {
  override readonly name = 'KafkaSilence'
}

/** What kafkajs' errors carry, whichever class they are. */
interface KafkaFailure extends Error {
  readonly type?: string
  readonly code?: string | number
  readonly retriable?: boolean
  readonly errors?: readonly Error[]
  readonly topic?: string
  readonly partition?: number
}

/** What Kafka answers about one topic while it would answer about others. */
const topicFaults: Readonly<Record<string, { readonly code: BusErrorCode; readonly words: string }>> = {
  UNKNOWN_TOPIC_OR_PARTITION: { code: 'BUS_TOPIC_MISSING', words: 'Missing topics (`tickhouse topics apply` makes them)' },
  TOPIC_AUTHORIZATION_FAILED: { code: 'BUS_NOT_ALLOWED', words: 'Kafka does not allow this user to see these topics' },
  INVALID_TOPIC_EXCEPTION: { code: 'BUS_REFUSED', words: 'Kafka does not take these names of topics' },
  LEADER_NOT_AVAILABLE: { code: 'BUS_TOPIC_UNAVAILABLE', words: 'No broker leads these topics now' },
}

const refusedTypes = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
])
const forbiddenTypes = new Set(['TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])
const authenticationNames = new Set(['KafkaJSSASLAuthenticationError'])
/** kafkajs calls these final although all they say is that a broker did not answer in time, or none of them did. */
const silentNames = new Set(['KafkaSilence', 'KafkaJSGroupCoordinatorNotFound', 'KafkaJSTimeout', 'KafkaJSLockTimeout'])
const unansweredNames = new Set(['KafkaSilence', 'KafkaJSRequestTimeoutError'])
const rejoinTypes = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'])

/** The error at the bottom: kafkajs wraps what happened in "retries exceeded" and "non-retriable" errors. */
export function rootOf(error: unknown): KafkaFailure {
  let root = error as KafkaFailure
  while (root.cause instanceof Error || root.errors?.[0] !== undefined) root = (root.cause ?? root.errors?.[0]) as KafkaFailure
  return root
}

/** Kafka's name of the error, such as `MESSAGE_TOO_LARGE`, or kafkajs' class where Kafka itself did not answer. */
export function reasonOf(error: unknown): string {
  const root = rootOf(error)
  return root.type ?? root.name
}

/** True when Kafka could not be reached, did not answer, or answered that it will be able to later. */
export function isUnavailable(error: unknown): boolean {
  const root = rootOf(error)
  if (silentNames.has(root.name)) return true
  return root.name?.startsWith('KafkaJS') === true && root.retriable !== false && !isRejoin(root)
}

/** True when the group has moved on without this member. */
export function isRejoin(error: unknown): boolean {
  return rejoinTypes.has(rootOf(error).type ?? '')
}

/** True when a request was sent and no answer came: the connection may be dead without anyone having said so. */
export function isSilence(error: unknown): boolean {
  return unansweredNames.has(rootOf(error).name)
}

/** True when Kafka no longer, or not yet, has the wanted offset. */
export function isOutOfRange(error: unknown): boolean {
  return rootOf(error).type === 'OFFSET_OUT_OF_RANGE'
}

const movedTypes = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
])

/** True when a partition may be found elsewhere, or soon: its leader has moved, or is not chosen yet. */
export function isMoved(error: unknown): boolean {
  return movedTypes.has(rootOf(error).type ?? '')
}

/** True for Kafka's name of an error that trying again cannot mend. */
export function isRefusedReason(reason: string): boolean {
  return refusedTypes.has(reason) || forbiddenTypes.has(reason)
}

/** True when trying again cannot help: wrong credentials, missing rights, or a request that Kafka will never take. */
export function isRefused(error: unknown): boolean {
  const root = rootOf(error)
  return isRefusedReason(root.type ?? '') || authenticationNames.has(root.name)
}

/** True when a request about several topics failed for the sake of some of them. */
export function isTopicFault(error: unknown): boolean {
  return reasonOf(error) in topicFaults
}

/** The same with the names of the topics. */
export function topicFault(error: unknown, topics: readonly string[]): BusError {
  const reason = reasonOf(error)
  const { code, words } = topicFaults[reason]!
  const retriable = code === 'BUS_TOPIC_MISSING' || code === 'BUS_TOPIC_UNAVAILABLE'
  return new BusError(code, `${words}: ${topics.join(', ')}${hints[code] ?? ''}`, { retriable, cause: error, topics, reason })
}

/** The topics that an error is about; empty when it is about Kafka as a whole. */
export function topicsOf(error: unknown): readonly string[] {
  if (!(error instanceof BusError)) return []
  const { topic, topics } = error.details
  return Array.isArray(topics) ? topics : typeof topic === 'string' ? [topic] : []
}

/** What a person can do about it. */
const hints: Partial<Record<BusErrorCode, string>> = {
  BUS_AUTHENTICATION_FAILED: '; look at KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM',
  BUS_NOT_ALLOWED: '; `tickhouse acls plan` shows which rights each role needs, `tickhouse acls apply` grants them',
}

/** A kafkajs error as ours: a stable code, and whether trying again can help. */
export function translate(error: unknown, doing: string): Error {
  if (error instanceof TickhouseError || !(error instanceof Error) || error.name === 'AbortError') return error as Error
  const reason = reasonOf(error)
  const retriable = isUnavailable(error) && !isRefused(error)
  const code = codeOf(error)
  return new BusError(code, `${doing} failed: ${rootOf(error).message}${hints[code] ?? ''}`, { retriable, cause: error, reason })
}

function codeOf(error: unknown): BusErrorCode {
  const { type = '', name } = rootOf(error)
  if (authenticationNames.has(name)) return 'BUS_AUTHENTICATION_FAILED'
  if (forbiddenTypes.has(type)) return 'BUS_NOT_ALLOWED'
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'BUS_TOPIC_MISSING'
  if (refusedTypes.has(type)) return 'BUS_REFUSED'
  return isUnavailable(error) ? 'BUS_UNAVAILABLE' : 'BUS_UNEXPECTED'
}
