import { isMoved, isOutOfRange } from '../errors.ts'
import type { Fetched, FetchPosition, PartitionFailure, PartitionProgress, PartitionState, StartAt } from '../kafkajs/index.ts'
import { type PartitionRecords, partitionKey, type TopicPartition } from '../records.ts'
import type { HeldTopics } from './held-topics.ts'
import type { Unread, UnreadPlaces } from './unread.ts'

/** A partition of the assignment. */
interface Place {
  state: 'waiting' | 'beginning' | 'reading'
  /** Null until Kafka has said what the group has committed. */
  progress: PartitionProgress | null
  /** The offset that was wanted and that Kafka does not have, if reading came upon one. */
  missingOffset: number | null
  /** It is left alone until then. */
  restsUntilMs: number
}

/** What the partitions work with. */
export interface AssignedPartitionsDeps {
  readonly startAt: (states: readonly PartitionState[]) => ReturnType<StartAt>
  readonly held: HeldTopics
  readonly unread: UnreadPlaces
  /** Aborts when the assignment ends: what fails after that concerns whoever has the partitions now. */
  readonly signal: AbortSignal
}

const electionMs = 500
const againMs = 5_000

/**
 * The partitions of one assignment, and what of them is read.
 *
 * waiting → (Kafka says what is committed) → beginning → (`startAt` answers) → reading. Each topic is asked for on its own: one that has
 * to wait keeps no other waiting. A partition that cannot be read rests for some seconds and is then looked at again, at the same offset;
 * one whose offset Kafka does not have waits again. A topic that is held waits, and begins anew when it is released: what was
 * fetched of it and not committed comes again.
 */
export class AssignedPartitions {
  readonly #deps: AssignedPartitionsDeps
  readonly #places: ReadonlyMap<string, TopicPartition & Place>
  readonly #sinceMs = performance.now()

