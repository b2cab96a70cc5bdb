import { delay, type Logger, untilAborted } from '@tickhouse/runtime'
import { BusError, isMoved, reasonOf } from '../errors.ts'
import { inTime } from '../in-time.ts'
import {
  errorOfCode,
  type Fetched,
  type FetchLimits,
  type FetchPosition,
  fetchOnce,
  hasLeader,
  knowsTopics,
  type Membership,
  offsetsAt,
  type PartitionFailure,
  type PartitionState,
  type PersistOptions,
  partitionStates,
  persist,
  type RecordAt,
  type StartAt,
  topicIdOf,
} from '../kafkajs/index.ts'
import type { BusMetrics } from '../metrics.ts'
import type { PartitionRecords, TopicPartition } from '../records.ts'
import { AssignedPartitions } from './assigned-partitions.ts'
import { FetchTurns, TopicPacking } from './fetch-turns.ts'
import type { HeldTopics } from './held-topics.ts'
import type { ReadingState } from './standstill.ts'
import type { UnreadPlaces } from './unread.ts'
import { readAt } from './without-group.ts'

/** What the reader of an assignment works with; all of it outlives the assignment. */
export interface AssignmentReaderDeps {
  readonly groupId: string
  readonly startAt: StartAt
  readonly limits: FetchLimits
  /** Whether a partition is to be read on at the moment. */
  readonly wants: (place: TopicPartition) => boolean
  readonly held: HeldTopics
  readonly unread: UnreadPlaces
  readonly state: ReadingState
  readonly metrics: BusMetrics
  readonly log: Logger
}

/** How long the topics that are there at the beginning of an assignment are waited for, so that they are read together. */
const beginningMs = 1_000
/** How soon reading looks again when nothing is to be fetched, or nothing is wanted, … */
const idleMs = 100
const unwantedMs = 10
/** … and how often at topics that are missing, and at the ends of partitions that rest. */
const lookMs = 3_000
const noLeader = errorOfCode(5)

