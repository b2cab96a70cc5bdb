import { backoffMs, delay, type Logger, untilAborted } from '@tickhouse/runtime'
import { BusError, isRefused, isUnavailable, reasonOf, rootOf, translate } from '../errors.ts'
import { type Assignment, type FetchLimits, type Kafka, Membership, type PartitionProgress, type StartAt } from '../kafkajs/index.ts'
import type { BusMetrics } from '../metrics.ts'
import { type ReachOptions, untilReached } from '../reach.ts'
import type { PartitionRecords, TopicPartition } from '../records.ts'
import type { AssignedPartitions } from './assigned-partitions.ts'
import { AssignmentReader } from './assignment-reader.ts'
import { HeldTopics } from './held-topics.ts'
import { type Poll, pollOf } from './poll.ts'
import { ReadingState, type Standstill } from './standstill.ts'
import { TopicRates } from './topic-rates.ts'
import { type Unread, UnreadPlaces } from './unread.ts'

/** What to read as a member of a group, and how much at a time. */
export interface GroupReaderOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly startAt: StartAt
  readonly limits?: Partial<FetchLimits>
  /** Whether a partition is to be read on at the moment, asked before each fetch; all are by default. */
  readonly wants?: (place: TopicPartition) => boolean
  /** A member that is silent for this long is taken for dead; 10 s by default. */
  readonly sessionTimeoutMs?: number
  /** A commit that Kafka has not confirmed for this long is given up, 10 s by default: a later one covers it. */
  readonly commitTimeoutMs?: number
}

/** What a group reader works with. */
export interface GroupReaderDeps {
  readonly kafka: Kafka
  readonly metrics: BusMetrics
  readonly reach: ReachOptions
  readonly log: Logger
}

const defaultLimits: FetchLimits = { minBytes: 1 << 20, maxWaitMs: 200, maxBytes: 24 << 20, maxBytesPerPartition: 4 << 20 }

/**
 * Reads topics as a member of a group, one fetch of all partitions at a time. Nothing is fetched before the caller asks for
 * the next poll, so the memory in use is what the caller holds. `close` leaves the group, after the last commit.
 */
export class GroupReader {
  readonly #deps: GroupReaderDeps
  readonly #options: GroupReaderOptions
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

  constructor(deps: GroupReaderDeps, options: GroupReaderOptions) {
    this.#deps = deps
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#state = new ReadingState(this.#limits.maxWaitMs)
    this.#unread = new UnreadPlaces(deps.log)
  }

  /** The partitions that this member reads now, held and unread ones included; none as soon as the group has taken them back. */
  get progress(): PartitionProgress[] {
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

  /** That nothing is read, and why; null while Kafka answers, and before anything was asked for after a poll. */
  get standstill(): Standstill | null {
    return this.#state.standstill
  }

  /** Polls until the signal aborts; waits for Kafka, for the topics, and for a place in the group as long as it takes. */
  async *polls(signal: AbortSignal): AsyncGenerator<Poll> {
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
    const { kafka, reach } = this.#deps
    const { groupId, topics, sessionTimeoutMs = 10_000 } = this.#options
    const claims = () => ({ had: this.#had, rateOf: (topic: string) => this.#rates.rateOf(topic) })
    const options = { groupId, topics, sessionTimeoutMs, formerMemberId: this.#formerMemberId, claims }
    this.#state.waits('group')
    const join = () => this.#noting(() => Membership.join(kafka, options, this.#deps))
    this.#membership = await untilReached(join, { ...reach, signal }, late => late.close())
    return this.#membership
  }

  /** Notes why something fails, so that `standstill` can say why nothing is read. */
  async #noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#state.failed(error)
      throw error
    }
  }

  async *#asMember(membership: Membership, signal: AbortSignal): AsyncGenerator<Poll> {
    for (;;) {
      const assignment = await untilAborted(membership.assignment(), signal)
      this.#lostInARow = 0
      yield* this.#read(membership, assignment, signal)
    }
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const delayMs = backoffMs(++this.#lostInARow, { baseMs: 100, maxMs: 5_000 })
    const { message } = rootOf(error)
    this.#deps.log.warn({ reason: reasonOf(error), detail: message, delayMs }, 'The place in the group was lost, joining again')
    await delay(delayMs, signal).catch(() => {})
  }

  /** Polls of one assignment, until it ends; what was fetched for an assignment that has ended is dropped. */
  async *#read(membership: Membership, assignment: Assignment, stop: AbortSignal): AsyncGenerator<Poll> {
    const signal = AbortSignal.any([stop, assignment.signal])
    const reader = this.#readerOf(membership, assignment, signal)
    this.#had = assignment.partitions
    try {
      while (!signal.aborted) {
        const partitions = await reader.next()
        if (!signal.aborted && partitions.length > 0) yield this.#pollOf(membership, assignment, partitions)
        reader.lookAround()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** What was known about partitions is not known any more once they are somebody else's. */
  #readerOf(membership: Membership, { partitions, signal: ends }: Assignment, signal: AbortSignal): AssignmentReader {
    const { groupId, startAt, wants = () => true } = this.#options
    const { metrics, log } = this.#deps
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

  #pollOf(membership: Membership, assignment: Assignment, partitions: readonly PartitionRecords[]): Poll {
    for (const { topic, bytes } of partitions) this.#rates.note(topic, bytes)
    const { metrics, log } = this.#deps
    const { commitTimeoutMs = 10_000 } = this.#options
    const deps = { membership, assignment, held: this.#held, minBytes: this.#limits.minBytes, commitTimeoutMs, metrics, log }
    return pollOf(partitions, this.progress, deps)
  }
}

/** True when a new place in the group helps: the former one is gone, or Kafka could not be reached at a moment when nobody tried again. */
function isLost(error: unknown): boolean {
  if (error instanceof BusError) return error.code === 'BUS_MEMBERSHIP_LOST'
  return isUnavailable(error) && !isRefused(error)
}