  constructor(partitions: readonly TopicPartition[], deps: AssignedPartitionsDeps) {
    this.#deps = deps
    this.#places = new Map(
      partitions.map(partition => [
        partitionKey(partition),
        { ...partition, state: 'waiting', progress: null, missingOffset: null, restsUntilMs: 0 },
      ]),
    )
    deps.unread.keep(new Set(this.#places.keys()))
  }

  /** True for a member that got no partitions. */
  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  /** True when something is read, or would be if Kafka had it. */
  get hasBegun(): boolean {
    return [...this.#places.values()].some(({ state }) => state === 'reading')
  }

  get progress(): PartitionProgress[] {
    return [...this.#places.values()].flatMap(({ progress }) => progress ?? [])
  }

  /** The topics of which it is not known yet where to begin, held ones left out. */
  get notBegun(): Unread[] {
    const topics = new Set([...this.#places.values()].filter(({ state }) => state !== 'reading').map(({ topic }) => topic))
    const open = [...topics].filter(topic => !this.#deps.held.has(topic))
    const what = { partition: null, offset: null, reason: 'not_begun', sinceMs: this.#sinceMs } as const
    return open.map(topic => ({ ...what, topic, message: `It is not known yet where to begin to read ${topic}` }))
  }

  /** What is to be fetched now. */
  get positions(): FetchPosition[] {
    const now = performance.now()
    return [...this.#places.values()].flatMap(({ state, progress, restsUntilMs }) =>
      state === 'reading' && restsUntilMs <= now && progress !== null ? [progress] : [],
    )
  }

  /** The partitions of which Kafka is to be asked where they stand: those that begin, and those of held topics for their lag. */
  get due(): TopicPartition[] {
    const now = performance.now()
    return [...this.#places.values()].filter(
      ({ topic, state, progress, restsUntilMs }) =>
        state === 'waiting' && restsUntilMs <= now && (progress === null || !this.#deps.held.has(topic)),
    )
  }

  /** The partitions that are not being fetched, to look how far Kafka has come with them. */
  get resting(): TopicPartition[] {
    const fetched = new Set(this.positions.map(partitionKey))
    return [...this.#places.values()].filter(({ progress, ...place }) => progress !== null && !fetched.has(partitionKey(place)))
  }

  /** Takes over where partitions stand, and asks where to begin those that are not held; resolves when all topics have begun. */
  async begin(states: readonly PartitionState[]): Promise<void> {
    for (const { topic, partition, topicId, committed, earliest, latest } of states) {
      const offset = committed?.offset ?? earliest
      this.#placeOf({ topic, partition }).progress = { topic, partition, topicId, offset, highWatermark: latest }
    }
    const topics = Map.groupBy(
      states.filter(({ topic }) => !this.#deps.held.has(topic)),
      ({ topic }) => topic,
    )
    await Promise.all([...topics].map(([topic, own]) => this.#beginTopic(topic, own)))
  }

  async #beginTopic(topic: string, states: readonly PartitionState[]): Promise<void> {
    const turn = this.#deps.held.turnOf(topic)
    const places = states.map(state => this.#placeOf(state))
    for (const place of places) place.state = 'beginning'
    const asked = places.map(({ missingOffset }, index) =>
      missingOffset === null ? states[index]! : { ...states[index]!, committed: { offset: missingOffset, metadata: '' } },
    )
    try {
      const positions = await this.#deps.startAt(asked)
      if (this.#deps.held.turnOf(topic) === turn) for (const position of positions) this.#beginAt(position)
    } catch (error) {
      if (this.#deps.signal.aborted) return
      for (const place of places) this.#rest(place, againMs, 'waiting')
      for (const { progress } of places) if (progress !== null) this.#deps.unread.partition(progress, error)
    }
  }

  #beginAt({ topic, partition, offset }: FetchPosition): void {
    const place = this.#placeOf({ topic, partition })
    place.state = 'reading'
    place.missingOffset = null
    place.progress = { ...place.progress!, offset }
  }

  /**
   * Moves behind what a fetch of these positions brought, and gives what of it is to be handed over: nothing of a partition that
   * was held or has begun anew meanwhile.
   */
  take(positions: readonly FetchPosition[], { parts, failures }: Fetched): PartitionRecords[] {
    const asked = new Map(positions.map(position => [partitionKey(position), position.offset]))
    const isStill = (partition: TopicPartition) => {
      const { state, progress } = this.#placeOf(partition)
      return state === 'reading' && progress?.offset === asked.get(partitionKey(partition))
    }
    for (const failure of failures) if (isStill(failure)) this.#fail(failure)
    const taken = parts.filter(isStill)
    for (const { topic, partition, nextOffset, highWatermark } of taken) {
      const place = this.#placeOf({ topic, partition })
      place.progress = { ...place.progress!, offset: nextOffset, highWatermark }
      this.#deps.unread.end(partitionKey({ topic, partition }))
    }
    return taken.filter(({ records }) => records.length > 0)
  }

  #fail(failure: PartitionFailure): void {
    const place = this.#placeOf(failure)
    if (isOutOfRange(failure.error)) {
      place.state = 'waiting'
      place.missingOffset = failure.offset
      return
    }
    this.#deps.unread.partition(failure, failure.error)
    this.#rest(place, isMoved(failure.error) ? electionMs : againMs, 'reading')
  }

  /** A topic by the same name that is another one now is begun anew: its offsets mean nothing to the former. */
  restartRemade(idOf: (topic: string) => string | null): void {
    for (const place of this.#places.values()) {
      const { state, progress } = place
      if (state !== 'reading' || progress === null || !isRemade(progress.topicId, idOf(place.topic))) continue
      place.state = 'waiting'
      place.missingOffset = progress.offset
    }
  }

  /** Gives up what is being read of a topic, which then waits. */
  hold(topic: string): void {
    for (const place of this.#places.values()) if (place.topic === topic) place.state = 'waiting'
  }

  /** Notes how far Kafka has come. */
  reachedTo(ends: ReadonlyMap<string, number>): void {
    for (const [key, highWatermark] of ends) {
      const place = this.#places.get(key)
      if (place !== undefined && place.progress !== null) place.progress = { ...place.progress, highWatermark }
    }
  }

  #rest(place: Place, ms: number, state: Place['state']): void {
    place.state = state
    place.restsUntilMs = performance.now() + ms
  }

  #placeOf(partition: TopicPartition): TopicPartition & Place {
    return this.#places.get(partitionKey(partition))!
  }
}

/** True when both ids are known and tell of two topics. */
function isRemade(former: string | null, now: string | null): boolean {
  return former !== null && now !== null && former !== now
}
