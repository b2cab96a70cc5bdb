import type { Logger } from '@tickhouse/runtime'
import kafkajs, { type Cluster, type Consumer, type Kafka } from 'kafkajs'
import { BusError, isRefused, translate } from '../errors.ts'
import { forMoment } from '../in-time.ts'
import type { BusMetrics } from '../metrics.ts'
import type { TopicPartition } from '../records.ts'
import { checkGroupRights, leaveGroup } from './group-rights.ts'
import { GroupWatch } from './group-watch.ts'
import { metadataMaxAgeMs } from './kafka-client.ts'
import type { CommittedOffset } from './offsets.ts'
import { type Claims, topicAssigner } from './topic-assigner.ts'
import { learnAvailable, type TopicErrors, toleratingTopicErrors } from './topic-errors.ts'

/** The partitions that the group gave to this member, until it takes them back: then `signal` aborts. */
export interface Assignment {
  readonly partitions: readonly TopicPartition[]
  readonly signal: AbortSignal
}

/** How a member keeps its place in the group. */
export interface MembershipOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** A member that is silent for this long is taken for dead, and its partitions go to others. */
  readonly sessionTimeoutMs: number
  /** The member that this one stands in for: it leaves the group first, so that nobody waits until its session is over. */
  readonly formerMemberId?: string | undefined
  /** What it tells the group each time it joins. */
  readonly claims: () => Claims
}

/**
 * A place in a consumer group, and only that: kafkajs joins, sends heartbeats, rejoins and commits, while all its partitions are
 * paused; the records are read by `fetchOnce` over the same cluster. So heartbeats do not depend on how long storing takes,
 * positions are ours, and kafkajs cannot reset one silently.
 *
 * joining → assigned → (rebalance: the assignment ends) joining → …; when kafkajs gives up, or `GroupWatch` finds it stuck, the membership
 * is lost for good, and a caller that wants to read on joins anew.
 */
export class Membership {
  readonly cluster: Cluster
  /** The topics that Kafka does not let be read now; they are taken in when it does. */
  readonly topicErrors: TopicErrors
  readonly #consumer: Consumer
  readonly #options: MembershipOptions
  readonly #metrics: BusMetrics
  readonly #log: Logger
  #current: { assignment: Assignment; abort: AbortController } | undefined
  #waiting = Promise.withResolvers<Assignment>()
  readonly #lost = Promise.withResolvers<never>()
  readonly #watch: GroupWatch
  #memberId: string | undefined

  private constructor(
    { consumer, cluster, topicErrors }: ReturnType<typeof createConsumer>,
    options: MembershipOptions,
    parts: { metrics: BusMetrics; log: Logger },
  ) {
    this.#consumer = consumer
    this.cluster = cluster
    this.topicErrors = topicErrors
    this.#options = options
    this.#metrics = parts.metrics
    this.#log = parts.log
    this.#lost.promise.catch(() => {})
    this.#memberId = options.formerMemberId
    const onStuck = (reason: string) => this.#lose(new BusError('BUS_MEMBERSHIP_LOST', reason, { retriable: true }))
    this.#watch = new GroupWatch({ sessionTimeoutMs: options.sessionTimeoutMs, onStuck })
    this.#listen()
  }

  /** What the group calls this member; undefined before it ever had a place. */
  get memberId(): string | undefined {
    return this.#memberId
  }

  /** Connects and begins to join. Throws when Kafka cannot be reached, or lets this user read none of the topics. */
  static async join(kafka: Kafka, options: MembershipOptions, parts: { metrics: BusMetrics; log: Logger }): Promise<Membership> {
    const made = createConsumer(kafka, options)
    const { consumer, cluster, topicErrors } = made
    try {
      await consumer.connect()
      await learnAvailable(cluster, options.topics, topicErrors)
      await checkGroupRights(cluster, options.groupId)
      if (options.formerMemberId !== undefined) await leaveGroup(cluster, options.groupId, options.formerMemberId)
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
    } catch (error) {
      await forMoment(consumer.disconnect())
      throw error
    }
    const membership = new Membership(made, options, parts)
    membership.#run()
    return membership
  }

