import { type CommittedOffset, type Poll, partitionKey, type TopicPartition } from '@tickhouse/bus'
import { entityOfTopic } from '@tickhouse/catalogue'
import { commitMetadata, type LastRow } from './commit-metadata.ts'

/** Up to which offset a partition is stored, and which poll returned its last record. */
export interface StoredPlace extends TopicPartition {
  readonly nextOffset: number
  readonly poll: Poll
}

interface Uncommitted {
  readonly offset: CommittedOffset
  readonly poll: Poll
}

/** Resolves when the tables were looked at and those that are no longer the same are held, which makes what was read of them stale; rejects when they cannot be. */
export type LookAtTables = () => Promise<void>

/**
 * What is stored, and what of it may be committed: nothing of a table that is suspended, because QuestDB takes its rows without
 * showing them, and only what a table took that is still the same afterwards. What was held back is committed once the table is well again.
 */
export class Commits {
  readonly #stored = new Map<string, CommittedOffset>()
  readonly #lastRows = new Map<string, LastRow>()
  readonly #topicIds = new Map<string, string>()
  /** When each partition began, and when each pending poll was read, counted in beginnings. */
  readonly #begunAt = new Map<string, number>()
  readonly #readAt = new WeakMap<Poll, number>()
  #beginnings = 0
  /** The one that was stored last stands last. */
  readonly #uncommitted = new Map<string, Uncommitted>()
  readonly #suspended = new Set<string>()
  readonly #lookAtTables: LookAtTables
  #flushing: Promise<boolean> = Promise.resolve(true)

  constructor(lookAtTables: LookAtTables = async () => {}) {
    this.#lookAtTables = lookAtTables
  }

  /** Takes over where reading begins, for the lag and for the metadata of the first commit. */
  begin(position: { topic: string; partition: number; offset: number }, last: LastRow | undefined, topicId?: string): void {
    const key = partitionKey(position)
    this.#begunAt.set(key, ++this.#beginnings)
    this.#stored.set(key, { ...position, metadata: '' })
    this.#uncommitted.delete(key)
    setOrDelete(this.#lastRows, key, last)
    setOrDelete(this.#topicIds, key, topicId)
  }

  /** Notes that a poll was read. Partitions that begin later are not part of it. */
  read(poll: Poll): void {
    this.#readAt.set(poll, this.#beginnings)
  }

  /** True when the records of a poll come again, here or elsewhere: since then their partition began anew, or went to another member. */
  isStale(place: TopicPartition, poll: Poll): boolean {
    return poll.isStale(place.topic) || (this.#begunAt.get(partitionKey(place)) ?? 0) > (this.#readAt.get(poll) ?? this.#beginnings)
  }

  /** The offset behind the last record of a partition that is done; undefined for a partition that was never read. */
  doneIn(key: string): number | undefined {
    return this.#stored.get(key)?.offset
  }

  /** The last row of a partition that is known to be stored. */
  lastRow(key: string): LastRow | undefined {
    return this.#lastRows.get(key)
  }

  /** The id of the topic that a partition was last read of. */
  topicId(key: string): string | undefined {
    return this.#topicIds.get(key)
  }

  /** Notes what is stored; `flush` commits it. */
  stored(places: readonly StoredPlace[], last: ReadonlyMap<string, LastRow>): void {
    for (const place of places) {
      const { topic, partition, nextOffset, poll } = place
      const key = partitionKey(place)
      if (this.isStale(place, poll)) continue
      const row = last.get(key)
      if (row !== undefined) this.#lastRows.set(key, row)
      const metadata = commitMetadata(this.#lastRows.get(key), this.#topicIds.get(key))
      const offset = { topic, partition, offset: nextOffset, metadata }
      this.#stored.set(key, offset)
      this.#uncommitted.delete(key)
      this.#uncommitted.set(key, { offset, poll })
    }
  }

  /** Says which tables are suspended now. */
  async suspend(tables: ReadonlySet<string>): Promise<void> {
    const isBack = [...this.#suspended].some(table => !tables.has(table))
    this.#suspended.clear()
    for (const table of tables) this.#suspended.add(table)
    if (isBack) await this.flush()
  }

  /** Commits what is stored and not committed; false when Kafka did not take it, or the tables could not be looked at: it is committed with the next. */
  flush(): Promise<boolean> {
    this.#flushing = this.#flushing.catch(() => true).then(() => this.#flush())
    return this.#flushing
  }

  async #flush(): Promise<boolean> {
    const stored = this.#due()
    if (stored.length === 0) return true
    const isLookedAt = await this.#lookAtTables().then(
      () => true,
      () => false,
    )
    if (!isLookedAt) return false
    const due = stored.filter(([, { offset, poll }]) => !this.isStale(offset, poll))
    const latest = due.at(-1)?.[1].poll
    if (latest === undefined) return true
    for (const [key, uncommitted] of due) if (this.#uncommitted.get(key) === uncommitted) this.#uncommitted.delete(key)
    if (await latest.commit(due.map(([, { offset }]) => offset))) return true
    for (const [key, uncommitted] of due) if (!this.#uncommitted.has(key)) this.#uncommitted.set(key, uncommitted)
    return false
  }

  /** What may be committed as far as is known; what has become stale is forgotten. */
  #due(): [string, Uncommitted][] {
    for (const [key, { offset, poll }] of this.#uncommitted) if (this.isStale(offset, poll)) this.#uncommitted.delete(key)
    return [...this.#uncommitted].filter(([, { offset }]) => !this.#suspended.has(entityOfTopic(offset.topic)!.table.name))
  }
}

function setOrDelete<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
