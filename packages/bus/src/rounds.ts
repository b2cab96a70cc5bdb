import { backoffMs, delay, type Logger } from '@tickhouse/runtime'
import type { Cluster, Kafka } from 'kafkajs'
import { BusError, isRejoin, outOfRange, reasonOf, rootOf, translate } from './errors.ts'
import { type FetchLimits, fetchOnce, type Position } from './fetch.ts'
import { type Assignment, Membership } from './membership.ts'
import type { BusMetrics } from './metrics.ts'
import { type CommittedOffset, committedOffsets, offsetsAt } from './offsets.ts'
import { type PersistOptions, persist } from './persist.ts'
import { type Reach, untilReached } from './reach.ts'
import { readAt } from './read.ts'
import { type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'
import { ReadingState, type Standstill } from './standstill.ts'
import { isRemade, topicIdOf } from './topic-ids.ts'
import { inTime, untilAborted } from './until-aborted.ts'

/** A partition that is about to be read: what the group has committed, and what Kafka holds. */
export interface PartitionState extends TopicPartition {
  /** What Kafka calls this topic: one that is deleted and made again has another id. Null where Kafka does not tell. */
  readonly topicId: string | null
  readonly committed: { readonly offset: number; readonly metadata: string } | null
  /** Offset of the oldest record that is left. */
  readonly earliest: number
  /** Offset that the next record will get. */
  readonly latest: number
}

/** Reads the one record at a position; undefined when none stands there. */
export type RecordAt = (position: Position) => Promise<KafkaRecord | undefined>

/** Decides where to begin to read each partition; may look at single records for that. */
export type StartAt = (partitions: readonly PartitionState[], recordAt: RecordAt) => Promise<readonly Position[]>

/** What to read as a member of a group, and how much at a time. */
export interface RoundsOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly startAt: StartAt
  readonly limits?: Partial<FetchLimits>
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
  /** Commits when the partitions are still ours; if not, others read them again from the last commit. Never throws. */
  commit(offsets: readonly CommittedOffset[]): Promise<boolean>
}

/** How far reading has come in a partition. */
export interface Progress extends Position {
  /** The offset that the next record will get. */
  readonly highWatermark: number
  readonly topicId: string | null
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
  #progress = new Map<string, Progress>()
  #lostInARow = 0

  constructor(parts: RoundParts, options: RoundsOptions) {
    this.#parts = parts
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#state = new ReadingState(this.#limits.maxWaitMs)
  }

