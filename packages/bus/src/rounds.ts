import { backoffMs, delay, type Logger } from '@tickhouse/runtime'
import type { Cluster, Kafka } from 'kafkajs'
import { AssignedPartitions } from './assigned-partitions.ts'
import { BusError, errorOfCode, isMoved, isRejoin, reasonOf, rootOf, translate } from './errors.ts'
import { type Fetched, type FetchLimits, fetchOnce, type PartitionFailure, type Position } from './fetch.ts'
import { HeldTopics } from './held-topics.ts'
import { type Assignment, Membership } from './membership.ts'
import type { BusMetrics } from './metrics.ts'
import { type CommittedOffset, committedOffsets, offsetsAt } from './offsets.ts'
import { type PersistOptions, persist } from './persist.ts'
import { type Reach, untilReached } from './reach.ts'
import { readAt } from './read.ts'
import { type KafkaRecord, type PartitionRecords, partitionKey, type TopicPartition } from './records.ts'
import { ReadingState, type Standstill } from './standstill.ts'
import { topicIdOf } from './topic-ids.ts'
import { type Unread, UnreadPlaces } from './unread.ts'
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

/**
 * Decides where to begin to read partitions of one topic, and may look at single records for that; one that it leaves out is not read. It may take its
 * time: other topics do not wait.
 */
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
  /** True for a topic that was held since this was read: its records come again. */
  isStale(topic: string): boolean
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

/** How long the topics that are there at the beginning of an assignment are waited for, so that they are read together. */
const beginningMs = 1_000
/** How soon reading looks again when nothing is to be fetched, … */
const idleMs = 100
/** … and how often at topics that are missing, and at the ends of partitions that rest. */
const lookMs = 3_000

const noLeader = errorOfCode(5)

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
  readonly #held = new HeldTopics()
  readonly #unread: UnreadPlaces
  #membership: Membership | undefined
  #formerMemberId: string | undefined
  #assigned: AssignedPartitions | undefined
  #lookedAtMs = 0
  #lostInARow = 0

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
    return this.#unread.all
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
    const assigned = this.#assign(membership.cluster, assignment, signal)
    try {
      while (!signal.aborted) {
        await this.#begin(membership.cluster, assigned, signal)
        const partitions = await this.#fetch(membership.cluster, assigned, signal)
        if (!signal.aborted && partitions.length > 0) yield this.#round(membership, assignment, partitions)
        this.#lookAround(membership, assigned, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      if (this.#assigned === assigned) this.#assigned = undefined
    }
  }

  #assign(cluster: Cluster, { partitions }: Assignment, signal: AbortSignal): AssignedPartitions {
    const recordAt: RecordAt = position => readAt(cluster, position, this.#persistence(signal))
    const startAt = (states: readonly PartitionState[]) => this.#options.startAt(states, recordAt)
    this.#assigned = new AssignedPartitions(partitions, { startAt, held: this.#held, unread: this.#unread })
    return this.#assigned
  }

  /** What was known about partitions is not known any more once they are somebody else's. */
  #stopReading(): void {
    this.#assigned = undefined
    this.#state.waits('group')
  }

  /** Begins what is due; topics that take their time begin later. */
  async #begin(cluster: Cluster, assigned: AssignedPartitions, signal: AbortSignal): Promise<void> {
    const due = assigned.due.length === 0 ? [] : withLeader(cluster, assigned.due)
    if (due.length === 0) return
    if (assigned.positions.length === 0) this.#state.waits('start')
    const states = await persist(cluster, () => this.#statesOf(cluster, withLeader(cluster, due)), this.#persistence(signal))
    await Promise.race([assigned.begin(states), delay(beginningMs, signal)])
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
  async #fetch(cluster: Cluster, assigned: AssignedPartitions, signal: AbortSignal): Promise<PartitionRecords[]> {
    if (assigned.positions.length === 0) {
      if (!assigned.isBeginning) this.#state.reads()
      await delay(idleMs, signal)
      return []
    }
    this.#state.waits('records')
    const { positions, fetched } = await persist(cluster, () => this.#fetchOnce(cluster, assigned), this.#persistence(signal))
    if (signal.aborted) return []
    this.#state.reads()
    await this.#noteFailures(cluster, fetched.failures, signal)
    const partitions = assigned.take(positions, fetched)
    for (const { topic, records } of partitions) this.#parts.metrics.fetched.inc({ topic }, records.length)
    return partitions
  }

  /** What is read of a topic that was made anew begins anew. */
  async #fetchOnce(cluster: Cluster, assigned: AssignedPartitions): Promise<{ positions: Position[]; fetched: Fetched }> {
    await cluster.refreshMetadataIfNecessary()
    assigned.restartRemade(topic => topicIdOf(cluster, topic))
    const { positions } = assigned
    return { positions, fetched: await fetchOnce(cluster, positions, this.#limits) }
  }

  async #noteFailures(cluster: Cluster, failures: readonly PartitionFailure[], signal: AbortSignal): Promise<void> {
    for (const { error } of failures) this.#parts.metrics.fetchErrors.inc({ reason: reasonIn(error) })
    if (failures.some(({ error }) => isMoved(error))) await untilAborted(inTime(cluster.refreshMetadata()), signal).catch(() => {})
  }

  /** Looks for topics that are missing, and how far Kafka has come with partitions that rest; reading does not wait for it. */
  #lookAround({ cluster, topicErrors }: Membership, assigned: AssignedPartitions, signal: AbortSignal): void {
    this.#unread.topics(topicErrors)
    for (const { topic, partition } of assigned.due)
      if (!hasLeader(cluster, { topic, partition })) this.#unread.partition({ topic, partition, offset: null }, noLeader)
    const resting = withLeader(cluster, assigned.resting)
    if (Date.now() - this.#lookedAtMs < lookMs || topicErrors.size + resting.length === 0) return
    this.#lookedAtMs = Date.now()
    const looking = async () => {
      if (topicErrors.size > 0) await cluster.refreshMetadata()
      if (resting.length > 0) assigned.reachedTo(await offsetsAt(cluster, resting, 'latest'))
    }
    untilAborted(inTime(looking()), signal).catch(() => {})
  }

  #round(membership: Membership, assignment: Assignment, partitions: readonly PartitionRecords[]): Round {
    const bytes = partitions.reduce((sum, part) => sum + part.bytes, 0)
    const trigger = bytes >= this.#limits.minBytes ? 'bytes' : 'time'
    const turns = new Map(partitions.map(({ topic }) => [topic, this.#held.turnOf(topic)]))
    const isStale = (topic: string) => this.#held.turnOf(topic) !== turns.get(topic)
    return { partitions, bytes, trigger, isStale, commit: offsets => this.#commit(membership, assignment, offsets) }
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

function hasLeader(cluster: Cluster, { topic, partition }: TopicPartition): boolean {
  return cluster.findTopicPartitionMetadata(topic).some(({ partitionId, leader }) => partitionId === partition && leader >= 0)
}

/** Those that have a leader to ask. */
function withLeader(cluster: Cluster, partitions: readonly TopicPartition[]): TopicPartition[] {
  return partitions.filter(partition => hasLeader(cluster, partition))
}

function reasonIn(error: Error): string {
  return error instanceof BusError ? error.code : reasonOf(error)
}

function isLost(error: unknown): boolean {
  return error instanceof BusError && error.code === 'BUS_MEMBERSHIP_LOST'
}
