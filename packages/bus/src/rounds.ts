import { backoffMs, delay, type Logger, untilAborted } from '@tickhouse/runtime'
import type { AssignedPartitions } from './assigned-partitions.ts'
import { AssignmentReader } from './assignment-reader.ts'
import { BusError, isRefused, isRejoin, isUnavailable, reasonOf, rootOf, translate } from './errors.ts'
import { HeldTopics } from './held-topics.ts'
import { inTime } from './in-time.ts'
import {
  type Assignment,
  type CommittedOffset,
  type FetchLimits,
  type Kafka,
  Membership,
  type Progress,
  type StartAt,
} from './kafkajs/index.ts'
import type { BusMetrics } from './metrics.ts'
import { type Reach, untilReached } from './reach.ts'
import type { PartitionRecords, TopicPartition } from './records.ts'
import { ReadingState, type Standstill } from './standstill.ts'
import { TopicRates } from './topic-rates.ts'
import { type Unread, UnreadPlaces } from './unread.ts'

/** What to read as a member of a group, and how much at a time. */
export interface RoundsOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly startAt: StartAt
  readonly limits?: Partial<FetchLimits>
  /** Whether a partition is to be read on at the moment, asked before each fetch; all are unless told otherwise. */
  readonly wants?: (place: TopicPartition) => boolean
  /** A member that is silent for this long is taken for dead; 10 s unless told otherwise. */
  readonly sessionTimeoutMs?: number
  /** A commit that Kafka has not confirmed for this long is given up, 10 s unless told otherwise: a later one covers it. */
  readonly commitTimeoutMs?: number
}

/** All records of one fetch. */
export interface Round {
  readonly partitions: readonly PartitionRecords[]
  readonly bytes: number
  /** What ended the waiting: at least `minBytes` were there, or `maxWaitMs` was over. */
  readonly trigger: 'bytes' | 'time'
  /** How far reading had come in every partition of this member, behind this round. */
  readonly progress: readonly Progress[]
  /** True for a topic that was held since this was read, and for all once the group has taken its partitions back: their records come again, here or elsewhere. */
  isStale(topic: string): boolean
  /** Commits when the partitions are still ours; if not, others read them again from the last commit. Never throws. */
  commit(offsets: readonly CommittedOffset[]): Promise<boolean>
}

/** What a round reader works with. */
export interface RoundParts {
  readonly kafka: Kafka
  readonly metrics: BusMetrics
  readonly reach: Reach
  readonly log: Logger
}

const defaultLimits: FetchLimits = { minBytes: 1 << 20, maxWaitMs: 200, maxBytes: 24 << 20, maxBytesPerPartition: 4 << 20 }

/**
 * Reads topics as a member of a group, one fetch of all partitions at a time. Nothing is fetched before the next round is asked
 * for, so the memory in use is what the caller holds. `close` leaves the group, after the last commit.
 */
export class RoundReader {
  readonly #parts: RoundParts
  readonly #options: RoundsOptions
  readonly #limits: FetchLimits
  readonly #state: ReadingState
  #membership: Membership | undefined
  #formerMemberId: string | undefined
  readonly #held = new HeldTopics()
  readonly #unread: UnreadPlaces
  #assigned: AssignedPartitions | undefined
  #lostInARow = 0
  /** What the group last gave to this member, and how much came of it. */
  #had: readonly TopicPartition[] = []
  readonly #rates = new TopicRates()

  constructor(parts: RoundParts, options: RoundsOptions) {
    this.#parts = parts
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#state = new ReadingState(this.#limits.maxWaitMs)
    this.#unread = new UnreadPlaces(parts.log)
  }

  /** The partitions that this member reads now, held and unread ones included; none as soon as the group has taken them back. */
  get progress(): Progress[] {
    return this.#assigned?.progress ?? []
  }