  /** The assignment that holds now, or the next one. Throws BUS_MEMBERSHIP_LOST when there will be none, or why Kafka refuses this member. */
  async assignment(): Promise<Assignment> {
    return Promise.race([this.#lost.promise, this.#current?.assignment ?? this.#waiting.promise])
  }

  /** Commits for an assignment that still holds; false when it does not: then others read on from the last commit. */
  async commit(assignment: Assignment, offsets: readonly CommittedOffset[]): Promise<boolean> {
    if (assignment.signal.aborted) return false
    await this.#consumer.commitOffsets(offsets.map(({ offset, ...position }) => ({ ...position, offset: String(offset) })))
    return true
  }

  /** Leaves the group, so that others take over at once. */
  async close(): Promise<void> {
    this.#watch.stop()
    this.#end('closed')
    await forMoment(this.#consumer.disconnect())
  }

  #run(): void {
    const running = this.#consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} })
    running.catch(error => this.#lose(error))
    this.#pauseAll()
  }

  #pauseAll(): void {
    this.#consumer.pause(this.#options.topics.map(topic => ({ topic })))
  }

  #listen(): void {
    const { GROUP_JOIN, HEARTBEAT, REBALANCING, CRASH } = this.#consumer.events
    this.#consumer.on(REBALANCING, () => this.#joinAgain())
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#begin(payload))
    this.#consumer.on(HEARTBEAT, () => this.#watch.heartbeat())
    this.#consumer.on(CRASH, ({ payload }) => this.#lose(payload.error))
  }

  #joinAgain(): void {
    this.#watch.joins()
    this.#end('rebalancing')
  }

  #lose(error: Error): void {
    this.#watch.stop()
    this.#end('lost')
    this.#lost.reject(isRefused(error) ? translate(error, `Joining the group ${this.#options.groupId}`) : lostBy(error))
  }

  #begin({ memberId, memberAssignment: topics }: { memberId: string; memberAssignment: Record<string, number[]> }): void {
    this.#watch.joined()
    this.#memberId = memberId
    this.#end('reassigned')
    this.#pauseAll()
    const abort = new AbortController()
    const partitions = Object.entries(topics).flatMap(([topic, ids]) => ids.map(partition => ({ topic, partition })))
    this.#current = { assignment: { partitions, signal: abort.signal }, abort }
    this.#metrics.assignments.inc()
    this.#metrics.assigned.set(partitions.length)
    this.#log.info({ groupId: this.#options.groupId, partitions: partitions.length }, 'Partitions assigned')
    this.#waiting.resolve(this.#current.assignment)
  }

  #end(reason: string): void {
    if (this.#current === undefined) return
    this.#current.abort.abort(new DOMException(reason, 'AbortError'))
    this.#current = undefined
    this.#waiting = Promise.withResolvers()
    this.#metrics.assigned.set(0)
  }
}

function lostBy(cause: Error): BusError {
  if (cause instanceof BusError) return cause
  return new BusError('BUS_MEMBERSHIP_LOST', 'The place in the group was lost', { retriable: true, cause })
}

function createConsumer(
  kafka: Kafka,
  { groupId, sessionTimeoutMs, claims }: MembershipOptions,
): { consumer: Consumer; cluster: Cluster; topicErrors: TopicErrors } {
  let cluster: Cluster | undefined
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    metadataMaxAge: metadataMaxAgeMs,
    readUncommitted: true,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(1_000, Math.floor(sessionTimeoutMs / 4)),
    maxWaitTimeInMs: Math.min(250, Math.floor(sessionTimeoutMs / 8)),
    retry: { retries: 20, maxRetryTime: 1_000, restartOnFailure: async () => false },
    // The group takes the first that all members know: the second is what those of older builds know.
    partitionAssigners: [
      given => {
        cluster = given.cluster
        return topicAssigner(given.cluster, claims)
      },
      kafkajs.PartitionAssigners.roundRobin,
    ],
  })
  return { consumer, cluster: cluster!, topicErrors: toleratingTopicErrors(cluster!) }
}
