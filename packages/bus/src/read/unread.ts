import type { Logger } from '@tickhouse/runtime'
import { BusError, isMoved, reasonOf, rootOf } from '../errors.ts'
import type { TopicErrors } from '../kafkajs/index.ts'
import { partitionKey, type TopicPartition } from '../records.ts'

/** Why something is not read: the word is stable, for metrics. */
export type UnreadReason = 'topic_missing' | 'not_allowed' | 'no_leader' | 'unreadable' | 'not_begun' | 'failing'

/** A topic, or one partition of it, that is not read at the moment although it should be. */
export interface Unread {
  readonly topic: string
  /** Null for the whole topic. */
  readonly partition: number | null
  /** Where reading stands still; null for a whole topic. */
  readonly offset: number | null
  readonly reason: UnreadReason
  /** A sentence for a person. */
  readonly message: string
  /** By the monotonic clock. */
  readonly sinceMs: number
}

/** A leader is chosen within this time; only then a partition without one is worth a word. */
const electionMs = 3_000

/** Places that are not read, with the reason. The log names each once when it begins and once when it ends. */
export class UnreadPlaces {
  readonly #log: Logger
  readonly #places = new Map<string, Unread>()

  constructor(log: Logger) {
    this.#log = log
  }

  get all(): Unread[] {
    const now = performance.now()
    return [...this.#places.values()].filter(
      ({ topic, partition, reason, sinceMs }) =>
        (reason !== 'no_leader' || now - sinceMs > electionMs) && (partition === null || !this.#places.has(topic)),
    )
  }

  /** A partition cannot be read at an offset, or at all; true when that was not known. */
  partition({ topic, partition, offset }: TopicPartition & { readonly offset: number | null }, error: unknown): boolean {
    return this.#note(partitionKey({ topic, partition }), { topic, partition, offset, ...told(error, topic, false) })
  }

  /** Takes over what Kafka says against whole topics now. */
  topics(errors: TopicErrors): void {
    for (const [key, { partition }] of this.#places) if (partition === null && !errors.has(key)) this.end(key)
    for (const [topic, error] of errors) this.#note(topic, { topic, partition: null, offset: null, ...told(error, topic, true) })
  }

  /** It is read again. */
  end(key: string): void {
    const place = this.#places.get(key)
    if (place === undefined) return
    this.#places.delete(key)
    const { topic, partition, sinceMs } = place
    if (place.reason !== 'no_leader') this.#log.info({ topic, partition, afterMs: Math.round(performance.now() - sinceMs) }, 'Read again')
  }

  /** Forgets the partitions that are not in the list. */
  keep(partitions: ReadonlySet<string>): void {
    for (const [key, { partition }] of this.#places) if (partition !== null && !partitions.has(key)) this.#places.delete(key)
  }

  #note(key: string, place: Omit<Unread, 'sinceMs'>): boolean {
    const known = this.#places.get(key)
    if (known !== undefined && known.reason === place.reason && known.message === place.message && known.offset === place.offset)
      return false
    this.#places.set(key, { ...place, sinceMs: performance.now() })
    const { message, ...facts } = place
    if (place.reason !== 'no_leader')
      this.#log.error({ ...facts, why: message }, 'A topic or partition cannot be read, trying again; the others are read')
    return true
  }
}

/** The reason of an error, and the sentence for a person with what can be done. */
function told(error: unknown, topic: string, isWhole: boolean): Pick<Unread, 'reason' | 'message'> {
  if (error instanceof BusError && error.code === 'BUS_BATCH_UNREADABLE') return { reason: 'unreadable', message: error.message }
  const reason = reasonOf(error)
  if (reason === 'UNKNOWN_TOPIC_OR_PARTITION' && isWhole)
    return { reason: 'topic_missing', message: `The topic ${topic} does not exist: run \`tickhouse topics apply\`` }
  if (reason === 'TOPIC_AUTHORIZATION_FAILED')
    return {
      reason: 'not_allowed',
      message: `Kafka does not let this user read ${topic}: \`tickhouse acls apply\` grants the rights of each role`,
    }
  if (reason === 'CORRUPT_MESSAGE') return { reason: 'unreadable', message: `Kafka finds ${topic} corrupt: ${rootOf(error).message}` }
  if (isMoved(error)) return { reason: 'no_leader', message: `No broker leads a partition of ${topic}` }
  return { reason: 'failing', message: `${topic} cannot be read: ${rootOf(error).message}` }
}