/** Reads the partitions of one assignment until the signal aborts: begins those that are due, fetches, and looks after those that rest. */
export class AssignmentReader {
  readonly assigned: AssignedPartitions
  readonly #membership: Pick<Membership, 'cluster' | 'topicErrors'>
  readonly #deps: AssignmentReaderDeps
  readonly #signal: AbortSignal
  readonly #turns = new FetchTurns()
  readonly #packing = new TopicPacking()
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(
    membership: Pick<Membership, 'cluster' | 'topicErrors'>,
    partitions: readonly TopicPartition[],
    deps: AssignmentReaderDeps,
    signal: AbortSignal,
  ) {
    this.#membership = membership
    this.#deps = deps
    this.#signal = signal
    const recordAt: RecordAt = position => readAt(membership.cluster, position, this.#persistence)
    const startAt = (states: readonly PartitionState[]) => deps.startAt(states, recordAt)
    this.assigned = new AssignedPartitions(partitions, { startAt, held: deps.held, unread: deps.unread, signal })
  }

  /** The records that come next; none when nothing came in time, or the assignment has ended. */
  async next(): Promise<PartitionRecords[]> {
    await this.#begin()
    return await this.#fetch()
  }

  /** Begins what is due; topics that take their time begin later. */
  async #begin(): Promise<void> {
    const { cluster } = this.#membership
    const { groupId, state } = this.#deps
    const { due, positions } = this.assigned
    if (due.length > 0) await persist(cluster, () => cluster.refreshMetadataIfNecessary(), this.#persistence)
    if (!due.some(partition => hasLeader(cluster, partition))) return
    if (positions.length === 0) state.waits('start')
    const states = await persist(cluster, () => partitionStates(cluster, groupId, due), this.#persistence)
    await Promise.race([this.assigned.begin(states), delay(beginningMs, this.#signal)])
  }

  /** One fetch; the positions move behind what it brought. */
  async #fetch(): Promise<PartitionRecords[]> {
    const { state, metrics } = this.#deps
    if (this.assigned.positions.length === 0) return this.#idle()
    state.waits('records')
    const { positions, fetched } = await persist(this.#membership.cluster, () => this.#fetchOnce(), this.#persistence)
    if (this.#signal.aborted) return []
    if (positions.length === 0) return this.#nothingWanted()
    if (fetched.parts.length > 0) state.reads()
    this.#turns.came(fetched.parts)
    for (const part of fetched.parts) this.#packing.note(part)
    await this.#noteFailures(fetched.failures)
    if (this.#signal.aborted) return []
    const partitions = this.assigned.take(positions, fetched)
    for (const { topic, records } of partitions) metrics.fetched.inc({ topic }, records.length)
    return partitions
  }

  /** Asks for the partitions that are wanted and whose turn it is: turns decide when a record comes, never whether. A topic that was made again is read from its start. */
  async #fetchOnce(): Promise<{ positions: FetchPosition[]; fetched: Fetched }> {
    const { cluster } = this.#membership
    await cluster.refreshMetadataIfNecessary()
    this.assigned.restartRemade(topic => topicIdOf(cluster, topic))
    const positions = this.#turns.choose(this.assigned.positions, this.#deps.wants)
    if (positions.length === 0) return { positions, fetched: { parts: [], failures: [] } }
    return {
      positions,
      fetched: await fetchOnce(cluster, positions, { ...this.#deps.limits, packingOf: topic => this.#packing.factorOf(topic) }),
    }
  }

  /** A member may have got no partitions at all, which is no standstill. */
  async #idle(): Promise<PartitionRecords[]> {
    if (this.assigned.isEmpty) this.#deps.state.reads()
    else if (!this.assigned.hasBegun) this.#deps.state.waits('start')
    await delay(idleMs, this.#signal)
    return []
  }

  /** The caller has enough records for the moment; Kafka does not stand still. */
  async #nothingWanted(): Promise<PartitionRecords[]> {
    this.#deps.state.reads()
    await delay(unwantedMs, this.#signal)
    return []
  }

  async #noteFailures(failures: readonly PartitionFailure[]): Promise<void> {
    for (const { error } of failures) this.#deps.metrics.fetchErrors.inc({ reason: reasonIn(error) })
    const moved = failures.find(({ error }) => isMoved(error))
    if (moved === undefined) return
    this.#deps.state.failed(moved.error)
    await untilAborted(inTime(this.#membership.cluster.refreshMetadata()), this.#signal).catch(() => {})
  }

  /** Looks for topics that are missing, and how far Kafka has come with partitions that rest; reading does not wait for it. */
  lookAround(): void {
    if (this.#signal.aborted) return
    const { cluster, topicErrors } = this.#membership
    const { unread } = this.#deps
    unread.topics(topicErrors)
    const isKnown = knowsTopics(cluster)
    const leaderless = isKnown ? this.assigned.due.filter(partition => !hasLeader(cluster, partition)) : []
    for (const { topic, partition } of leaderless) unread.partition({ topic, partition, offset: null }, noLeader)
    const resting = this.assigned.resting.filter(partition => hasLeader(cluster, partition))
    const isUnknown = !isKnown || topicErrors.size + leaderless.length > 0
    if (performance.now() - this.#lookedAtMs < lookMs || !(isUnknown || resting.length > 0)) return
    this.#lookedAtMs = performance.now()
    const looking = async () => {
      if (isUnknown) await cluster.refreshMetadata()
      if (resting.length > 0) this.assigned.reachedTo(await offsetsAt(cluster, resting, 'latest'))
    }
    untilAborted(inTime(looking()), this.#signal).catch(() => {})
  }

  get #persistence(): PersistOptions {
    const { log, metrics, state } = this.#deps
    const onRetry = (error: unknown) => {
      state.failed(error)
      metrics.fetchErrors.inc({ reason: reasonOf(error) })
    }
    return { log, signal: this.#signal, onRetry }
  }
}

function reasonIn(error: Error): string {
  return error instanceof BusError ? error.code : reasonOf(error)
}