  /** The partitions that are being read now; none as soon as the group has taken them back. */
  get progress(): Progress[] {
    return [...this.#progress.values()]
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
    this.#progress.clear()
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
    const options = { groupId, topics, sessionTimeoutMs, formerMemberId: this.#formerMemberId }
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
    assignment.signal.addEventListener('abort', () => this.#stopReading(), { once: true })
    try {
      const progress = await this.#begin(membership.cluster, assignment.partitions, signal)
      signal.throwIfAborted()
      this.#progress = progress
      while (!signal.aborted) {
        const partitions = await this.#fetch(membership.cluster, signal)
        if (!signal.aborted && partitions.length > 0) yield this.#round(membership, assignment, partitions)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** What was known about partitions is not known any more once they are somebody else's. */
  #stopReading(): void {
    this.#progress = new Map()
    this.#state.waits('group')
  }

  async #begin(cluster: Cluster, partitions: readonly TopicPartition[], signal: AbortSignal): Promise<Map<string, Progress>> {
    if (partitions.length === 0) {
      this.#state.reads()
      await untilAborted(new Promise<never>(() => {}), signal)
    }
    this.#state.waits('start')
    const states = await persist(cluster, () => this.#statesOf(cluster, partitions), this.#persistence(signal))
    return this.#positionsIn(cluster, states, signal)
  }

  async #positionsIn(cluster: Cluster, states: readonly PartitionState[], signal: AbortSignal): Promise<Map<string, Progress>> {
    const positions = await this.#options.startAt(states, position => readAt(cluster, position, this.#persistence(signal)))
    const byKey = new Map(states.map(state => [partitionKey(state), state]))
    return new Map(
      positions.map(position => {
        const { latest: highWatermark, topicId } = byKey.get(partitionKey(position))!
        return [partitionKey(position), { ...position, highWatermark, topicId }]
      }),
    )
  }

  async #statesOf(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<PartitionState[]> {
    await cluster.refreshMetadata()
    const committed = await committedOffsets(cluster, this.#options.groupId, partitions)
    const byKey = new Map(committed.map(offset => [partitionKey(offset), offset]))
    return this.#withEnds(
      cluster,
      partitions.map(({ topic, partition }) => ({ topic, partition, committed: byKey.get(partitionKey({ topic, partition })) ?? null })),
    )
  }

  async #withEnds(
    cluster: Cluster,
    partitions: readonly (TopicPartition & Pick<PartitionState, 'committed'>)[],
  ): Promise<PartitionState[]> {
    const [earliest, latest] = [await offsetsAt(cluster, partitions, 'earliest'), await offsetsAt(cluster, partitions, 'latest')]
    return partitions.map(state => ({
      ...state,
      topicId: topicIdOf(cluster, state.topic),
      earliest: earliest.get(partitionKey(state))!,
      latest: latest.get(partitionKey(state))!,
    }))
  }

  /** One fetch; the positions move behind what it brought. */
  async #fetch(cluster: Cluster, signal: AbortSignal): Promise<PartitionRecords[]> {
    this.#state.waits('records')
    const fetched = await persist(cluster, () => this.#fetchOrBeginAgain(cluster, signal), this.#persistence(signal))
    if (signal.aborted) return []
    this.#state.reads()
    for (const { topic, partition, nextOffset, highWatermark } of fetched) {
      const key = partitionKey({ topic, partition })
      this.#progress.set(key, { ...this.#progress.get(key)!, offset: nextOffset, highWatermark })
    }
    const partitions = fetched.filter(({ records }) => records.length > 0)
    for (const { topic, records } of partitions) this.#parts.metrics.fetched.inc({ topic }, records.length)
    return partitions
  }

  /** An offset that Kafka does not have, or has of another topic by the same name, is never reset silently: the caller decides again where to begin. */
  async #fetchOrBeginAgain(cluster: Cluster, signal: AbortSignal): Promise<PartitionRecords[]> {
    await cluster.refreshMetadataIfNecessary()
    const remade = this.progress.filter(progress => isRemade(cluster, progress))
    if (remade.length > 0) return this.#beginAgain(cluster, remade, signal)
    try {
      return await fetchOnce(cluster, this.progress, this.#limits)
    } catch (error) {
      const gone = outOfRange(error)
      if (gone === undefined) throw error
      return this.#beginAgain(cluster, [this.#progress.get(partitionKey(gone))!], signal)
    }
  }

  async #beginAgain(cluster: Cluster, positions: readonly Position[], signal: AbortSignal): Promise<PartitionRecords[]> {
    const asked = positions.map(({ topic, partition, offset }) => ({ topic, partition, committed: { offset, metadata: '' } }))
    const found = await this.#positionsIn(cluster, await this.#withEnds(cluster, asked), signal)
    signal.throwIfAborted()
    for (const [key, progress] of found) this.#progress.set(key, progress)
    return []
  }

  #round(membership: Membership, assignment: Assignment, partitions: readonly PartitionRecords[]): Round {
    const bytes = partitions.reduce((sum, part) => sum + part.bytes, 0)
    const trigger = bytes >= this.#limits.minBytes ? 'bytes' : 'time'
    return { partitions, bytes, trigger, commit: offsets => this.#commit(membership, assignment, offsets) }
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

  #persistence(signal: AbortSignal): PersistOptions {
    const { log, metrics } = this.#parts
    const onRetry = (error: unknown) => {
      this.#state.failed(error)
      metrics.fetchErrors.inc({ reason: reasonOf(error) })
    }
    return { log, signal, onRetry }
  }
}

function isLost(error: unknown): boolean {
  return error instanceof BusError && error.code === 'BUS_MEMBERSHIP_LOST'
}