  /** What of the topics is not read at the moment, and why. */
  get unread(): Unread[] {
    const places = this.#unread.all
    const said = new Set(places.map(({ topic }) => topic))
    return [...places, ...(this.#assigned?.notBegun ?? []).filter(({ topic }) => !said.has(topic))]
  }

  /** Reads no more of a topic; what was read of it and is not committed comes again after `release`. */
  hold(topic: string): void {
    this.#held.hold(topic)
    this.#assigned?.hold(topic)
  }

  /** Lets a topic be read again, from where `startAt` says. */
  release(topic: string): void {
    this.#held.release(topic)
  }

  /** That nothing is read, and why; null while Kafka answers, and before anything was asked for after a round. */
  get standstill(): Standstill | null {
    return this.#state.standstill
  }

  /** Rounds until the signal aborts; waits for Kafka, for the topics, and for a place in the group as long as it takes. */
  async *rounds(signal: AbortSignal): AsyncGenerator<Round> {
    while (!signal.aborted) {
      try {
        yield* this.#asMember(await this.#join(signal), signal)
      } catch (error) {
        if (signal.aborted) return
        if (!isLost(error)) throw translate(error, 'Reading from Kafka')
        this.#giveUp(error)
        await this.#pause(error, signal)
      }
    }
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    const membership = this.#membership
    this.#membership = undefined
    this.#assigned = undefined
    await membership?.close()
  }

  /** Closing may have to wait for a broker that is gone; the next member does not. */
  #giveUp(error: unknown): void {
    this.#state.failed(error)
    this.#formerMemberId = this.#membership?.memberId
    void this.close()
  }

  async #join(signal: AbortSignal): Promise<Membership> {
    const { kafka, reach } = this.#parts
    const { groupId, topics, sessionTimeoutMs = 10_000 } = this.#options
    const claims = () => ({ had: this.#had, rateOf: (topic: string) => this.#rates.rateOf(topic) })
    const options = { groupId, topics, sessionTimeoutMs, formerMemberId: this.#formerMemberId, claims }
    this.#state.waits('group')
    const join = () => this.#noting(() => Membership.join(kafka, options, this.#parts))
    this.#membership = await untilReached(join, { ...reach, signal }, late => late.close())
    return this.#membership
  }

  /** Notes why something fails, for whoever asks why nothing is read. */
  async #noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#state.failed(error)
      throw error
    }
  }

  async *#asMember(membership: Membership, signal: AbortSignal): AsyncGenerator<Round> {
    for (;;) {
      const assignment = await untilAborted(membership.assignment(), signal)
      this.#lostInARow = 0
      yield* this.#read(membership, assignment, signal)
    }
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const delayMs = backoffMs(++this.#lostInARow, { minMs: 100, maxMs: 5_000 })
    const { message } = rootOf(error)
    this.#parts.log.warn({ reason: reasonOf(error), detail: message, delayMs }, 'The place in the group was lost, joining again')
    await delay(delayMs, signal).catch(() => {})
  }

  /** Rounds of one assignment, until it ends; what was fetched for an assignment that has ended is dropped. */
  async *#read(membership: Membership, assignment: Assignment, stop: AbortSignal): AsyncGenerator<Round> {
    const signal = AbortSignal.any([stop, assignment.signal])
    const reader = this.#readerOf(membership, assignment, signal)
    this.#had = assignment.partitions
    try {
      while (!signal.aborted) {
        const partitions = await reader.next()
        if (!signal.aborted && partitions.length > 0) yield this.#round(membership, assignment, partitions)
        reader.lookAround()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** What was known about partitions is not known any more once they are somebody else's. */
  #readerOf(membership: Membership, { partitions, signal: ends }: Assignment, signal: AbortSignal): AssignmentReader {
    const { groupId, startAt, wants = () => true } = this.#options
    const { metrics, log } = this.#parts
    const own = { groupId, startAt, wants, limits: this.#limits, held: this.#held, unread: this.#unread, state: this.#state }
    const reader = new AssignmentReader(membership, partitions, { ...own, metrics, log }, signal)
    const { assigned } = reader
    this.#assigned = assigned
    const stopReading = () => {
      if (this.#assigned === assigned) this.#assigned = undefined
      this.#state.waits('group')
    }
    // The group may have taken it back before anybody looked.
    if (ends.aborted) stopReading()
    else ends.addEventListener('abort', stopReading, { once: true })
    return reader
  }

  #round(membership: Membership, assignment: Assignment, partitions: readonly PartitionRecords[]): Round {
    for (const { topic, bytes } of partitions) this.#rates.note(topic, bytes)
    const bytes = partitions.reduce((sum, part) => sum + part.bytes, 0)
    const trigger = bytes >= this.#limits.minBytes ? 'bytes' : 'time'
    const turns = new Map(partitions.map(({ topic }) => [topic, this.#held.turnOf(topic)]))
    const { signal } = assignment
    const isStale = (topic: string) => signal.aborted || this.#held.turnOf(topic) !== turns.get(topic)
    const { progress } = this
    return { partitions, bytes, trigger, progress, isStale, commit: offsets => this.#commit(membership, assignment, offsets) }
  }

  async #commit(membership: Membership, assignment: Assignment, offsets: readonly CommittedOffset[]): Promise<boolean> {
    const { metrics, log } = this.#parts
    try {
      const { signal } = assignment
      const isOurs = await inTime(untilAborted(membership.commit(assignment, offsets), signal), this.#options.commitTimeoutMs ?? 10_000)
      metrics.commits.inc({ result: isOurs ? 'done' : 'not_ours' })
      return isOurs
    } catch (error) {
      metrics.commits.inc({ result: isRejoin(error) || assignment.signal.aborted ? 'not_ours' : 'failed' })
      log.warn({ reason: reasonOf(error), partitions: offsets.length }, 'Offsets were not committed; the records will be read again')
      return false
    }
  }
}

/** True when a new place in the group helps: the former one is gone, or Kafka could not be reached at a moment when nobody tried again. */
function isLost(error: unknown): boolean {
  if (error instanceof BusError) return error.code === 'BUS_MEMBERSHIP_LOST'
  return isUnavailable(error) && !isRefused(error)
}
